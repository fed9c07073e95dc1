"""What agenda, month, week and places show of a catalogue, and what they say where there is nothing."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.model import Place, State
from app.domain.selection import Selection
from app.web.views.agenda import agenda
from app.web.views.cards import Card, card_of
from app.web.views.columns import Hours
from app.web.views.month import month
from app.web.views.places import places
from app.web.views.scope import scope_of
from app.web.views.week import week
from tests.support.make import AQUATIC_CENTRE
from tests.web.catalogues import catalogue_of, club, days, event, lasting, scope, timed

NARROW, NO_BREAK = "\u202f", "\u00a0"
EVENING = timed("2026-11-24 18:30", "2026-11-24 20:00")


def only_card(it: object, **options: object) -> Card:
    shown = scope([it], **options)  # type: ignore[list-item]  # an Event
    return card_of(shown.spans(shown.first, shown.last)[0], shown.catalogue)


def titles(pieces: object) -> list[str]:
    return [piece.card.title for piece in pieces]  # type: ignore[attr-defined]  # pieces


def test_a_card_tells_all_that_people_ask() -> None:
    card = only_card(event(7, EVENING, "Natation", staff=("Ada", "Grace")))

    assert card == Card(
        id=7,
        title="Natation",
        when=f"Tuesday, November 24, 2026, 6:30–8:00{NARROW}p.m.",
        starts="2026-11-24T18:30-05:00",
        ends="2026-11-24T20:00-05:00",
        place=AQUATIC_CENTRE.name,
        address=AQUATIC_CENTRE.address,
        price="$92.50",
        program="Automne 2026",
        staff="Ada, Grace",
        standing="normal",
        word="",
        url="https://app.amilia.com/store/fr/forest-explorers/shop/activities/5836165",
        file="/orgs/forest-explorers/events/7.ics",
    )


def test_a_card_speaks_the_language_of_the_copy() -> None:
    card = only_card(event(7, EVENING, price=Decimal(0)), lang="fr")

    assert card.when == "Mardi 24 novembre 2026, 18 h 30\u2009–\u200920 h 00"
    assert card.price == "Gratuit"
    assert card.file == "/orgs/forest-explorers/events/7.ics?lang=fr"


def test_a_card_of_an_event_without_place_and_price_leaves_them_out() -> None:
    card = only_card(event(7, EVENING, place=None, price=None, program=None, url=""))

    assert (card.place, card.address, card.price, card.program, card.staff, card.url) == ("",) * 6


@pytest.mark.parametrize(
    ("state", "standing", "word"),
    [
        (State.NORMAL, "normal", ""),
        (State.MOVED, "moved", "Rescheduled"),
        (State.CANCELLED, "cancelled", "Cancelled"),
        (State.SKIPPED, "cancelled", "Cancelled"),
        (State.OTHER, "normal", ""),
    ],
)
def test_what_became_of_an_event_is_said_in_a_word(state: State, standing: str, word: str) -> None:
    card = only_card(event(7, EVENING, "Judo", state=state))

    assert (card.title, card.standing, card.word) == ("Judo", standing, word)


def test_days_are_those_of_the_organization_and_not_of_utc() -> None:
    late = scope([event(1, timed("2026-11-24 22:00", "2026-11-24 23:30"))])

    assert [day.date for day in agenda(late).days] == [date(2026, 11, 24)]


def test_an_event_over_midnight_is_on_both_days_with_the_hours_of_each() -> None:
    night = agenda(scope([event(1, timed("2026-11-24 22:30", "2026-11-25 02:00"))]))

    assert [(day.date.day, piece.hours, piece.clock) for day in night.days for piece in day.pieces] == [
        (24, f"from 10:30{NARROW}p.m.", f"10:30{NARROW}p.m."),
        (25, f"until 2:00{NARROW}a.m.", ""),
    ]


def test_an_event_that_ends_at_midnight_is_not_on_the_day_after() -> None:
    evening = agenda(scope([event(1, timed("2026-11-24 22:00", "2026-11-25 00:00"))]))

    assert [day.date.day for day in evening.days] == [24]


def test_an_event_of_several_days_says_which_of_them_it_is() -> None:
    camp = agenda(scope([event(1, days("2026-11-23", "2026-11-25"))]))

    pieces = [piece for day in camp.days for piece in day.pieces]
    assert [(piece.number, piece.days, piece.hours, piece.whole) for piece in pieces] == [
        (1, 3, "All day", True),
        (2, 3, "All day", True),
        (3, 3, "All day", True),
    ]
    assert {piece.card.when for piece in pieces} == {"Nov 23–25, 2026"}
    assert {(piece.card.starts, piece.card.ends) for piece in pieces} == {("2026-11-23", "2026-11-25")}


def test_an_event_without_length_shows_one_hour() -> None:
    (day,) = agenda(scope([event(1, lasting("2026-11-24 18:30", 0))])).days

    assert day.pieces[0].hours == f"6:30{NARROW}p.m."


def test_whole_days_come_first_then_the_earlier() -> None:
    (day,) = agenda(
        scope(
            [
                event(1, EVENING),
                event(2, lasting("2026-11-24 09:00", 50)),
                event(3, days("2026-11-24", "2026-11-24")),
            ]
        )
    ).days

    assert titles(day.pieces) == ["Event 3", "Event 2", "Event 1"]


def test_the_agenda_begins_today_and_shows_only_days_with_events() -> None:
    shown = agenda(
        scope(
            [
                event(1, lasting("2026-11-21 10:00", 60)),
                event(2, lasting("2026-11-22 10:00", 60)),
                event(3, EVENING),
            ]
        )
    )

    assert [(day.heading, day.today) for day in shown.days] == [
        ("Sunday, November 22", True),
        ("Tuesday, November 24", False),
    ]
    assert shown.heading == "Nov 22–24, 2026"
    assert shown.notice is None


def test_a_page_of_the_agenda_ends_after_the_day_that_makes_it_full() -> None:
    lessons = [
        event(day * 10 + n, lasting(f"2026-12-{day:02} 10:00", 30)) for day in range(1, 11) for n in range(4)
    ]
    shown = scope(lessons)

    first = agenda(shown, enough=10)
    second = agenda(shown, first.pager.later, enough=10)

    assert [day.date.day for day in first.days] == [1, 2, 3]
    assert [day.date.day for day in second.days] == [4, 5, 6]
    assert second.pager.earlier == date(2026, 12, 1)
    assert second.pager.today == shown.today
    assert first.pager.today is None


def test_the_pages_of_an_agenda_hold_every_event_once() -> None:
    lessons = [
        event(day * 10 + n, lasting(f"2026-12-{day:02} 10:00", 30))
        for day in range(1, 29, 3)
        for n in range(3)
    ]
    shown = scope(lessons)

    seen, asked = [], shown.first
    while asked is not None:
        page = agenda(shown, asked, enough=7)
        seen += [piece.card.id for day in page.days for piece in day.pieces]
        following = page.pager.later
        assert following is None or following > asked
        asked = following  # type: ignore[assignment]  # None ends the walk

    assert seen == [entry.id for entry in shown.catalogue.entries]


def test_a_month_is_whole_weeks_from_sunday_in_canada() -> None:
    shown = month(scope([event(1, EVENING)]))

    assert shown.heading == "November 2026"
    assert [short for short, _ in shown.weekdays] == ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    assert shown.weeks[0][0].day.date == date(2026, 11, 1)
    assert shown.weeks[-1][-1].day.date == date(2026, 12, 5)
    assert {len(week) for week in shown.weeks} == {7}
    assert [cell.day.date for week in shown.weeks for cell in week if cell.day.today] == [date(2026, 11, 22)]
    assert not shown.weeks[-1][-1].inside


def test_the_month_of_any_day_leads_to_the_months_beside_it() -> None:
    shown = month(scope([event(1, EVENING)]), date(2027, 1, 31))

    assert (shown.heading, shown.pager.earlier, shown.pager.later, shown.pager.today) == (
        "January 2027",
        date(2026, 12, 1),
        date(2027, 2, 1),
        date(2026, 11, 22),
    )


def test_there_is_no_way_beyond_what_is_published() -> None:
    shown = scope([event(1, EVENING)])

    first, last = month(shown, shown.first), month(shown, shown.last)

    assert (shown.first, shown.last) == (date(2026, 9, 23), date(2027, 12, 27))
    assert first.pager.earlier is None
    assert last.pager.later is None
    assert not first.weeks[0][0].day.published
    assert month(shown, first.pager.later).pager.earlier == shown.first


@pytest.mark.parametrize("view", [agenda, month, week, places])
@pytest.mark.parametrize("day", [date.min, date(1999, 12, 31), date(2090, 1, 1), date.max])
def test_a_day_that_is_not_published_shows_the_nearest_and_says_so(view: object, day: date) -> None:
    shown = view(scope([event(1, EVENING)]), day)  # type: ignore[operator]  # one of the views

    assert shown.notice.sentence == "Events are published for this period: Sep 23, 2026–Dec 27, 2027."


@pytest.mark.parametrize("view", [agenda, month, week, places])
def test_an_empty_selection_says_that_nothing_is_planned(view: object) -> None:
    shown = view(scope([]))  # type: ignore[operator]  # one of the views

    assert shown.notice.sentence.startswith("Nothing is planned for this selection at the moment")
    assert shown.notice.jump is None


def test_an_empty_period_leads_to_the_next_event() -> None:
    shown = week(
        scope([event(1, lasting("2027-03-01 10:00", 60)), event(2, lasting("2026-10-01 10:00", 60))])
    )

    assert shown.notice is not None
    assert shown.notice.sentence == "Nothing is planned in this period."
    assert (shown.notice.jump, shown.notice.jump_heading) == (date(2027, 3, 1), "Monday, March 1")


def test_after_the_season_an_empty_period_leads_back_to_the_last_event() -> None:
    shown = month(scope([event(1, lasting("2026-10-01 10:00", 60))]))

    assert shown.notice is not None
    assert shown.notice.jump == date(2026, 10, 1)


def test_a_narrower_selection_has_narrower_ends() -> None:
    catalogue = catalogue_of([event(1, EVENING)])

    shown = scope_of(catalogue, Selection(lang="en", past_days=0, future_days=6))

    assert (shown.first, shown.last) == (date(2026, 11, 22), date(2026, 11, 28))
    assert (week(shown).pager.earlier, week(shown).pager.later) == (None, None)


def test_a_week_shows_the_hours_that_it_needs_and_the_usual_ones() -> None:
    usual = week(scope([event(1, lasting("2026-11-24 10:00", 60))]))
    early = week(scope([event(1, timed("2026-11-24 06:40", "2026-11-24 22:10"))]))

    assert usual.hours == Hours(9, 17)
    assert usual.hour_names[0] == "9 a.m."
    assert early.hours == Hours(6, 23)


def test_lessons_that_follow_each_other_stand_in_one_lane() -> None:
    lessons = [event(n, lasting(f"2026-11-24 09:{25 * n:02}", 25)) for n in range(3)]

    column = week(scope(lessons)).columns[2]

    assert [(it.lanes, [box.lane for box in it.boxes]) for it in column.clusters] == [(1, [0])] * 3
    assert [(it.start, it.length) for it in column.clusters] == [(0, 5), (5, 5), (10, 5)]


def test_events_at_the_same_time_stand_side_by_side() -> None:
    both = [
        event(1, lasting("2026-11-24 09:00", 90)),
        event(2, lasting("2026-11-24 10:00", 60)),
        event(3, lasting("2026-11-24 10:30", 30)),
    ]

    (cluster,) = week(scope(both)).columns[2].clusters

    assert [(box.piece.card.id, box.lane, box.start, box.length) for box in cluster.boxes] == [
        (1, 0, 0, 18),
        (2, 1, 12, 12),
        (3, 0, 18, 6),
    ]
    assert (cluster.lanes, cluster.crowded) == (2, False)


def test_more_than_fits_side_by_side_becomes_a_list() -> None:
    many = [event(n, lasting("2026-11-24 18:00", 60)) for n in range(1, 41)]

    (cluster,) = week(scope(many)).columns[2].clusters

    assert cluster.crowded
    assert len(cluster.boxes) == 40


def test_the_night_on_which_clocks_go_back_has_its_events_in_order() -> None:
    night = [
        event(1, timed("2026-11-01 01:30", "2026-11-01 01:10*")),
        event(2, timed("2026-11-01 01:30*", "2026-11-01 02:30")),
    ]

    column = week(scope(night), date(2026, 11, 1)).columns[0]

    (cluster,) = column.clusters
    assert [(box.piece.begin, box.piece.end) for box in cluster.boxes] == [(90, 90), (90, 150)]
    assert {box.lane for box in cluster.boxes} == {0, 1}


def test_the_night_on_which_clocks_go_forward_keeps_to_the_wall_clock() -> None:
    night = scope([event(1, timed("2027-03-14 01:00", "2027-03-14 04:00"))])

    (cluster,) = week(night, date(2027, 3, 14)).columns[0].clusters

    assert (cluster.boxes[0].piece.begin, cluster.boxes[0].piece.end) == (60, 240)


def test_places_stand_side_by_side_by_name_the_nameless_last() -> None:
    hall = Place(1, "École Sainte-Anne", "1 rue A")
    shown = places(
        scope(
            [
                event(1, lasting("2026-11-22 10:00", 60), place=None),
                event(2, lasting("2026-11-22 10:00", 60), place=hall),
                event(3, lasting("2026-11-22 11:00", 60), place=Place(2, "Aréna")),
                event(4, days("2026-11-22", "2026-11-22"), place=hall),
            ]
        )
    )

    assert [column.heading for column in shown.columns] == ["Aréna", "École Sainte-Anne", "No place given"]
    assert titles(shown.columns[1].whole) == ["Event 4"]
    assert shown.heading == "Sunday, November 22, 2026"


def test_two_places_of_one_name_are_two_columns() -> None:
    shown = places(
        scope(
            [
                event(n, lasting("2026-11-22 10:00", 60), place=Place(n, "Studio A", f"{n} rue Principale"))
                for n in (1, 2)
            ]
        )
    )

    assert [column.heading for column in shown.columns] == ["Studio A", "Studio A"]


def test_a_club_with_a_language_of_its_own_names_it_only_when_it_is_another() -> None:
    own = only_card(event(7, EVENING), lang="fr", organization=club(language="fr"))

    assert own.file == "/orgs/forest-explorers/events/7.ics"
