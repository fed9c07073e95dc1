"""Beats while the service runs: how late the loop is, and what was counted, written for other workers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from app.telemetry.books import WRITE_SECONDS
from app.telemetry.metrics import Metrics

BEAT_SECONDS: Final = 0.5
BEATS_PER_WRITING: Final = round(WRITE_SECONDS / BEAT_SECONDS)

log = logging.getLogger(__name__)


@asynccontextmanager
async def beating(metrics: Metrics, *, seconds: float = BEAT_SECONDS) -> AsyncIterator[None]:
    """Measure and publish during the block, and publish once more at its end."""
    task = asyncio.create_task(_beat(metrics, seconds), name="pulse")  # noqa: TID251  # ended below
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        _publish(metrics)


async def _beat(metrics: Metrics, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    well = _publish(metrics)
    beats = 0
    while True:
        due = loop.time() + seconds
        await asyncio.sleep(seconds)
        metrics.lag(max(loop.time() - due, 0.0))
        beats += 1
        if beats % BEATS_PER_WRITING == 0:
            done = _publish(metrics, quietly=not well)
            if done and not well:
                log.info("What was counted can be written for the other workers again")
            well = done


def _publish(metrics: Metrics, *, quietly: bool = False) -> bool:
    """False where it cannot be written, which is said unless ``quietly``."""
    try:
        metrics.publish()
    except OSError as error:
        if not quietly:
            log.warning("What was counted cannot be written for the others", extra={"reason": error.strerror})
        return False
    return True
