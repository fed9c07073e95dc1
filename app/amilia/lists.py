"""Reads the API's paged lists to their end, within bounds, and notices those that moved meanwhile."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from app.amilia.answers import BadParameters, NotFound
from app.amilia.connection import Connection, Query
from app.amilia.limits import Limits
from app.amilia.paging import Page, Reading, following, judge, read_page
from app.amilia.together import together
from app.domain.errors import UpstreamUnreadable


class Lists:
    """The lists of one organization. Remembers by endpoint how large a page Amilia gives."""

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._sizes: dict[str, int] = {}
        self._unknown = defaultdict[str, asyncio.Lock](asyncio.Lock)

    async def once(self, path: str, query: Query) -> Reading:
        """One reading: the first page, then the others at the same time as far as they are known."""
        first, size = await self._first_page(path, query)
        full = min(size, self._limits.usual_page)
        pages = [first]
        while numbers := following(pages, full):
            self._refuse_endless(path, pages, numbers)
            pages += await together(self._page(path, query, number, size) for number in numbers)
        self._refuse_endless(path, pages, range(0))
        return judge(pages, full)

    async def settled(self, path: str, query: Query, first: Reading | None = None) -> tuple[bytes, ...]:
        """The records of a list that agrees with itself, after as many readings as that may take.

        A short page that lacks some of TotalCount twice in the same way is complete: the count is wrong.
        An empty one never is: nothing would tell it from a fault. Raises ``UpstreamUnreadable``.
        """
        last = first or await self.once(path, query)
        for _ in range(self._limits.rereadings):
            if last.doubt is None:
                break
            await asyncio.sleep(self._limits.wait_initial)
            again = await self.once(path, query)
            if again.doubt and again.records and not again.paged and again.records == last.records:
                return again.records
            last = again
        if last.doubt is not None:
            raise UpstreamUnreadable(f"GET {path}: the pages contradict each other: {last.doubt}")
        return last.records

    async def first_page(self, path: str, query: Query) -> Page:
        """The first page alone, for who wants a sample."""
        page, _ = await self._first_page(path, query)
        return page

    async def _first_page(self, path: str, query: Query) -> tuple[Page, int]:
        """The first page and its perPage. While no size is known to work one call tries, the others wait."""
        if path not in self._sizes:
            async with self._unknown[path]:
                if path not in self._sizes:
                    return await self._fitting_page(path, query)
        return await self._fitting_page(path, query)

    async def _fitting_page(self, path: str, query: Query) -> tuple[Page, int]:
        size = self._sizes.get(path, self._limits.large_page)
        try:
            page = await self._page(path, query, 1, size)
        except BadParameters:
            if size <= self._limits.usual_page:
                raise
            size = self._limits.usual_page
            page = await self._page(path, query, 1, size)
        self._sizes[path] = size
        return page, size

    async def _page(self, path: str, query: Query, number: int, size: int) -> Page:
        paged = {**query, "page": str(number), "perPage": str(size)}
        try:
            return read_page(await self._connection.get(path, paged), f"GET {path}")
        except NotFound:
            if number == 1:
                raise
            return Page(())  # what a page past the last one answers is documented nowhere

    def _refuse_endless(self, path: str, pages: Sequence[Page], numbers: range) -> None:
        """Raises ``UpstreamUnreadable`` when the list has, or claims to have, more than anybody publishes."""
        limits = self._limits
        records = max(sum(len(page.records) for page in pages), pages[0].total or 0)
        if records > limits.records or len(pages) + len(numbers) > limits.pages:
            raise UpstreamUnreadable(
                f"GET {path}: the list seems to have no end "
                f"(more than {limits.records} records or {limits.pages} pages)"
            )
