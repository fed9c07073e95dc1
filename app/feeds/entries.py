"""The entries of a catalogue in feed order: at hand, or folded away until somebody asks for them.

Folded they are bytes, a tenth of what they are as objects. Whoever asks gets them all the same: who can wait
drives ``unfolding`` first, so that nobody else has to. A catalogue that comes after one of which nothing
changed has the same ``Entries``.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TypeAlias, overload

from app.feeds.entry import Entry
from app.feeds.index import Index
from app.feeds.slices import let_go

Unfold: TypeAlias = Callable[[], Generator[None, None, Sequence[Entry]]]
"""Makes the entries again that were folded, in steps."""


class Entries(Sequence[Entry]):
    """Entries that never change, whether they are folded or not."""

    def __init__(self, rows: Sequence[Entry]) -> None:
        self._rows: tuple[Entry, ...] | None = tuple(rows)
        self._length = len(self._rows)
        self._lookup: Index | None = None
        self._octets: int | None = None
        self._unfold: Unfold | None = None

    def __repr__(self) -> str:
        return f"<Entries {self._length}{', folded' if self.folded else ''}>"

    @property
    def folded(self) -> bool:
        """True while they are not at hand."""
        return self._rows is None

    @property
    def foldable(self) -> bool:
        """True once it is known how to make them again."""
        return self._unfold is not None

    @property
    def rows(self) -> tuple[Entry, ...]:
        """All of them, unfolded now where nobody did before."""
        rows = self._rows
        if rows is None:
            for _ in self.unfolding():
                pass
            return self.rows
        return rows

    @property
    def lookup(self) -> Index:
        """Finds among them."""
        if self._lookup is None:
            self._lookup = Index(self.rows)
        return self._lookup

    @property
    def octets(self) -> int:
        """What their VEVENTs weigh, in bytes."""
        if self._octets is None:
            self._octets = sum(len(row.marked) for row in self.rows)
        return self._octets

    def indexing(self) -> Generator[None, None, None]:
        """Have ``lookup`` prepared; nothing while they are folded."""
        if self._rows is not None:
            yield from self.lookup.preparing()

    def unfolding(self) -> Generator[None, None, None]:
        """Have them at hand; nothing where they are."""
        if self._rows is None and self._unfold is not None:
            self._rows = tuple((yield from self._unfold()))

    def folding(self, unfold: Unfold | None = None) -> Generator[None, None, None]:
        """Let go of them, now that ``unfold`` can make them again; it is kept for the next time."""
        self._unfold = unfold or self._unfold
        if self._unfold is None or self._rows is None:
            return
        rows = list(self.rows) if self.octets else []
        self._rows = self._lookup = None
        yield from let_go(rows)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.rows)

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, at: int | slice) -> Entry | tuple[Entry, ...]:
        return self.rows[at]

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Sequence) and self.rows == tuple(other))

    __hash__ = None  # type: ignore[assignment]  # as of any sequence that is compared by what it holds
