"""Whatever the events: each is on every day that it covers, once; no box lies on another; nothing is lost."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.model import Days, Event, Place, Timed, When
from app.web.views.agenda import agenda
from app.web.views.columns import SHORTEST, Cluster, Column
from app.web.views.month import month
from app.web.views.places import places
from app.web.views.scope import Scope, days_between
from app.web.views.week import week
from tests.web.catalogues import TORONTO, event, scope

FIRST, LAST = date(2026, 10, 20), date(2027, 3, 20)
"""Both changes of the clock are in between."""

days = st.dates(FIRST, LAST)


@st.composite
def whens(draw: st.DrawFn) -> When:
    if draw(st.booleans()):
        first = draw(days)
        return Days(first, first + timedelta(days=draw(st.integers(1, 9))))
    at = datetime.combine(draw(days), datetime.min.time(), UTC) + timedelta(
        minutes=draw(st.integers(0, 1440))
    )
    return Timed(at, at + timedelta(minutes=draw(st.integers(0, 240) | st.integers(0, 5000))))


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    found = draw(st.lists(st.tuples(whens(), st.integers(0, 3)), max_size=25))
    return scope(
        event(number, when, place=Place(hall, f"Hall {hall}") if hall else None)
        for number, (when, hall) in enumerate(found, start=1)
    )


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def covered(it: Event) -> list[date]:
    """The days that an event covers, told from the event itself."""
    if isinstance(it.when, Days):
        return list(days_between(it.when.first, it.when.after - timedelta(days=1)))
    first = it.when.start.astimezone(TORONTO).date()
    end = max(it.when.end, it.when.start + timedelta(seconds=1)) - timedelta(seconds=1)
    return list(days_between(first, end.astimezone(TORONTO).date()))


def expected(events: Sequence[Event], first: date, last: date) -> Counter[tuple[int, date]]:
    return Counter((it.id, day) for it in events for day in covered(it) if first <= day <= last)


def boxes_of(column: Column) -> list[int]:
    """The ids of all that a column shows."""
    boxed = [box.piece.card.id for cluster in column.clusters for box in cluster.boxes]
    return [*(piece.card.id for piece in column.whole), *boxed]


@st.composite
def events_in_scope(draw: st.DrawFn) -> tuple[list[Event], Scope]:
    found = [event(number, when) for number, when in enumerate(draw(st.lists(whens(), max_size=25)), start=1)]
    return found, scope(found)


@quick
@given(events_in_scope(), days)
def test_each_event_is_on_every_day_of_the_month_that_it_covers_once(
    given_events: tuple[list[Event], Scope], day: date
) -> None:
    events, shown = given_events

    cells = [cell for row in month(shown, day).weeks for cell in row]

    seen = Counter((piece.card.id, cell.day.date) for cell in cells for piece in cell.day.pieces)
    assert seen == expected(events, cells[0].day.date, cells[-1].day.date)
    assert [cell.day.date for cell in cells] == list(days_between(cells[0].day.date, cells[-1].day.date))


@quick
@given(events_in_scope(), days)
def test_nothing_is_lost_in_the_columns_of_a_week(given_events: tuple[list[Event], Scope], day: date) -> None:
    events, shown = given_events

    columns = week(shown, day).columns

    seen = Counter((number, column.day.date) for column in columns for number in boxes_of(column))
    assert seen == expected(events, columns[0].day.date, columns[-1].day.date)


@quick
@given(scopes(), days)
def test_no_box_lies_on_another_or_leaves_its_cluster_or_the_hours(shown: Scope, day: date) -> None:
    timetable = week(shown, day)

    for column in timetable.columns:
        for cluster in column.clusters:
            assert 0 <= cluster.start <= cluster.start + cluster.length <= timetable.hours.slots
            assert_apart(cluster)
        ends = [(cluster.start, cluster.start + cluster.length) for cluster in column.clusters]
        assert all(end <= start for (_, end), (start, _) in pairwise(ends))


def assert_apart(cluster: Cluster) -> None:
    """No two boxes of one lane overlap, none is too short, and none stands out of the cluster."""
    for box in cluster.boxes:
        assert 0 <= box.start <= box.start + box.length <= cluster.length
        assert box.length >= SHORTEST
        assert 0 <= box.lane < cluster.lanes
        for other in cluster.boxes:
            if other is not box and other.lane == box.lane:
                assert box.start + box.length <= other.start or other.start + other.length <= box.start


@quick
@given(scopes(), days)
def test_every_event_of_a_day_is_in_the_column_of_its_place(shown: Scope, day: date) -> None:
    columns = places(shown, day).columns

    seen = sorted(number for column in columns for number in boxes_of(column))
    assert seen == sorted(
        span.entry.id for span in shown.spans(shown.first, shown.last) if span.first <= day <= span.last
    )
    for column in columns:
        names = {piece.card.place for piece in column.day.pieces}
        assert names == ({column.heading} if column.heading.startswith("Hall") else {""})


@quick
@given(events_in_scope(), days, st.integers(1, 12))
def test_the_pages_of_an_agenda_from_any_day_show_everything_from_there_once(
    given_events: tuple[list[Event], Scope], day: date, enough: int
) -> None:
    events, shown = given_events

    seen: Counter[tuple[int, date]] = Counter()
    asked: date | None = day
    while asked is not None:
        page = agenda(shown, asked, enough=enough)
        seen.update((piece.card.id, it.date) for it in page.days for piece in it.pieces)
        asked = page.pager.later

    assert seen == expected(events, day, shown.last)


@quick
@given(events_in_scope(), days, st.integers(1, 12))
def test_the_page_before_a_page_of_the_agenda_leaves_nothing_out_between_them(
    given_events: tuple[list[Event], Scope], day: date, enough: int
) -> None:
    _, shown = given_events
    earlier = agenda(shown, day, enough=enough).pager.earlier

    if earlier is None:
        assert not any(shown.counts(shown.first, day - timedelta(days=1)))
    else:
        following = agenda(shown, earlier, enough=enough).pager.later
        between = shown.counts(following, day - timedelta(days=1)) if following and following < day else []
        assert not any(between)
