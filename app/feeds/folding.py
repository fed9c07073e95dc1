"""Which catalogues lie folded: all but those that were asked for last, up to so many events.

A service of a hundred organizations is asked for few of them at a time. What is folded is not gone: it needs
no store and no upstream, only some milliseconds when somebody asks.
"""

import asyncio
import zlib
from collections.abc import Generator, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Final

from app.domain.model import Lang, Organization
from app.feeds.catalogue import Catalogue, Entry
from app.feeds.keeping import packed, unpacked
from app.feeds.shelf import Shelf
from app.feeds.slices import in_slices

OPEN_EVENTS: Final = 30_000
"""How many events lie open: some 70 MB."""
LEVEL: Final = 3
"""Of zlib, in a thread: six to one, in 6 ms for 1,000 events."""
CHUNK_BYTES: Final = 1 << 17
"""How much is unzipped between two yields: a third of a millisecond's work."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


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


async def fold(catalogue: Catalogue) -> None:
    """Fold one catalogue's entries."""
    if catalogue.held.foldable:
        await in_slices(catalogue.held.folding())
        return
    content = await in_slices(packed(catalogue, ""))
    pressed = await asyncio.to_thread(zlib.compress, content, LEVEL)
    unfold = partial(_unfolded, pressed, catalogue.organization, catalogue.lang, catalogue.fetched_at)
    await in_slices(catalogue.held.folding(unfold))


async def at_hand(catalogue: Catalogue) -> Catalogue:
    """The same catalogue, its entries unfolded without holding anybody up."""
    if catalogue.held.folded:
        await in_slices(catalogue.held.unfolding())
    return catalogue


def _unfolded(
    pressed: bytes, organization: Organization, lang: Lang, at: datetime
) -> Generator[None, None, Sequence[Entry]]:
    content = BytesIO()
    unzip = zlib.decompressobj()
    while not unzip.eof:
        content.write(unzip.decompress(pressed, CHUNK_BYTES))
        pressed = unzip.unconsumed_tail
        yield
    catalogue = yield from unpacked(content.getvalue(), organization, lang, "", at)
    return catalogue.held.rows
