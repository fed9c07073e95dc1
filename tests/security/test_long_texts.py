"""What reads strangers' words takes time in proportion to their length, however they are arranged."""

import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from app.amilia.webhook import read_notice, read_subscription
from app.domain.selection import folded
from app.ics.lint import check
from app.ics.markup import without_markup
from app.ics.text import escaped, fold, one_line, plain
from app.web.compression import accepted
from app.web.http import listed, not_after
from app.web.query import spoken_language
from tests.security.routes import FOREST
from tests.support.service import NOON, Service, running

UNITS: Final = (
    " ", "\t", "\n", " \n", "\t\n\t", "<", "<a ", '<a "', "<a '", "<script>", "<!--", "<!-", "</", "&",
    "&amp;", "&#38;", "&lt;", "\u0301", "\u200b", "\ud800", "\U0001f3f4\U000e0067", ",", ";", ";q=", "a,",
    "\\", '"', "\\N", "a=b&", "%", "BEGIN:VEVENT\r\n", 'X;A="\r\n', "\r\n ",
)  # fmt: skip
READERS: Final[dict[str, Callable[[str], Any]]] = {
    "plain": plain,
    "one_line": one_line,
    "without_markup": without_markup,
    "escaped": lambda text: escaped(text.encode("utf-8", "replace").decode()),
    "fold": lambda text: fold(text.encode("utf-8", "replace")),
    "check": lambda text: check(b"BEGIN:VCALENDAR\r\n" + text.encode("utf-8", "replace")),
    "folded": folded,
    "accepted": accepted,
    "listed": lambda text: listed(text.encode("utf-8", "replace"), [b'"a"']),
    "not_after": lambda text: not_after(NOON, text),
    "spoken_language": spoken_language,
}
SMALL, LARGE = 1_000, 8_000
NOTICEABLE: Final = 0.03
"""Seconds of this thread's time."""
STEEPEST: Final = 24.0
"""Linear work takes eight times as long, quadratic sixty-four times."""


def seconds(work: Callable[[str], Any], text: str) -> float:
    begun = time.thread_time()
    work(text)
    return time.thread_time() - begun


@pytest.mark.parametrize("name", READERS)
def test_a_long_text_takes_as_long_as_it_is(name: str) -> None:
    work, steep = READERS[name], {}
    for unit in UNITS:
        taken = seconds(work, "x" + unit * LARGE + "y")
        if taken > NOTICEABLE:
            growth = taken / min(seconds(work, f"{number}" + unit * SMALL + "y") for number in range(3))
            if growth > STEEPEST:
                steep[unit] = growth

    assert steep == {}


def test_blanks_around_lines_go_however_many_they_are() -> None:
    assert plain("a" + "\t" * 50_000 + "b \t\n \t c") == "a" + " " * 50_000 + "b\nc"


@pytest.mark.parametrize("body", [b'{"Id": "\xc1"}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_text_is_refused_and_no_fault(body: bytes) -> None:
    assert read_subscription(body) is None
    with pytest.raises(ValueError, match="JSON"):
        read_notice(body)


async def test_a_selection_too_long_for_a_code_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    numbers = ",".join(str(10**17 + number) for number in range(200))
    async with running(tmp_path_factory.mktemp("code")) as service:
        answers = [await code(service, numbers, to) for to in ("", "&to=page")]

    assert answers == [(422, True), (422, True)]


async def code(service: Service, numbers: str, to: str) -> tuple[int, bool]:
    answer = await service.get(f"{FOREST}/qr.svg?programId={numbers}{to}")
    return answer.status_code, "2953" in answer.text
