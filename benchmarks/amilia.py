"""Answers in the place of the Amilia API: fixed events, paged as the API pages them. Pure.

The organization's URL identifier says what it has: ``s10000-7`` is the seventh organization with 10,000
events, ``v10000-7`` one whose events are varied (``data.records``). All organizations of one size and kind
have the same events but for their texts (``data.MARK``).
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from benchmarks.data import FUTURE_DAYS, MARK, PAST_DAYS, PROGRAMS, day_of, records, with_changes

USUAL_PAGE: Final = 200
LARGE_PAGE: Final = 1_000
_PATH: Final = re.compile(r"/api/v3/(?:fr|en)/org/([sv])(\d+)-(\d+)/(events|programs)")


class Answer(NamedTuple):
    """A status and a body of JSON."""

    status: int
    body: bytes


class Window(NamedTuple):
    """The days over which the events are spread."""

    today: date
    past_days: int = PAST_DAYS
    future_days: int = FUTURE_DAYS


def slug(events: int, number: int, *, varied: bool = False) -> str:
    """The URL identifier of an organization."""
    return f"{'v' if varied else 's'}{events}-{number}"


class Amilia:
    """The events of any number of organizations; ``largest_page`` is the most records that a page has.

    ``changed`` tells of them as they are after one of a hundred has changed.
    """

    def __init__(self, window: Window, largest_page: int = LARGE_PAGE, *, changed: bool = False) -> None:
        self._window = window
        self._told = with_changes if changed else list
        self._largest_page = largest_page
        self._worlds: dict[tuple[int, bool], _World] = {}
        self.calls: dict[str, int] = {}
        """How many calls each organization had, by its URL identifier."""

    def prepare(self, events: int, *, varied: bool = False) -> None:
        """Make the events of organizations of this size before anybody asks."""
        if (events, varied) not in self._worlds:
            told = self._told(_records(self._window, events, varied=varied))
            self._worlds[events, varied] = _World(told)

    def pages(self, events: int, number: int, *, varied: bool = False) -> list[bytes]:
        """All events of an organization in pages of the documented size."""
        self.prepare(events, varied=varied)
        return [_stamped(page, number) for page in self._worlds[events, varied].pages()]

    def answer(self, target: str) -> Answer:
        """The answer to GET ``target``, a path with its query."""
        address = urlsplit(target)
        found = _PATH.fullmatch(address.path)
        if found is None:
            return Answer(404, b'{"Message":"Not found"}')
        varied, events, number, endpoint = found[1] == "v", int(found[2]), int(found[3]), found[4]
        name = slug(events, number, varied=varied)
        self.calls[name] = self.calls.get(name, 0) + 1
        self.prepare(events, varied=varied)
        if endpoint == "programs":
            return Answer(200, _stamped(_PROGRAMS, number))
        asked = {key: values[0] for key, values in parse_qs(address.query).items()}
        per_page = min(int(asked.get("perPage", USUAL_PAGE)), self._largest_page)
        page = self._worlds[events, varied].page(
            asked["from"], asked["to"], int(asked.get("page", 1)), per_page
        )
        return Answer(200, _stamped(page, number))


class _World:
    """The events of one organization, by their days, and the pages that were asked for."""

    def __init__(self, told: Sequence[bytes]) -> None:
        self._records = told
        self._days = [day_of(record) for record in self._records]
        self._pages: dict[tuple[str, str, int, int], bytes] = {}

    def pages(self) -> list[bytes]:
        starts = range(0, len(self._records), USUAL_PAGE)
        every = [self._records[start : start + USUAL_PAGE] for start in starts]
        return [page_of(some, total=len(self._records)) for some in every]

    def page(self, first: str, last: str, number: int, per_page: int) -> bytes:
        key = (first, last, number, per_page)
        if key not in self._pages:
            begin = bisect_left(self._days, date.fromisoformat(first))
            end = bisect_right(self._days, date.fromisoformat(last))
            chosen = self._records[begin:end]
            some = chosen[(number - 1) * per_page : number * per_page]
            self._pages[key] = page_of(some, total=len(chosen))
        return self._pages[key]


def page_of(some: Sequence[bytes], *, total: int) -> bytes:
    """Records in the API's envelope."""
    return b'{"Items":[%s],"Paging":{"TotalCount":%d,"Next":null}}' % (b",".join(some), total)


def _records(window: Window, count: int, *, varied: bool) -> list[bytes]:
    days = {"past_days": window.past_days, "future_days": window.future_days}
    return records(count, today=window.today, varied=varied, **days)


def _stamped(page: bytes, number: int) -> bytes:
    """The page of one organization. As many bytes as the mark has: the lengths stay the same."""
    return page.replace(MARK.encode(), b"%06d" % number)


_PROGRAMS: Final = page_of(
    [
        json.dumps(
            {
                "Id": program.id,
                "Name": f"{program.name} {MARK}",
                "Url": "",
                "IsVisible": True,
                "IsArchived": False,
                "IsPasswordProtected": False,
            },
            ensure_ascii=False,
        ).encode()
        for program in PROGRAMS
    ],
    total=len(PROGRAMS),
)
