"""What a feed says of itself, and how its events are joined into it."""

from datetime import date

import pytest

from app.ics.calendar import CalendarHead, assemble, compose, head
from app.ics.event import notice
from app.ics.zones import publish_zone
from tests.support.content_lines import text, unfolded, values

WINDOW = (date(2026, 9, 22), date(2027, 12, 27))
TORONTO = publish_zone("America/Toronto", *WINDOW)
NUUK = publish_zone("America/Nuuk", *WINDOW)
ABOUT = CalendarHead(
    name="Explorateurs – Natation",
    description="Tous les cours;\nde natation",
    color="#0b7a75",
    page="https://calendars.example.org/orgs/forest-explorers",
    source="https://calendars.example.org/orgs/forest-explorers/calendar.ics?programId=4521,4522",
)
EVENT = b"BEGIN:VEVENT\r\nUID:1\r\n"
OTHER = b"BEGIN:VEVENT\r\nUID:2\r\n"


def about(**changes: str) -> CalendarHead:
    return CalendarHead(**({field: getattr(ABOUT, field) for field in CalendarHead.__slots__} | changes))


def test_a_head_says_all_that_a_client_may_ask_for() -> None:
    lines = unfolded(head(ABOUT, TORONTO))

    assert lines[: lines.index("BEGIN:VTIMEZONE")] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Amilia Calendar Feeds//amilia-feeds//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Explorateurs – Natation",  # a dash in a name
        "X-WR-CALNAME:Explorateurs – Natation",  # a dash in a name
        r"DESCRIPTION:Tous les cours\;\nde natation",
        r"X-WR-CALDESC:Tous les cours\;\nde natation",
        "X-WR-TIMEZONE:America/Toronto",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "COLOR:teal",
        "X-APPLE-CALENDAR-COLOR:#0B7A75",
        "SOURCE;VALUE=URI:https://calendars.example.org/orgs/forest-explorers/calendar.ics?programId=4521,4522",
        "URL:https://calendars.example.org/orgs/forest-explorers",
    ]


def test_the_zone_stands_before_the_events() -> None:
    assert head(ABOUT, TORONTO).endswith(TORONTO.vtimezone)
    assert len(TORONTO.vtimezone) > 0


def test_a_zone_in_utc_is_named_but_not_told() -> None:
    opening = head(ABOUT, NUUK)

    assert text(opening, "X-WR-TIMEZONE") == "America/Nuuk"
    assert b"VTIMEZONE" not in opening


def test_there_is_no_method() -> None:
    assert b"METHOD" not in head(ABOUT, TORONTO)


def test_what_is_empty_is_left_out() -> None:
    lines = unfolded(head(about(name="", description=" ", page="", source=""), NUUK))

    assert [line.split(":")[0].split(";")[0] for line in lines] == [
        "BEGIN",
        "VERSION",
        "PRODID",
        "CALSCALE",
        "X-WR-TIMEZONE",
        "REFRESH-INTERVAL",
        "X-PUBLISHED-TTL",
        "COLOR",
        "X-APPLE-CALENDAR-COLOR",
    ]


def test_a_name_is_no_longer_than_outlook_takes() -> None:
    opening = head(about(name="é" * 300), NUUK)

    assert len(text(opening, "X-WR-CALNAME")) == 255


@pytest.mark.parametrize("changes", [{"color": "teal"}, {"source": "https://x\r\nX-EVIL:1"}])
def test_what_would_break_the_head_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"colour|CR or LF"):
        head(about(**changes), TORONTO)


def test_a_download_of_one_event_names_no_calendar_and_asks_for_no_visits() -> None:
    assert head(None, TORONTO) == (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Amilia Calendar Feeds//amilia-feeds//EN\r\n"
        b"CALSCALE:GREGORIAN\r\n" + TORONTO.vtimezone
    )


def test_events_are_joined_in_the_order_given() -> None:
    feed = assemble(b"HEAD\r\n", iter([EVENT, OTHER]), lang="fr")

    assert feed == b"HEAD\r\n" + EVENT + b"END:VEVENT\r\n" + OTHER + b"END:VEVENT\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize("alarm", [None, 15])
@pytest.mark.parametrize("count", [1, 31, 63, 64, 65, 129, 300])
def test_the_blocks_of_a_calendar_are_the_whole(count: int, alarm: int | None) -> None:
    calendar = compose(b"HEAD\r\n", [b"%d\r\n" % number for number in range(count)], lang="fr", alarm=alarm)

    blocks = list(calendar.blocks())

    assert b"".join(blocks) == calendar.joined()
    assert calendar.octets == len(calendar.joined())
    assert blocks == list(calendar.blocks())
    assert len(blocks) >= count // 64


def test_a_reminder_is_put_into_every_event() -> None:
    feed = assemble(b"HEAD\r\n", [EVENT, OTHER], lang="fr", alarm=90)

    alarm = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Rappel\r\nTRIGGER:-PT90M\r\nEND:VALARM\r\n"
    end = alarm + b"END:VEVENT\r\n"
    assert feed == b"HEAD\r\n" + EVENT + end + OTHER + end + b"END:VCALENDAR\r\n"


@pytest.mark.parametrize(("minutes", "trigger"), [(0, ":PT0S"), (1, ":-PT1M"), (10080, ":-PT10080M")])
def test_a_reminder_may_come_at_the_start_or_a_week_before(minutes: int, trigger: str) -> None:
    feed = assemble(b"HEAD\r\n", [EVENT], lang="en", alarm=minutes)

    assert values(feed, "TRIGGER") == [trigger]
    assert text(feed, "DESCRIPTION") == "Reminder"


def test_a_feed_without_events_is_never_made() -> None:
    with pytest.raises(ValueError, match=r"^A calendar needs at least one event\.$"):
        assemble(b"HEAD\r\n", [], lang="fr")


def test_an_empty_selection_is_a_feed_of_one_notice() -> None:
    feed = assemble(head(ABOUT, TORONTO), [notice("forest-explorers", date(2026, 11, 22), "fr")], lang="fr")

    assert values(feed, "BEGIN").count(":VEVENT") == values(feed, "END").count(":VEVENT") == 1


@pytest.mark.parametrize("alarm", [None, 30])
def test_what_is_known_of_the_weight_of_events_changes_nothing(alarm: int | None) -> None:
    events = [b"%d\r\n" % number for number in range(100)]

    told = compose(b"HEAD\r\n", [*events], lang="fr", alarm=alarm, octets=sum(map(len, events)))

    assert told == compose(b"HEAD\r\n", [*events], lang="fr", alarm=alarm)
    assert told.octets == len(told.joined())
