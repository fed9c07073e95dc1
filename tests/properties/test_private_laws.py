"""Whatever is asked for, a private feed shows what both its scope and the question cover, and no more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.grants import Kind, PrivateFeed, Scope
from app.domain.model import Event, Particulars, State, Timed, Topic
from app.domain.selection import Selection
from app.feeds.catalogue import Catalogue
from app.feeds.private import calendar_of
from app.ics.identity import notice_uid, uid_for
from tests.support.press import CLUB, NOW, PROGRAM, Records, press_of, printed
from tests.support.service import events_of, read

PROGRAMS: Final = tuple(replace(PROGRAM, id=number) for number in (1, 2, 3))
NUMBERS: Final = st.frozensets(st.integers(1, 4), min_size=1, max_size=3)
SCOPES: Final = st.one_of(
    st.builds(partial(Scope, Kind.STAFF), NUMBERS),
    st.builds(partial(Scope, Kind.PROGRAMS), NUMBERS),
    st.just(Scope(Kind.HIDDEN)),
)
SELECTIONS: Final = st.builds(
    Selection,
    lang=st.just("en"),
    cancelled=st.sampled_from(["status", "show", "hide"]),
    programs=st.one_of(st.just(frozenset()), NUMBERS),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    words=st.sampled_from([(), ("yoga",), ("nothing",)]),
    future_days=st.one_of(st.none(), st.integers(0, 40)),
    alarm=st.one_of(st.none(), st.just(15)),
)


def session(number: int) -> Event:
    """One of many sessions: three programmes, four coaches alone or in pairs, every tenth called off."""
    start = datetime(2026, 11, 23, 15, tzinfo=UTC) + timedelta(hours=17 * number)
    about = Particulars(
        title="Yoga" if number % 3 else "Judo",
        state=State.CANCELLED if number % 10 == 0 else State.NORMAL,
        program=Topic(number % 3 + 1, "Programme"),
        team=frozenset({number % 4 + 1, number % 5 + 1}),
    )
    return Event(number + 1, Timed(start, start + timedelta(hours=1)), about)


@cache
def catalogue() -> Catalogue:
    records = Records()
    return printed(press_of(records), records.of(*map(session, range(60))), programs=PROGRAMS)


def uids(selection: Selection, scope: Scope) -> set[str]:
    """What the feed of this scope shows of the selection."""
    feed = PrivateFeed("c0ac4", "8008", scope, "", NOW)
    body = calendar_of(feed, catalogue(), selection, CLUB.slug).body
    return {str(event["UID"]) for event in events_of(read(body))} - {notice_uid(CLUB.slug)}


@settings(max_examples=40, deadline=None)
@given(scope=SCOPES, selection=SELECTIONS)
def test_a_private_feed_shows_what_scope_and_selection_both_cover(scope: Scope, selection: Selection) -> None:
    selected = {row.id for row in catalogue().select(selection)}
    covered = {
        event.id
        for event in map(session, range(60))
        if event.about.program is not None
        and (
            scope.kind is Kind.HIDDEN
            or (scope.kind is Kind.STAFF and scope.numbers & event.about.team)
            or (scope.kind is Kind.PROGRAMS and event.about.program.id in scope.numbers)
        )
    }

    assert uids(selection, scope) == {uid_for(number) for number in selected & covered}


@settings(max_examples=20, deadline=None)
@given(scope=SCOPES, selection=SELECTIONS)
def test_no_selection_shows_more_than_the_address_alone(scope: Scope, selection: Selection) -> None:
    assert uids(selection, scope) <= uids(Selection("en"), scope)
