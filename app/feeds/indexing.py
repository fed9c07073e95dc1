"""Catalogues are made ready for selections after a refresh, when nobody waits for it any more."""

import asyncio
import logging
from typing import Final

from app.domain.records import Key
from app.feeds.catalogue import Catalogue
from app.feeds.shelf import Shelf
from app.feeds.slices import in_slices

AFTER_SECONDS: Final = 0.02
"""In which whoever waited for the refresh is answered: slices of other work would stand in the way."""

log = logging.getLogger(__name__)


class Indexer:
    """Owns the tasks that prepare the index of what is on a shelf (``feeds.index``). They never raise."""

    def __init__(self) -> None:
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()
        """Slices of several indexes would follow each other without a pause between them."""

    def __repr__(self) -> str:
        return f"<Indexer of {len(self._tasks)} shelves>"

    def start(self, shelf: Shelf) -> None:
        """Prepare the index of the copy that is on the shelf, and of one that replaces it meanwhile."""
        if shelf.key not in self._tasks:
            task = asyncio.create_task(self._index(shelf), name=f"index {shelf.key}")  # noqa: TID251  # the owner
            self._tasks[shelf.key] = task
            task.add_done_callback(lambda _: self._tasks.pop(shelf.key, None))

    async def settled(self) -> None:
        """Wait until all that was started is done."""
        await asyncio.gather(*map(asyncio.shield, self._tasks.values()))

    async def aclose(self) -> None:
        """Stop every task and wait until it has stopped."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _index(self, shelf: Shelf) -> None:
        indexed: Catalogue | None = None
        try:
            await asyncio.sleep(AFTER_SECONDS)
            while (copy := shelf.catalogue) is not None and copy is not indexed:
                indexed = copy
                async with self._one_at_a_time:
                    await in_slices(copy.held.indexing())
        except Exception:  # whatever it is, selections look it up themselves
            facts = {"organization": shelf.organization.slug, "lang": shelf.lang}
            log.exception("Indexing a catalogue failed in a way nobody foresaw", extra=facts)
