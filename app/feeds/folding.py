"""Which catalogues lie folded: all but those that were asked for last, up to so many events.

A service of a hundred organizations is asked for few of them at a time. What is folded is not gone: it needs
no store and no upstream, only some milliseconds when somebody asks.
"""

import asyncio
import logging
from collections.abc import Generator, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from app.domain.model import Lang, Organization
from app.feeds.catalogue import Catalogue, Entry
from app.feeds.keeping import packed, unpacked
from app.feeds.shelf import Shelf
from app.feeds.slices import in_slices

OPEN_EVENTS: Final = 30_000
"""How many events lie open: some 70 MB."""
PAUSE_SECONDS: Final = 0.001
"""After each slice: nobody waits for memory, and a walk that goes on meanwhile wants the processor."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

log = logging.getLogger(__name__)


async def fold_surplus(shelves: Iterable[Shelf], most: int = OPEN_EVENTS) -> None:
    """Fold what was not asked for lately, until at most that many events lie open.

    What was asked for last stays open, however large it is.
    """
    unfolded = [shelf for shelf in shelves if shelf.catalogue is not None and not shelf.catalogue.held.folded]
    unfolded.sort(key=lambda shelf: shelf.asked_at or _NEVER, reverse=True)
    events = 0
    for number, shelf in enumerate(unfolded):
        catalogue = shelf.catalogue
        if catalogue is not None:
            events += len(catalogue.entries)
            if number and events > most:
                await fold(catalogue)


async def keep_folding(shelves: Iterable[Shelf], *, tick_seconds: float, most: int = OPEN_EVENTS) -> None:
    """Fold the surplus at every tick, for ever."""
    while True:
        await asyncio.sleep(tick_seconds)
        try:
            await fold_surplus(shelves, most=most)
        except Exception:  # memory is all that it costs
            log.exception("Folding a catalogue failed in a way nobody foresaw")


async def fold(catalogue: Catalogue) -> None:
    """Fold one catalogue's entries."""
    if catalogue.held.foldable:
        await in_slices(catalogue.held.folding(), pause_seconds=PAUSE_SECONDS)
        return
    content = await in_slices(packed(catalogue, ""), pause_seconds=PAUSE_SECONDS)
    unfold = partial(_unfolded, content, catalogue.organization, catalogue.lang, catalogue.fetched_at)
    await in_slices(catalogue.held.folding(unfold), pause_seconds=PAUSE_SECONDS)


async def at_hand(catalogue: Catalogue) -> Catalogue:
    """The same catalogue, its entries unfolded without holding anybody up."""
    if catalogue.held.folded:
        await in_slices(catalogue.held.unfolding())
    return catalogue


def _unfolded(
    content: bytes, organization: Organization, lang: Lang, at: datetime
) -> Generator[None, None, Sequence[Entry]]:
    catalogue = yield from unpacked(content, organization, lang, "", at)
    return catalogue.held.rows
