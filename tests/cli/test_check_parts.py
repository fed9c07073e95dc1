"""The doctor's smaller judgements: clocks, languages, notices, and how lines look."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from rich.console import Console

from app.amilia.offsets import offsets_in
from app.amilia.webhook import CONCERNED, Subscription
from app.cli.check import Sheet
from app.cli.doctor.clocks import on_clock, told_by
from app.cli.doctor.upstream import Spoken, on_languages, on_notices, on_zone
from app.cli.views import lines_of
from app.domain.model import Program
from app.feeds.checkup import Remark
from app.feeds.readers import READERS, Effect, View
from app.telemetry.redaction import redactor

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
OURS = "https://c.example.org/webhooks/amilia/"


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"Date": DATE}, NOON),
        ({"Date": DATE, "Age": "90"}, NOON + timedelta(seconds=90)),
        ({"Date": DATE, "Age": "soon"}, NOON),
        ({"Date": "noon"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_the_time_of_an_answer(headers: dict[str, str], moment: datetime | None) -> None:
    assert told_by(httpx.Headers(headers)) == moment


@pytest.mark.parametrize(
    ("seconds", "level"), [(30, "ok"), (31, "warning"), (-31, "warning"), (299, "warning"), (300, "failure")]
)
def test_how_far_a_clock_may_be_off(seconds: int, level: str) -> None:
    remark = on_clock("Amilia", NOON, NOON + timedelta(seconds=seconds))

    assert remark.level == level
    assert ("ahead of" in remark.sentence) == (level != "ok" and seconds > 0)


def test_offsets_are_told_by_the_starts_of_timed_events_alone() -> None:
    records = [
        b'{"Start": "2026-11-23T18:00:00-05:00"}',
        b'{"Start": "2026-11-23T00:00:00-05:00", "AllDay": true}',
        b'{"Start": "2026-11-23"}',
        b'{"Start": "2026-11-23T18:00:00"}',
        b'{"Start": "soon"}',
        b"[]",
    ]

    assert list(offsets_in(records)) == [(datetime(2026, 11, 23, 23, 0, tzinfo=UTC), timedelta(hours=-5))]


@pytest.mark.parametrize(
    ("zone", "levels"),
    [
        ("America/Toronto", ["ok"]),
        ("America/Panama", ["ok", "warning"]),  # the same in winter, an hour apart in summer
        ("Europe/Paris", ["ok", "failure"]),
    ],
)
def test_a_zone_is_judged_by_every_season(zone: str, levels: list[str]) -> None:
    winter, summer = datetime(2026, 12, 1, 17, tzinfo=UTC), datetime(2027, 7, 1, 17, tzinfo=UTC)
    offsets = [(winter, timedelta(hours=-5)), (winter, timedelta(hours=-5)), (summer, timedelta(hours=-4))]

    remarks = list(on_zone(zone, configured=True, found=False, offsets=offsets, schedules=None))

    assert [remark.level for remark in remarks] == levels


def spoken(lang: str, name: str, titles: Mapping[int, str]) -> Spoken:
    return Spoken("fr" if lang == "fr" else "en", [Program(1, name)], titles)


@pytest.mark.parametrize(
    ("other", "level", "said"),
    [
        (spoken("en", "Swimming", {1: "Yoga"}), "ok", "1 of 1 programmes and 0 of 1 events"),
        (spoken("en", "Natation", {1: "Yoga"}), "ok", "the same names in French and English"),
        (spoken("en", "Natation", {}), "warning", "no events in English, but 1 in French"),
    ],
    ids=["own names", "same names", "no events"],
)
def test_what_the_other_language_tells(other: Spoken, level: str, said: str) -> None:
    remark = on_languages(spoken("fr", "Natation", {1: "Yoga"}), other)

    assert (remark.level, said in remark.sentence) == (level, True)


def subscriptions(secret: str, *, but: int = 0) -> list[Subscription]:
    return [
        Subscription(number, "x", f"{OURS}{secret}", context, action)
        for number, (context, action) in enumerate(CONCERNED)
    ][but:]


@pytest.mark.parametrize(
    ("found", "secret", "level", "said"),
    [
        ([], None, "ok", "None: changes are seen within refresh_seconds."),
        (subscriptions("old"), None, "warning", "6 kinds of notices here, but without webhook_secret"),
        ([], "new", "warning", "Amilia announces no change here."),
        (subscriptions("new", but=1), "new", "warning", "missing: Program Create."),
        (subscriptions("new"), "new", "ok", "7 notices heard so far"),
    ],
    ids=["none wanted", "no secret", "none", "some", "all"],
)
def test_what_amilia_announces(found: list[Subscription], secret: str | None, level: str, said: str) -> None:
    address = f"{OURS}{secret}" if secret else None

    (remark,) = on_notices(found, ours=OURS, address=address, heard=7)

    assert (remark.level, said in remark.sentence) == (level, True), remark
    assert OURS not in remark.sentence + remark.cure


def written(*remarks: Remark, terminal: bool) -> tuple[str, int]:
    """What the sheet prints of them, and the exit status."""
    sheet = Sheet(as_json=False)
    sheet.redact = redactor(["s3cr3t-word"])
    out = io.StringIO()
    sheet._out = Console(file=out, force_terminal=terminal, soft_wrap=True, highlight=False)
    sheet.tell("club", remarks)
    return out.getvalue(), sheet.close()


def test_lines_are_plain_where_no_terminal_is() -> None:
    remark = Remark("warning", "places", "Two [bold] places.", "Mend them.")

    assert written(remark, terminal=False) == ("warning  club  places: Two [bold] places. → Mend them.\n", 1)
    assert "\x1b[33m" in written(remark, terminal=True)[0]


def test_a_name_moves_no_cursor_and_a_secret_is_blotted_out() -> None:
    told, _ = written(Remark("failure", "lint", "a\x1b[2Jb\nc s3cr3t-word d", "s3cr3t-word"), terminal=False)

    assert told.count("\n") == 1
    assert "\x1b" not in told
    assert "s3cr3t-word" not in told


@pytest.mark.parametrize(
    ("levels", "status"), [(["ok"], 0), (["ok", "warning"], 1), (["failure", "warning", "ok"], 2), ([], 0)]
)
def test_the_worst_remark_is_the_exit_status(levels: list[str], status: int) -> None:
    known = {"ok": Remark("ok", "x", "x"), "warning": Remark("warning", "x", "x")}
    remarks = [known.get(level, Remark("failure", "x", "x")) for level in levels]

    assert written(*remarks, terminal=False)[1] == status


def test_a_view_is_a_line_for_each_effect_with_its_source() -> None:
    effects = [
        Effect(2, "are hidden", "reports", ["Yoga\x1b, 2026-11-23"]),
        Effect(None, "It comes.", "logs"),
    ]
    view = View("club/calendar.ics", 10, 8, effects)

    lines = [line.plain for line in lines_of(READERS["google"], view)]

    assert lines == [
        "club/calendar.ics: Google Calendar shows 8 of 10 events.",
        "  2 are hidden (Yoga�, 2026-11-23)  [reports]",
        "  It comes.  [logs]",
    ]
