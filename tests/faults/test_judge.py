"""The judge of the soak is judged: every kind of wrong answer is one that it notices."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import httpx
import pytest

from app.ics.identity import uid_for
from soak.cast import Host
from soak.feed import NoCalendar, Told, read_feed
from soak.history import WALK_SECONDS, Fact, Facts, History, NeverTrue, Span, uid_of
from soak.judge import Address, Heard, Judge, Question, Window, Wrong
from soak.report import Delays
from soak.run import Watch
from soak.staff import Edit

WINDOW: Final = Window.around(date(2026, 11, 22), past_days=20, future_days=40)
FEED: Final = Address("/orgs/club/calendar.ics", "club", "fr", "club fr")
YOGA_ONLY: Final = replace(
    FEED, path=f"{FEED.path}?programId=2", same="yoga", picks=lambda it: it.program == 2
)
ASKED: Final = Question(FEED, "reader", "host")
NINE, TEN = "Sun, 22 Nov 2026 09:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT"


def fact(number: int, title: str, *, day: str = "11-23", program: int = 1) -> Fact:
    told = Told(f"2026-{day}T17:00:00Z", f"2026-{day}T18:00:00Z", title, "Normal")
    return Fact(number, program, told)


def facts(*several: Fact) -> Facts:
    return {uid_of(each.id): each for each in several}


JUDO, KARATE = fact(1, "Judo"), fact(1, "Karate")
YOGA, LATE_YOGA = fact(2, "Yoga", program=2), fact(2, "Yoga", program=2, day="11-24")
MORNING, MIDDAY, EVENING = facts(JUDO, YOGA), facts(KARATE, YOGA), facts(KARATE, LATE_YOGA)


def body(of: Facts, *, sequence: int = 0, place: str = "") -> bytes:
    """A feed of these facts as the service writes it, in small."""
    lines = ["BEGIN:VCALENDAR", "X-WR-CALNAME:Club"]
    for uid, each in of.items():
        starts, ends = (it.replace("-", "").replace(":", "") for it in (each.told.starts, each.told.ends))
        lines += ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART:{starts}", f"DTEND:{ends}"]
        lines += [f"SUMMARY:{each.told.title}", f"LOCATION:{place}", "STATUS:CONFIRMED"]
        lines += [f"X-AMILIA-STATE:{each.told.state}", "CREATED:20261122T120000Z", "DTSTAMP:20261122T120000Z"]
        lines += ["LAST-MODIFIED:20261122T120000Z", f"SEQUENCE:{sequence}", "END:VEVENT"]
    return "".join(f"{line}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def answer(content: bytes = b"", *, tag: str = "a", status: int = 200, at: str = NINE) -> httpx.Response:
    headers = {"ETag": f'"{tag}"', "Last-Modified": at, "Content-Language": "fr"}
    return httpx.Response(status, headers=headers, content=content)


def judge_of(*truths: Facts, seconds_between: float = 1) -> Judge:
    """A judge who knows these truths, each of which followed the one before."""
    first, *others = truths
    history = History(first, began=0)
    for number, truth in enumerate(others, start=1):
        history.record(truth, began=number * seconds_between)
    return Judge({("club", "fr"): history}, WINDOW, asyncio.Lock())


async def refused(judge: Judge, heard: httpx.Response, question: Question = ASKED) -> str:
    """Why an answer is wrong."""
    with pytest.raises(Wrong) as wrong:
        await judge.hear(question, heard)
    return str(wrong.value)


def test_the_uids_of_the_service_are_those_that_were_promised() -> None:
    assert [uid_for(number) for number in (1, 8008, 10**12)] == [uid_of(n) for n in (1, 8008, 10**12)]


async def test_the_truth_of_any_moment_is_right() -> None:
    judge = judge_of(MORNING, MIDDAY, EVENING)

    spans = [
        heard.span
        for number, truth in enumerate((MORNING, MIDDAY, EVENING))
        if (heard := await judge.hear(ASKED, answer(body(truth, sequence=number), tag=str(number))))
    ]

    assert spans == [Span(0, 0), Span(1, 1), Span(2, 2)]


async def test_what_was_true_before_the_last_answer_is_wrong() -> None:
    judge = judge_of(MORNING, MIDDAY)
    await judge.hear(ASKED, answer(body(MIDDAY, sequence=1), tag="b"))

    assert "not older than version 1" in await refused(judge, answer(body(MORNING)))


async def test_another_host_may_still_tell_what_was_true_before() -> None:
    judge = judge_of(MORNING, MIDDAY)
    await judge.hear(ASKED, answer(body(MIDDAY, sequence=1), tag="b"))

    heard = await judge.hear(replace(ASKED, host="other"), answer(body(MORNING)))

    assert heard is not None
    assert heard.span == Span(0, 0)


async def test_what_never_was_true_is_wrong() -> None:
    assert "«Karate»" in await refused(judge_of(MORNING), answer(body(MIDDAY)))


async def test_an_event_too_many_or_too_few_is_wrong() -> None:
    foreign = facts(JUDO, YOGA, fact(3, "Foreign"))

    assert "«Foreign»" in await refused(judge_of(MORNING), answer(body(foreign)))
    assert "absent" in await refused(judge_of(MORNING), answer(body(facts(JUDO))))


async def test_a_walk_during_edits_may_know_the_later_and_not_the_earlier() -> None:
    torn = body(facts(JUDO, LATE_YOGA))

    heard = await judge_of(MORNING, MIDDAY, EVENING).hear(ASKED, answer(torn))

    assert heard is not None
    assert heard.span == Span(0, 2)


async def test_what_a_walk_during_edits_told_may_be_told_again_until_the_next_walk() -> None:
    judge = judge_of(MORNING, MIDDAY, EVENING)
    mixed = facts(JUDO, LATE_YOGA)

    first = await judge.hear(ASKED, answer(body(mixed)))
    again = await judge.hear(ASKED, answer(body(mixed)))
    after = await judge.hear(ASKED, answer(body(EVENING, sequence=1), tag="b"))

    assert first is not None
    assert again is not None
    assert after is not None
    assert first.span == again.span == Span(0, 2)
    assert after.span == Span(2, 2)


async def test_what_was_undone_long_ago_is_no_mixture() -> None:
    judge = judge_of(MORNING, MIDDAY, EVENING, facts(JUDO, LATE_YOGA), seconds_between=WALK_SECONDS + 1)

    heard = await judge.hear(ASKED, answer(body(facts(JUDO, LATE_YOGA))))

    assert heard is not None
    assert heard.span == Span(3, 3)


async def test_a_mixture_of_truths_that_no_walk_can_span_is_wrong() -> None:
    judge = judge_of(MORNING, MIDDAY, EVENING, seconds_between=WALK_SECONDS + 1)

    assert "mixes" in await refused(judge, answer(body(facts(JUDO, LATE_YOGA))))


async def test_an_event_may_be_missed_while_it_moves_from_month_to_month() -> None:
    judge = judge_of(MIDDAY, EVENING)

    heard = await judge.hear(ASKED, answer(body(facts(KARATE))))

    assert heard is not None
    assert judge.differences(FEED, heard) == [
        f"{uid_of(2)} is absent instead of «Yoga» Normal 2026-11-24T17:00:00Z–2026-11-24T18:00:00Z"
    ]


async def test_a_selection_holds_what_it_selects_and_nothing_else() -> None:
    question, judge = replace(ASKED, address=YOGA_ONLY), judge_of(MORNING)

    assert await judge.hear(question, answer(body(facts(YOGA)))) is not None
    assert "«Judo»" in await refused(judge, answer(body(MORNING), tag="b"), question)


async def test_what_lies_at_the_edges_of_the_window_proves_nothing() -> None:
    edge = fact(3, "Edge", day="11-02")

    assert await judge_of(MORNING).hear(ASKED, answer(body(facts(JUDO, YOGA, edge)))) is not None


async def test_stamps_that_fall_are_wrong() -> None:
    judge = judge_of(MORNING)
    await judge.hear(ASKED, answer(body(MORNING, sequence=2)))

    assert "fell from" in await refused(judge, answer(body(MORNING, sequence=1), tag="b"))


async def test_two_contents_under_one_sequence_are_wrong_whoever_tells_them() -> None:
    judge = judge_of(MORNING)
    await judge.hear(ASKED, answer(body(MORNING, place="Hall A")))

    other = replace(ASKED, host="other")
    assert "says two things" in await refused(judge, answer(body(MORNING, place="Hall B"), tag="b"), other)


async def test_one_tag_for_two_bodies_and_two_tags_for_one_body_are_wrong() -> None:
    judge = judge_of(MORNING, MIDDAY)
    await judge.hear(ASKED, answer(body(MORNING)))

    assert "stands for two bodies" in await refused(judge, answer(body(MIDDAY)))
    assert "the same bytes" in await refused(judge, answer(body(MORNING), tag="b"))


async def test_not_modified_is_right_only_where_the_bytes_are_the_same() -> None:
    judge = judge_of(MORNING, MIDDAY)
    await judge.hear(ASKED, answer(body(MORNING)))
    await judge.hear(ASKED, answer(body(MIDDAY, sequence=1), tag="b"))
    unchanged = answer(tag="b", status=304)
    has_a, has_b = replace(ASKED, tag='"a"', since=NINE), replace(ASKED, tag='"b"', since=NINE)

    assert await judge.hear(replace(has_b, condition="tag"), unchanged) is not None
    assert await judge.hear(replace(has_b, condition="date"), unchanged) is not None
    assert "no condition" in await refused(judge, unchanged)
    assert "304 for" in await refused(judge, unchanged, replace(has_a, condition="tag"))
    assert "304 since" in await refused(judge, unchanged, replace(has_a, condition="date"))
    assert "nobody ever got" in await refused(
        judge, answer(tag="c", status=304), replace(has_b, condition="tag")
    )


async def test_what_the_reader_has_need_not_be_sent_again() -> None:
    judge = judge_of(MORNING)
    question = replace(ASKED, tag='"a"', condition="tag")

    assert "which the reader has" in await refused(judge, answer(body(MORNING)), question)


async def test_an_error_is_right_only_where_there_is_no_copy() -> None:
    judge = judge_of(MORNING)
    busy = httpx.Response(503, headers={"Retry-After": "2"})

    assert await judge.hear(ASKED, busy) is None
    assert "without a time" in await refused(judge, httpx.Response(503))
    assert "status 500" in await refused(judge, httpx.Response(500))
    await judge.hear(ASKED, answer(body(MORNING)))
    assert "there is a copy" in await refused(judge, busy)


@pytest.mark.parametrize(
    "content",
    [
        body(MORNING)[:-2],
        body(MORNING)[20:],
        body(facts()),
        body(MORNING) + b"\n",
        body(MORNING).replace(b"END:VEVENT\r\n", b"", 1),
        body(MORNING).replace(uid_of(2).encode(), uid_of(1).encode()),
        body(MORNING).replace(b"SUMMARY", b"SUMM", 1),
        b"",
        b"\xff",
    ],
    ids=(
        "no end",
        "no beginning",
        "no event",
        "bare line",
        "open event",
        "twice",
        "no title",
        "nothing",
        "bytes",
    ),
)
async def test_what_is_no_whole_calendar_is_wrong(content: bytes) -> None:
    with pytest.raises(NoCalendar):
        read_feed(content)

    assert "no calendar" in await refused(judge_of(MORNING), answer(content))


async def test_an_answer_to_an_edit_that_is_just_being_made_waits_for_it() -> None:
    history, editing = History(MORNING, began=0), asyncio.Lock()
    judge = Judge({("club", "fr"): history}, WINDOW, editing)
    async with editing:
        hearing = asyncio.ensure_future(judge.hear(ASKED, answer(body(MIDDAY))))
        await asyncio.sleep(0)
        history.record(MIDDAY, began=1)

    heard = await hearing

    assert heard is not None
    assert heard.span == Span(1, 1)


def test_a_state_that_came_back_is_the_earliest_that_is_not_too_old() -> None:
    history = History(MORNING, began=0)
    history.record(MIDDAY, began=1)
    history.record(MORNING, began=2)
    told = {uid: each.told for uid, each in MORNING.items()}

    assert history.explain(told, lambda _: True) == Span(0, 0)
    assert history.explain(told, lambda _: True, since=1) == Span(2, 2)


def test_what_was_moved_and_then_removed_may_be_missing_because_it_was_moved() -> None:
    history = History(facts(fact(1, "Yoga")), began=0)
    history.record(facts(fact(1, "Yoga", day="12-01")), began=1)
    history.record({}, began=2)

    assert history.explain({}, lambda _: True) == Span(1, 1)


@pytest.mark.parametrize("current", [False, True])
def test_an_edit_has_arrived_where_a_whole_feed_tells_just_what_is_true(
    tmp_path: Path, *, current: bool
) -> None:
    watch, delays = Watch(), Delays()
    edit = Edit("club", "remove 1", asked=0.0, done=1.0, versions={"fr": 2})
    address = Address("/orgs/club/calendar.ics", "club", "fr", "club fr")
    host = Host(0, tmp_path, tmp_path / "feeds.toml")
    watch.expect(edit, [host], delays)

    watch.heard(host, address, Heard(Span(1, 1), "fr", b""), 3.0, current=current)

    assert (watch.waiting, delays.seconds) == ((False, [2.0]) if current else (True, []))
    assert watch.missing == ([] if current else ["host-0 fr version 2"])


def test_the_same_truth_again_is_no_new_version() -> None:
    history = History(MORNING, began=0)
    history.record(dict(MORNING), began=1)

    assert history.latest == 0
    with pytest.raises(NeverTrue):
        history.explain({}, lambda _: True)
