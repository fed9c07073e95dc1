"""How large a feed is, and the window that keeps it within what clients read."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from app.domain.model import Days, Event, Names, Organization, Timed
from app.domain.selection import Selection
from app.feeds.budget import (
    LARGEST,
    MOST_EVENTS,
    MOST_TOLD,
    ROOM,
    Budget,
    Overruns,
    Share,
    Window,
    budget,
    budget_of,
)
from app.feeds.catalogue import Catalogue
from app.feeds.entry import Entry, entry_for, mould_of
from app.ics.calendar import assemble, head
from app.ics.event import EventRenderer, stamp
from app.ics.zones import publish_zone
from tests.support.make import make_event, make_revision
from tests.support.seeded import chance_of

WHOLE = Window(60, 400)
ONE_A_DAY = range(-60, 401)
ZONE = publish_zone("America/Toronto", date(2026, 9, 1), date(2028, 2, 1))
DAY = date(2026, 11, 22)
CLUB = Organization("club", None, Names("Club", "Club"), "en", "America/Toronto")


def shares(octets: int, days: range = ONE_A_DAY, each: int = 1) -> list[Share]:
    return [Share(day, octets) for day in days for _ in range(each)]


def held(all_shares: list[Share], window: Window, overhead: int = 0) -> tuple[int, int]:
    chosen = [share.octets for share in all_shares if share.day in window]
    return overhead + sum(chosen), len(chosen)


def test_a_feed_at_either_limit_is_within() -> None:
    exact = budget(shares(LARGEST // 1000, range(1000)), 0, WHOLE)

    assert exact == Budget(LARGEST, MOST_EVENTS, None, None)
    assert not exact.over


def test_an_octet_more_is_over() -> None:
    size = budget(shares(2000), LARGEST - 461 * 2000 + 1, WHOLE)

    assert size.over
    assert size.too_large
    assert size.octets == LARGEST + 1


def test_of_the_past_all_but_two_weeks_is_given_up_first() -> None:
    slightly, more = budget(shares(2_200), 0, WHOLE), budget(shares(2_170), 0, WHOLE)

    assert (slightly.narrower, more.narrower) == (Window(14, 392), Window(14, 399))
    assert budget(shares(500, each=5), 0, WHOLE).narrower == Window(14, 161)
    assert budget([*shares(900, range(-60, 0), 15), *shares(900, range(400))], 0, WHOLE).narrower == Window(
        28, 400
    )


def test_then_what_is_far_away_then_the_rest_of_the_past() -> None:
    near = shares(20_000, range(-14, 29))
    today = [Share(0, 880_000), *shares(100_000, range(1, 30)), *shares(100_000, range(-14, 0))]

    assert budget([*near, *shares(20_000, range(29, 401))], 0, WHOLE).narrower == Window(14, 28)
    assert budget(shares(25_000), 0, WHOLE).narrower == Window(7, 28)
    assert budget(today, 0, WHOLE).narrower == Window(0, 0)


def test_where_one_day_is_too_much_no_window_is_offered() -> None:
    size = budget([Share(0, LARGEST), Share(0, 1)], 0, WHOLE)

    assert (size.too_large, size.narrower, size.for_google) == (True, None, None)


def test_many_small_events_are_no_trouble_for_google() -> None:
    size = budget(shares(100, each=5), 0, WHOLE)

    assert (size.over, size.too_large, size.for_google) == (True, False, None)
    assert size.narrower is not None


def test_google_gets_every_event_that_fits_its_megabyte() -> None:
    size = budget(shares(440, each=5), 0, WHOLE)

    assert (size.narrower, size.for_google) == (Window(14, 161), Window(14, 392))


def test_a_selection_of_few_days_is_narrowed_from_these() -> None:
    assert budget(shares(20_000, range(-3, 101)), 0, Window(3, 100)).narrower == Window(3, 35)
    assert budget(shares(20_000, range(101)), 0, Window(0, 100)).narrower == Window(0, 42)


@pytest.mark.parametrize("seed", range(40))
def test_a_narrower_window_fits_with_room_and_gives_up_no_more_than_it_must(seed: int) -> None:
    chance = chance_of(seed)
    whole = Window(chance.randrange(90), chance.randrange(1, 500))
    some = [
        Share(chance.randint(-whole.past_days, whole.future_days), chance.randrange(300, 3_000))
        for _ in range(chance.randrange(950, 4_000))
    ]

    size = budget(some, 1_000, whole)

    assert size.over == (size.octets > LARGEST or size.events > MOST_EVENTS)
    for window, most in ((size.narrower, ROOM * MOST_EVENTS), (size.for_google, float("inf"))):
        if window is not None:
            octets, events = held(some, window, 1_000)
            assert octets <= ROOM * LARGEST
            assert events <= most
            octets, events = held(some, less_given_up(window, whole), 1_000)
            assert octets > ROOM * LARGEST or events > most


def less_given_up(window: Window, whole: Window) -> Window:
    """The window that should have been taken, had it fitted."""
    if window.future_days == whole.future_days:
        return Window(min(whole.past_days, window.past_days + 7), whole.future_days)
    if window.past_days == min(14, whole.past_days):
        return Window(window.past_days, min(whole.future_days, window.future_days + 7))
    return Window(window.past_days + 7, window.future_days)


def test_the_order_of_events_does_not_matter() -> None:
    some = [Share(day, 2_000 + day * day % 977) for day in ONE_A_DAY]

    assert budget(some, 80_000, WHOLE) == budget(reversed(some), 80_000, WHOLE)


def catalogue_of(chance: Random, events: int) -> Catalogue:
    """Events of all kinds and lengths around ``DAY``, some of them over midnight and many days."""
    entries = sorted((an_event(chance, number) for number in range(events)), key=lambda entry: entry.start)
    return Catalogue(CLUB, "en", ZONE, DAY, moment(0), moment(0), entries, (), {}, {})


def moment(minutes: int) -> datetime:
    return datetime(2026, 11, 22, 17, tzinfo=UTC) + timedelta(minutes=minutes)


def an_event(chance: Random, number: int) -> Entry:
    minutes = chance.randrange(-70 * 1440, 410 * 1440)
    when: Timed | Days = Timed(moment(minutes), moment(minutes + chance.choice([0, 60, 300, 4_000])))
    if chance.random() < 0.2:
        first = DAY + timedelta(days=minutes // 1440)
        when = Days(first, first + timedelta(days=chance.randint(1, 9)))
    event: Event = make_event(id=number, when=when)
    renderer = EventRenderer(ZONE, "en", "CAD")
    return entry_for(event, mould_of(event.about, renderer), renderer).stamped(stamp(make_revision()))


def feed_of(catalogue: Catalogue, selection: Selection) -> tuple[bytes, Sequence[Entry], int]:
    opening = head(None, ZONE)
    chosen = catalogue.select(selection)
    body = assemble(opening, [entry.marked for entry in chosen], lang="en", alarm=selection.alarm)
    return body, chosen, len(opening)


@pytest.mark.parametrize("alarm", [None, 30])
def test_the_window_that_is_offered_selects_what_was_counted(alarm: int | None) -> None:
    catalogue = catalogue_of(chance_of(7), 1_700)
    whole = Selection("en", alarm=alarm)
    body, chosen, opening = feed_of(catalogue, whole)

    size = budget_of(Budget(len(body), len(chosen)), opening, catalogue, whole)

    assert (size.octets, size.events, size.too_large) == (len(body), len(chosen), True)
    for window in (size.narrower, size.for_google):
        assert window is not None
        narrowed = Selection("en", past_days=window.past_days, future_days=window.future_days, alarm=alarm)
        smaller, fewer, _ = feed_of(catalogue, narrowed)
        assert ROOM * LARGEST * 0.7 < len(smaller) <= ROOM * LARGEST
        again = budget_of(Budget(len(smaller), len(fewer)), opening, catalogue, narrowed)
        assert again.octets == len(smaller)
        assert not again.too_large


def test_an_empty_selection_has_the_size_of_its_notice() -> None:
    catalogue = catalogue_of(chance_of(7), 1)

    assert budget_of(Budget(1_234, 0), 400, catalogue, Selection("en")) == Budget(1_234, 0)


LARGE, SMALL = Budget(LARGEST + 1, 10, Window(14, 100), Window(14, 100)), Budget(500, 10)
KEY = ("club", "en", "q=yoga", "")


def test_growing_too_large_and_fitting_again_are_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    overruns = Overruns()
    for size in (SMALL, LARGE, LARGE, SMALL, SMALL, LARGE):
        overruns.note(KEY, size)

    said = [(record.levelname, record.getMessage().split()[:3]) for record in caplog.records]
    larger, fits = ("WARNING", ["A", "calendar", "is"]), ("INFO", ["A", "calendar", "fits"])
    assert said == [larger, fits, larger]
    facts = vars(caplog.records[0])
    assert (facts["organization"], facts["lang"], facts["selection"]) == ("club", "en", "q=yoga")
    assert (facts["octets"], facts["events"]) == (str(LARGEST + 1), "10")


def test_calendars_are_told_apart_and_a_flood_of_them_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    overruns = Overruns()
    for number in range(MOST_TOLD * 2):
        overruns.note(("club", "en", f"alarm={number}", ""), LARGE)

    assert len(caplog.records) == MOST_TOLD
    assert repr(overruns) == f"<Overruns {MOST_TOLD} calendars>"
