"""What one event of Amilia becomes, property by property."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal

import pytest

from app.domain.model import Days, Event, Lang, Place, Revision, State, Tag, Topic
from app.ics.event import EventRenderer, notice, stamp
from app.ics.identity import notice_uid, uid_for
from app.ics.zones import publish_zone
from tests.support.content_lines import text, unfolded, values
from tests.support.make import altered, make_event, make_revision

NO_BREAK = "\u00a0"
TORONTO = publish_zone("America/Toronto", date(2026, 9, 22), date(2027, 12, 27))
CALLED_OFF = (State.CANCELLED, State.SKIPPED, State.REPLACED, State.ARCHIVED)
TAKING_PLACE = (State.NORMAL, State.MOVED, State.OTHER)


def vevent(
    event: Event | None = None,
    *,
    revision: Revision | None = None,
    mode: Literal["status", "show"] = "status",
    lang: Lang = "fr",
    currency: str = "CAD",
) -> bytes:
    renderer = EventRenderer(zone=TORONTO, lang=lang, currency=currency)
    return renderer.render(event or make_event(), revision or make_revision(), mode)


def names(vevent: bytes) -> list[str]:
    return [line.replace(";", ":").split(":")[0] for line in unfolded(vevent)]


def description(event: Event, lang: Lang = "fr") -> list[str]:
    return text(vevent(event, lang=lang), "DESCRIPTION").split("\n")


def test_the_properties_stand_in_one_order() -> None:
    assert names(vevent()) == [
        "BEGIN",
        "UID",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "LOCATION",
        "GEO",
        "X-APPLE-STRUCTURED-LOCATION",
        "STATUS",
        "TRANSP",
        "X-AMILIA-STATE",
        "DESCRIPTION",
        "URL",
        "CATEGORIES",
        "DTSTAMP",
        "CREATED",
        "LAST-MODIFIED",
        "SEQUENCE",
    ]


def test_the_revision_comes_last_and_is_told_apart_from_the_content() -> None:
    event, revision = make_event(), make_revision()
    renderer = EventRenderer(TORONTO, "fr", "CAD")

    whole = renderer.render(event, revision, "status")

    assert renderer.content(event, "status") + stamp(revision) == whole


def test_it_ends_where_a_reminder_may_follow() -> None:
    lines = vevent().split(b"\r\n")

    assert lines[0] == b"BEGIN:VEVENT"
    assert lines[-1] == b""
    assert b"END:VEVENT" not in lines


@pytest.mark.parametrize("name", ["METHOD", "ORGANIZER", "ATTENDEE", "VALARM", "CLASS", "RRULE", "DURATION"])
def test_what_makes_trouble_is_never_written(name: str) -> None:
    assert name not in names(vevent())


def test_nothing_that_is_not_known_leaves_an_empty_property() -> None:
    bare = make_event(
        title="",
        program=None,
        category=None,
        subcategory=None,
        activity=None,
        place=None,
        price=None,
        url="",
        tags=(),
        amilia_state="",
    )

    lines = unfolded(vevent(bare))

    assert not [line for line in lines if line.endswith(":")]
    assert len(lines) == 12
    assert "SUMMARY:Activité" in lines


def test_identity_and_revision_come_from_the_memory_and_not_from_the_content() -> None:
    event, revision = make_event(), make_revision(sequence=7)

    one, other = vevent(event, revision=revision), vevent(altered(event, title="Judo"), revision=revision)

    assert text(one, "UID") == text(other, "UID") == uid_for(event.id)
    assert text(one, "SEQUENCE") == text(other, "SEQUENCE") == "7"
    assert text(one, "DTSTAMP") == text(one, "LAST-MODIFIED") == "20260915T083000Z"
    assert text(one, "CREATED") == "20260901T120000Z"


@pytest.mark.parametrize(
    ("title", "activity", "program", "expected"),
    [
        ("Judo ", "Arts martiaux", "Automne", "Judo"),
        ("", "Arts martiaux", "Automne", "Arts martiaux"),
        ("<p>&nbsp;</p>", "  ", "Automne", "Automne"),
        ("", "", "", "Activité"),
        ("C:\\New, no; \\n", "", "", "C:\\New, no; \\n"),
    ],
)
def test_an_event_is_called_by_the_first_name_it_has(
    title: str, activity: str, program: str, expected: str
) -> None:
    event = make_event(title=title, activity=Topic(1, activity), program=Topic(2, program))

    assert expected == text(vevent(event), "SUMMARY")


@pytest.mark.parametrize("state", CALLED_OFF)
@pytest.mark.parametrize(
    ("lang", "mark", "sentence"), [("fr", "Annulé : ", "Annulé"), ("en", "Cancelled: ", "Cancelled")]
)
def test_an_event_that_is_off_says_so_and_takes_nobodys_time(
    state: State, lang: Lang, mark: str, sentence: str
) -> None:
    event = make_event(title="Judo", state=state, amilia_state=state.value)

    off = vevent(event, lang=lang)

    assert text(off, "SUMMARY") == f"{mark}Judo"
    assert text(off, "STATUS") == "CANCELLED"
    assert text(off, "TRANSP") == "TRANSPARENT"
    assert text(off, "X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
    assert text(off, "DESCRIPTION").startswith(f"{sentence}\n")
    assert text(off, "X-AMILIA-STATE") == state.value


@pytest.mark.parametrize("state", CALLED_OFF)
def test_shown_to_google_it_is_confirmed_and_nothing_else_differs(state: State) -> None:
    event = make_event(state=state)

    by_status, shown = vevent(event, mode="status"), vevent(event, mode="show")

    assert by_status.replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED") == shown
    assert by_status != shown


@pytest.mark.parametrize("state", TAKING_PLACE)
def test_an_event_that_takes_place_is_the_same_in_both_modes(state: State) -> None:
    event = make_event(title="Judo", state=state)

    held = vevent(event, mode="status")

    assert held == vevent(event, mode="show")
    assert text(held, "SUMMARY") == "Judo"
    assert text(held, "STATUS") == "CONFIRMED"
    assert text(held, "TRANSP") == "OPAQUE"
    assert values(held, "X-MICROSOFT-CDO-BUSYSTATUS") == []


@pytest.mark.parametrize(("lang", "sentence"), [("fr", "Reporté"), ("en", "Rescheduled")])
def test_a_moved_event_says_so_first(lang: Lang, sentence: str) -> None:
    event = make_event(state=State.MOVED, amilia_state="Moved")

    assert sentence == description(event, lang)[0]


def test_an_unknown_state_is_kept_and_says_nothing_else() -> None:
    event = make_event(state=State.OTHER, amilia_state="Post\nponed; perhaps")

    odd = vevent(event)

    assert text(odd, "X-AMILIA-STATE") == "Post poned; perhaps"
    assert text(odd, "DESCRIPTION") == text(vevent(make_event()), "DESCRIPTION")


def test_a_description_tells_what_it_is_what_it_costs_where_and_the_link() -> None:
    assert description(make_event()) == [
        "Automne 2026 › Aquatique › Préscolaire",  # the sign between levels
        f"Prix{NO_BREAK}: 92,50{NO_BREAK}$",
        f"Lieu{NO_BREAK}: Centre aquatique Laurier, 1515 boulevard Gilford, Montréal, QC H2J 1R7",
        "https://app.amilia.com/store/fr/forest-explorers/shop/activities/5836165",
    ]


@pytest.mark.parametrize(
    ("program", "category", "subcategory", "expected"),
    [
        ("Soccer", "Soccer", "U8", "Soccer \u203a U8"),
        ("Soccer", " Soccer ", "Soccer", "Soccer"),
        ("Été", "", "Judo", "Été \u203a Judo"),
        ("A", "B", "A", "A \u203a B \u203a A"),
        ("R&amp;D", "<b>x</b>", "", "R&D \u203a x"),
    ],
)
def test_levels_of_the_shelf_are_not_repeated(
    program: str, category: str, subcategory: str, expected: str
) -> None:
    event = make_event(
        program=Topic(1, program), category=Topic(2, category), subcategory=Topic(3, subcategory)
    )

    assert expected == description(event)[0]


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "expected"),
    [
        ("0", "CAD", "fr", "Gratuit"),
        ("0.0000", "CAD", "en", "Free"),
        ("55", "CAD", "en", "Price: $55.00"),
        ("55", "USD", "en", "Price: US$55.00"),
    ],
)
def test_a_price_of_zero_is_a_word(amount: str, currency: str, lang: Lang, expected: str) -> None:
    priced = vevent(make_event(price=Decimal(amount)), lang=lang, currency=currency)

    assert expected in text(priced, "DESCRIPTION").split("\n")


def test_no_price_is_not_a_price_of_zero() -> None:
    lines = description(make_event(price=None))

    assert not [line for line in lines if "Gratuit" in line or "Prix" in line]


def test_staff_is_named_only_where_the_event_carries_names() -> None:
    with_staff = description(make_event(staff=("Marie Tremblay", " ", "Luc; Roy")))

    assert f"Avec{NO_BREAK}: Marie Tremblay, Luc; Roy" in with_staff
    assert not [line for line in description(make_event()) if line.startswith("Avec")]


@pytest.mark.parametrize(
    ("url", "published"),
    [
        ("https://example.org/a?b=1,2;c&d=%20#e", "https://example.org/a?b=1,2;c&d=%20#e"),
        (" HTTP://example.org ", "HTTP://example.org"),
        ("https://example.org/été et après", "https://example.org/%C3%A9t%C3%A9%20et%20apr%C3%A8s"),
        ('https://example.org/"<b>\r\nX:1', "https://example.org/%22%3Cb%3E%0D%0AX:1"),
    ],
)
def test_a_link_is_written_in_the_characters_of_a_uri(url: str, published: str) -> None:
    linked = vevent(make_event(url=url))

    assert values(linked, "URL") == [f":{published}"]
    assert text(linked, "DESCRIPTION").split("\n")[-1] == published


@pytest.mark.parametrize(
    "url",
    ["supersport.com/match", "//example.org/a", "javascript:alert(1)", "ftp://x.org", "https:///x", "#"],
)
def test_what_is_no_absolute_web_address_is_not_published(url: str) -> None:
    linked = vevent(make_event(url=url))

    assert values(linked, "URL") == []
    assert url not in text(linked, "DESCRIPTION")


def test_categories_are_the_shelf_and_the_tags_each_once() -> None:
    event = make_event(
        category=Topic(1, "Aquatique"),
        subcategory=Topic(2, "aquatique"),
        tags=(Tag(1, "Parents, enfants"), Tag(2, "AQUATIQUE"), Tag(3, ""), Tag(4, "Soir")),
    )

    assert values(vevent(event), "CATEGORIES") == [r":Aquatique,Parents\, enfants,Soir"]


def test_whole_days_are_dates() -> None:
    camp = vevent(make_event(when=Days(date(2026, 12, 21), date(2026, 12, 24))))

    assert values(camp, "DTSTART") == [";VALUE=DATE:20261221"]
    assert values(camp, "DTEND") == [";VALUE=DATE:20261224"]


def test_what_was_remembered_of_one_event_does_not_get_into_another() -> None:
    first = make_event(place=Place(1, "Gym A"), price=Decimal(5))
    second = make_event(place=Place(1, "Gym B"), price=Decimal(6))

    one, other, again = vevent(first), vevent(second), vevent(first)

    assert one == again
    assert b"Gym B" in other
    assert b"Gym A" not in other


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("fr", "Aucun événement pour cette sélection en ce moment"),
        ("en", "No events for this selection at the moment"),
    ],
)
def test_an_empty_selection_says_so_on_a_monday(lang: Lang, title: str) -> None:
    told = notice("forest-explorers", date(2026, 11, 22), lang)

    assert names(told) == [
        "BEGIN",
        "UID",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "STATUS",
        "TRANSP",
        "X-MICROSOFT-CDO-BUSYSTATUS",
        "DESCRIPTION",
        "DTSTAMP",
        "CREATED",
        "LAST-MODIFIED",
        "SEQUENCE",
    ]
    assert text(told, "SUMMARY") == title
    assert text(told, "UID") == notice_uid("forest-explorers")
    assert values(told, "DTSTART") == [";VALUE=DATE:20261116"]
    assert values(told, "DTEND") == [";VALUE=DATE:20261117"]
    assert text(told, "TRANSP") == "TRANSPARENT"
    assert text(told, "DTSTAMP") == text(told, "CREATED") == text(told, "LAST-MODIFIED") == "20261116T000000Z"


def test_a_notice_is_the_same_all_week_and_a_newer_one_the_next() -> None:
    monday = date(2026, 11, 16)

    week = {notice("a", monday + timedelta(days=n), "en") for n in range(7)}
    sequences = [int(text(notice("a", monday + timedelta(weeks=n), "en"), "SEQUENCE")) for n in range(3)]

    assert len(week) == 1
    assert sequences == [358, 359, 360]


def test_a_renderer_holds_nothing_but_its_settings() -> None:
    revision = Revision(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))

    first = EventRenderer(TORONTO, "en", "CAD").render(make_event(), revision, "status")
    second = EventRenderer(TORONTO, "en", "CAD").render(make_event(), revision, "status")

    assert first == second
    assert EventRenderer(TORONTO, "en", "CAD") == EventRenderer(TORONTO, "en", "CAD")
