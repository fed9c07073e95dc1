"""What is kept of calendars: of the current catalogue only, within bounds, and dropped little by little."""

from functools import partial

from app.feeds.budget import Budget
from app.feeds.calendars import AT_ONCE, SHARE, Calendars
from app.feeds.catalogue import Catalogue
from app.feeds.feed import Feed
from app.ics.calendar import compose
from tests.support.make import make_event
from tests.support.press import NOW, Records, press_of, printed

FIRST, SECOND = ("club", "fr"), ("club", "en")


def catalogue() -> Catalogue:
    records = Records()
    return printed(press_of(records), records.of(make_event(id=1)))


def feed(events: int = 1, octets: int = 100) -> Feed:
    calendar = compose(b"HEAD\r\n", [bytes(octets)] * events, lang="fr")
    return Feed(calendar, "tag", NOW, "Club", events, partial(Budget, calendar.octets, events))


def test_a_calendar_is_kept_while_its_catalogue_is_the_current_one() -> None:
    kept, old, new = Calendars(100_000), catalogue(), catalogue()
    assert kept.get(FIRST, "all", old) is None
    made = feed()
    kept.keep(FIRST, "all", made)

    again = kept.get(FIRST, "all", old)
    after = kept.get(FIRST, "all", new)

    assert again is made
    assert after is None
    assert kept.get(FIRST, "all", old) is None


def test_a_new_catalogue_drops_what_was_made_of_the_old_one_and_nothing_else() -> None:
    kept, one, other = Calendars(100_000), catalogue(), catalogue()
    for shelf, its in ((FIRST, one), (SECOND, other)):
        for wish in ("all", "some"):
            kept.get(shelf, wish, its)
            kept.keep(shelf, wish, feed())

    kept.get(FIRST, "more", catalogue())

    assert len(kept) == 2
    assert kept.get(SECOND, "all", other) is not None


def test_the_bound_is_of_octets_and_what_is_larger_is_not_kept() -> None:
    kept, its = Calendars(10 * (SHARE + 500)), catalogue()
    for number in range(50):
        kept.get(FIRST, number, its)
        kept.keep(FIRST, number, feed(octets=500))
    held = len(kept)

    kept.keep(FIRST, "huge", feed(octets=100_000))

    assert 5 < held < 10
    assert len(kept) == held
    assert kept.get(FIRST, "huge", its) is None
    assert kept.get(FIRST, 49, its) is not None
    assert kept.get(FIRST, 0, its) is None


def test_what_is_dropped_is_let_go_of_little_by_little() -> None:
    kept, its = Calendars(10**9), catalogue()
    kept.get(FIRST, "all", its)
    kept.keep(FIRST, "all", feed(events=10 * AT_ONCE))

    kept.get(FIRST, "all", catalogue())
    steps = 0
    while kept.leaving:
        before = kept.leaving
        kept.get(SECOND, "all", its)
        steps += 1
        assert 0 < before - kept.leaving <= AT_ONCE

    assert steps >= 10


def test_a_calendar_that_somebody_still_sends_is_whole() -> None:
    kept, its, made = Calendars(10**9), catalogue(), feed(events=2 * AT_ONCE)
    kept.get(FIRST, "all", its)
    kept.keep(FIRST, "all", made)
    whole = made.body

    for _ in range(10):
        kept.get(FIRST, "all", catalogue())

    assert made.body == whole


def test_many_small_calendars_are_let_go_of_together() -> None:
    kept, its = Calendars(10**9), catalogue()
    for number in range(AT_ONCE):
        kept.get(FIRST, number, its)
        kept.keep(FIRST, number, feed(events=9))

    kept.get(FIRST, "all", catalogue())
    dropped = kept.leaving
    kept.get(SECOND, "all", its)

    assert dropped == AT_ONCE * 10
    assert kept.leaving == dropped - AT_ONCE
