"""Reads the API's paged lists to their end, within bounds, and notices those that moved meanwhile.

A list whose pages are, byte for byte, those of an earlier reading is that reading over again: its pages need
not be looked into.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence, Set
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from app.amilia.answers import BadParameters, NotFound
from app.amilia.connection import Connection, Query
from app.amilia.limits import Limits
from app.amilia.paging import Page, Reading, following, judge, read_page
from app.amilia.together import task_group, together
from app.domain.digests import digest_of
from app.domain.errors import UpstreamUnreadable

Arrival: TypeAlias = Callable[[Sequence[bytes]], Coroutine[None, None, Set[int]]]
"""As in ``feeds.ports``."""

NO_PAGE: Final = b"[]"
"""What stands for the answer to a page past the last one, where that is a 404."""


class Answer(NamedTuple):
    """The answer to a call for one page, and by what it is known again."""

    body: bytes
    digest: bytes

    def __repr__(self) -> str:
        return f"<Answer of {len(self.body)} bytes>"


async def ignored(_: Sequence[bytes]) -> Set[int]:
    """For lists of which nobody reads records before all of them are here, and which name no programmes."""
    return frozenset()


class Lists:
    """The lists of one organization. Remembers by endpoint how large a page Amilia gives."""

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._sizes: dict[str, int] = {}

    async def once(
        self, path: str, query: Query, arrived: Arrival = ignored, *, answers: Sequence[Answer] = ()
    ) -> Reading:
        """One reading: the first page, then the others at the same time as far as they are known.

        ``arrived`` is awaited with the records of each page while others may be on their way. ``answers``
        are those to the first calls, where they are here already (``answers_like``).
        """
        first, size = (answers[0], self._size(path)) if answers else await self._first(path, query)
        full = min(size, self._limits.usual_page)
        seal = [first.digest]
        pages = [read_page(first.body, f"GET {path}")]

        async def told(number: int) -> tuple[bytes, Page]:
            here = number <= len(answers)
            answer = answers[number - 1] if here else await self._answer(path, query, number, size)
            page = read_page(answer.body, f"GET {path}")
            await arrived(page.records)
            return answer.digest, page

        async with task_group() as group:
            group.create_task(arrived(pages[0].records))
            while numbers := following(pages, full):
                self._refuse_endless(path, pages, numbers)
                for digest, page in await together(map(told, numbers)):
                    seal.append(digest)
                    pages.append(page)
        self._refuse_endless(path, pages, range(0))
        return replace(judge(pages, full), seal=tuple(seal))

    async def answers_like(self, path: str, query: Query, seal: Sequence[bytes]) -> Sequence[Answer]:
        """The answers to the calls of an earlier reading; only the first where that is another already."""
        first, size = await self._first(path, query)
        if first.digest != seal[0]:
            return (first,)
        others = range(2, len(seal) + 1)
        return first, *await together(self._answer(path, query, number, size) for number in others)

    async def settled(
        self, path: str, query: Query, first: Reading | None = None, arrived: Arrival = ignored
    ) -> tuple[bytes, ...]:
        """The records of a list that agrees with itself, after as many readings as that may take.

        A short page that lacks some of TotalCount twice in the same way is complete: the count is wrong.
        An empty one never is: nothing would tell it from a fault. Raises ``UpstreamUnreadable``.
        """
        last = first or await self.once(path, query, arrived)
        for _ in range(self._limits.rereadings):
            if last.doubt is None:
                break
            await asyncio.sleep(self._limits.wait_initial)
            again = await self.once(path, query, arrived)
            if again.doubt and again.records and not again.paged and again.records == last.records:
                return again.records
            last = again
        if last.doubt is not None:
            raise UpstreamUnreadable(f"GET {path}: the pages contradict each other: {last.doubt}")
        return last.records

    async def first_page(self, path: str, query: Query) -> Page:
        """The first page alone, for who wants a sample."""
        first, _ = await self._first(path, query)
        return read_page(first.body, f"GET {path}")

    def _size(self, path: str) -> int:
        """The perPage to ask for: the largest, until it was refused."""
        return self._sizes.get(path, self._limits.large_page)

    async def _first(self, path: str, query: Query) -> tuple[Answer, int]:
        """The answer to the first call, and the perPage that it accepts."""
        size = self._size(path)
        try:
            return await self._answer(path, query, 1, size), size
        except BadParameters:
            if size <= self._limits.usual_page:
                raise
        size = self._limits.usual_page
        answer = await self._answer(path, query, 1, size)
        self._sizes[path] = size
        return answer, size

    async def _answer(self, path: str, query: Query, number: int, size: int) -> Answer:
        paged = {**query, "page": str(number), "perPage": str(size)}
        try:
            body = await self._connection.get(path, paged)
        except NotFound:
            if number == 1:
                raise
            body = NO_PAGE  # what it answers is documented nowhere
        return Answer(body, digest_of(body))

    def _refuse_endless(self, path: str, pages: Sequence[Page], numbers: range) -> None:
        """Raises ``UpstreamUnreadable`` when the list has, or claims to have, more than anybody publishes."""
        limits = self._limits
        records = max(sum(len(page.records) for page in pages), pages[0].total or 0)
        if records > limits.records or len(pages) + len(numbers) > limits.pages:
            raise UpstreamUnreadable(
                f"GET {path}: the list seems to have no end "
                f"(more than {limits.records} records or {limits.pages} pages)"
            )
