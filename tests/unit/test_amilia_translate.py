"""An event of the API becomes an event of ours, through every oddity that the API is known to have."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.amilia.translate import event_from
from app.domain.errors import UnreadableRecord
from app.domain.model import Days, Event, Particulars, Place, State, Tag, Timed, Topic, When

SAMPLE = json.loads((Path(__file__).parents[1] / "golden" / "api" / "get-events.json").read_bytes())[0]
"""The event that Amilia's documentation shows."""

BARE = {"Id": 141658523, "Start": "2026-09-01T10:00:00-04:00", "End": "2026-09-01T11:00:00-04:00"}


def translated(**fields: object) -> Event:
    return event_from(json.dumps(BARE | fields).encode(), show_staff=False)


def when(start: object, end: object, **fields: object) -> When:
    return translated(Start=start, End=end, **fields).when


def kind_of_refusal(**fields: object) -> str:
    with pytest.raises(UnreadableRecord) as raised:
        translated(**fields)
    return raised.value.kind


def test_the_documented_sample_is_understood() -> None:
    event = event_from(json.dumps(SAMPLE).encode(), show_staff=False)

    start, end = datetime(2022, 9, 1, 16, 47, 34, tzinfo=UTC), datetime(2022, 9, 1, 18, 47, 34, tzinfo=UTC)
    about = Particulars(
        title="End of Season Match",
        place=Place(9009, "Parc Joseph-Gravel", "888 rue Joseph-Gravel, Chambly QC J3L 0C7", (45.72, -73.5)),
        price=Decimal("0.0"),
        tags=(Tag(4, "Soccer"),),
        program=Topic(0, "Summer 2019 Soccer"),
        category=Topic(0, "Soccer"),
        subcategory=Topic(0, "Soccer for Seniors"),
        activity=Topic(0, "End of Season Match"),
    )
    assert event == Event(event.id, Timed(start, end), about)
    assert event.id < 0


def test_a_bare_record_is_an_event() -> None:
    start, end = datetime(2026, 9, 1, 14, tzinfo=UTC), datetime(2026, 9, 1, 15, tzinfo=UTC)

    assert translated() == Event(141658523, Timed(start, end), Particulars(title=""))


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (b'{"Id": 5, "Start": "2026-09-01T10:00:00-04:00\xe9"}', "malformed-date"),
        (b'{"Id": 5, "Start": "2026-09-01T10:00:00-04:00", "Title": "\x00"}', "malformed"),
        (b'{"Id": 5, "Start": "2026-09-01T10:00:00-04:00", "Price": 1e999}', "malformed"),
        (b'{"Id": 5, "Start": "2026-09-01T10:00:00-04:00", "Tags": [\x00]}', "malformed"),
    ],
)
def test_octets_that_are_no_json_make_a_record_unreadable(record: bytes, kind: str) -> None:
    with pytest.raises(UnreadableRecord) as raised:
        event_from(record, show_staff=False)

    assert raised.value.kind == kind


def test_a_record_whose_every_other_field_is_null_is_an_event() -> None:
    fields = ("AllDay", "Title", "Url", "Activity", "Participants", "State", "PictureUrl", "Price", "Tags")

    nothing = dict.fromkeys([*fields, "EventType", "Location", "Staff"])

    assert translated(**nothing) == translated()


@pytest.mark.parametrize(
    "odd", [5, "x", True, [], [5, None, "x"], {}, {"Odd": {"Odd": []}}, [[]], ""], ids=repr
)
@pytest.mark.parametrize("field", ["Url", "PictureUrl", "Price", "Tags", "Location", "Staff", "Participants"])
def test_no_oddity_of_a_lesser_field_costs_the_event(field: str, odd: object) -> None:
    assert event_from(json.dumps({**BARE, field: odd}).encode(), show_staff=True).id == 141658523


@pytest.mark.parametrize(
    "record",
    [b"", b"null", b"5", b"[]", b'"x"', b'{"Id"', b"{" * 9, b'{"a":' * 99_999],
    ids=lambda record: record[:5],
)
def test_what_is_no_object_is_malformed(record: bytes) -> None:
    with pytest.raises(UnreadableRecord) as raised:
        event_from(record, show_staff=False)

    assert raised.value.kind == "malformed"


def test_bytes_that_are_no_utf8_are_replaced_and_the_event_kept() -> None:
    record = json.dumps(BARE | {"Title": "Et?", "Activity": {"Id": 1, "Name": "Et?"}}).encode()

    event = event_from(record.replace(b"Et?", b"Et\xe9"), show_staff=False)

    assert (event.about.title, event.about.activity) == ("Et\ufffd", Topic(1, "Et\ufffd"))


# When ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "end", [None, "", "2026-09-01T09:00:00-04:00", "2026-09-01T10:00:00-04:00"], ids=repr
)
def test_without_a_later_end_only_the_beginning_is_known(end: str | None) -> None:
    start = datetime(2026, 9, 1, 14, tzinfo=UTC)

    assert when("2026-09-01T10:00:00-04:00", end) == Timed(start, start)


def test_an_end_that_was_mistyped_too_late_is_left_as_it_is() -> None:
    """Eleven in the morning to a quarter to midnight may well be meant."""
    expected = Timed(datetime(2026, 9, 1, 15, tzinfo=UTC), datetime(2026, 9, 2, 3, 45, tzinfo=UTC))

    assert when("2026-09-01T11:00:00-04:00", "2026-09-01T23:45:00-04:00") == expected


def test_each_end_keeps_its_own_offset_across_a_change_of_clocks() -> None:
    expected = Timed(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC))

    assert when("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00") == expected


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-09-01T10:00:00", "2026-09-01T11:00:00-04:00"),
        ("2026-09-01T10:00:00-04:00", "2026-09-01T11:00:00"),
    ],
)
def test_one_offset_serves_for_both_ends(start: str, end: str) -> None:
    assert when(start, end) == translated().when


ALL_DAY = [
    ("2026-09-01T00:00:00-04:00", "2026-09-01T23:59:59-04:00", 1),
    ("2026-09-01T00:00:00-04:00", "2026-09-01T23:59:59.9999999-04:00", 1),
    ("2026-09-01T00:00:00-04:00", "2026-09-01T23:59:00-04:00", 1),
    ("2026-09-01T00:00:00-04:00", "2026-09-02T00:00:00-04:00", 1),
    ("2026-09-01T00:00:00-04:00", "2026-09-01T00:00:00-04:00", 1),
    ("2026-09-01T00:00:00-04:00", None, 1),
    ("2026-09-01T00:00:00-04:00", "2026-08-31T23:59:59-04:00", 1),
    ("2026-09-01T09:00:00-04:00", "2026-09-01T17:00:00-04:00", 1),
    ("2026-09-01T00:00:00-04:00", "2026-09-03T23:59:59-04:00", 3),
    ("2026-09-01T00:00:00-04:00", "2026-09-04T00:00:00-04:00", 3),
    ("2026-09-01T00:00:00", "2026-09-01T23:59:59", 1),
    ("2026-09-01", "2026-09-01", 1),
    ("2026-09-01", "2026-09-03", 3),
    ("2026-09-01T00:00:00.01+14:00", "2026-09-01T23:59:59-12:00", 1),
]


@pytest.mark.parametrize(("start", "end", "days"), ALL_DAY)
@pytest.mark.parametrize("flag", [True, "true", 1])
def test_all_day_events_cover_the_days_as_they_are_written(
    start: str, end: str | None, days: int, flag: object
) -> None:
    assert when(start, end, AllDay=flag) == Days(date(2026, 9, 1), date(2026, 9, 1 + days))


def test_a_mere_date_is_a_whole_day_whatever_the_flag() -> None:
    assert when("2026-09-01", None, AllDay=False) == Days(date(2026, 9, 1), date(2026, 9, 2))


@pytest.mark.parametrize("flag", [False, "false", 0, None, "perhaps"])
def test_midnight_to_midnight_is_no_whole_day_without_the_flag(flag: object) -> None:
    expected = Timed(datetime(2026, 9, 1, 4, tzinfo=UTC), datetime(2026, 9, 2, 3, 59, 59, tzinfo=UTC))

    assert when("2026-09-01T00:00:00-04:00", "2026-09-01T23:59:59-04:00", AllDay=flag) == expected


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"Start": None}, "no-start"),
        ({"Start": ""}, "no-start"),
        ({"Start": {}}, "no-start"),
        ({"Start": "soon"}, "malformed-date"),
        ({"Start": 1662050853}, "malformed-date"),
        ({"End": "later"}, "malformed-date"),
        ({"Start": "2026-09-01T10:00:00", "End": None}, "no-offset"),
        ({"Start": "2026-09-01T10:00:00", "End": "2026-09-01T11:00:00"}, "no-offset"),
        ({"Start": "0001-01-01T00:00:00-05:00"}, "sentinel-date"),
        ({"End": "9999-12-31T18:59:59.9999999-05:00"}, "sentinel-date"),
        ({"EventType": "Rental"}, "event-type"),
        ({"Activity": "Yoga"}, "activity"),
        ({"Activity": {"ProgramId": "seven"}}, "activity"),
        ({"Activity": {"ProgramId": -7}}, "activity"),
        ({"Activity": {"ProgramId": {}}}, "activity"),
    ],
    ids=repr,
)
def test_what_cannot_be_published_safely_is_unreadable(fields: dict[str, object], kind: str) -> None:
    assert kind_of_refusal(**fields) == kind


def test_a_refusal_names_the_event_and_repeats_nothing_else() -> None:
    with pytest.raises(UnreadableRecord) as raised:
        translated(Start="<script>", Title="private")

    assert str(raised.value) == "Event 141658523: its Start is no date-time"


# What ---------------------------------------------------------------------------------------------------


def test_a_title_is_trimmed_and_otherwise_left_alone() -> None:
    title = "  MLK_Friday Night Hoops &amp; more | Summer 2026 "

    assert translated(Title=title).about.title == "MLK_Friday Night Hoops &amp; more | Summer 2026"


def test_an_event_without_title_bears_its_activity_s_name() -> None:
    assert translated(Title=" ", Activity={"Id": 70, "Name": "Yoga "}).about.title == "Yoga"


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Normal", State.NORMAL),
        ("Moved", State.MOVED),
        ("Cancelled", State.CANCELLED),
        ("Canceled", State.CANCELLED),
        ("CANCELLED", State.CANCELLED),
        ("skipped", State.SKIPPED),
        ("Replaced", State.REPLACED),
        ("Archived", State.ARCHIVED),
        ("Postponed", State.OTHER),
        ("Other", State.OTHER),
    ],
)
def test_states_are_known_in_any_case_and_the_word_is_kept(word: str, state: State) -> None:
    event = translated(State=f" {word}")

    assert (event.about.state, event.about.amilia_state) == (state, word)


@pytest.mark.parametrize("state", [None, "", "missing"])
def test_no_state_is_the_normal_one(state: str | None) -> None:
    event = translated() if state == "missing" else translated(State=state)

    assert (event.about.state, event.about.amilia_state) == (State.NORMAL, "Normal")


@pytest.mark.parametrize("status", ["Normal", "normal ", None, ""], ids=repr)
def test_activities_in_normal_status_are_offered(status: object) -> None:
    assert translated(Activity={"Id": 70, "Status": status}).about.offered


@pytest.mark.parametrize("status", ["Hidden", "Cancelled", "Frozen", 0, {}], ids=repr)
def test_no_other_activity_is_offered(status: object) -> None:
    assert not translated(Activity={"Id": 70, "Status": status}).about.offered


def test_the_shelf_is_read_level_by_level() -> None:
    event = translated(
        Activity={
            "Id": "5836165",
            "Name": "Natation 1 ",
            "ProgramId": 4521,
            "ProgramName": "Hiver",
            "CategoryId": 31,
            "CategoryName": " Aquatique",
            "SubCategoryId": 32,
            "SubCategoryName": "Enfants",
        }
    )

    assert (event.about.program, event.about.category) == (Topic(4521, "Hiver"), Topic(31, "Aquatique"))
    assert (event.about.subcategory, event.about.activity) == (
        Topic(32, "Enfants"),
        Topic(5836165, "Natation 1"),
    )


@pytest.mark.parametrize(("number", "name"), [(0, ""), (None, None), (5, ""), (5, None), ("", "")])
def test_categories_without_name_are_absent(number: object, name: object) -> None:
    activity = {"CategoryId": number, "CategoryName": name, "SubCategoryId": number, "SubCategoryName": name}

    event = translated(Activity=activity)

    assert (event.about.category, event.about.subcategory) == (None, None)


@pytest.mark.parametrize("number", [0, None, "", "0"], ids=repr)
def test_what_has_a_name_and_no_number_is_shown_and_cannot_be_asked_for(number: object) -> None:
    activity = {"ProgramId": number, "ProgramName": "Summer", "CategoryId": number, "CategoryName": "Soccer"}

    event = translated(Activity=activity)

    assert (event.about.program, event.about.category) == (Topic(0, "Summer"), Topic(0, "Soccer"))


def test_a_programme_without_number_and_name_is_absent() -> None:
    assert translated(Activity={"ProgramId": 0, "ProgramName": None}).about.program is None


def test_a_programme_without_name_still_counts() -> None:
    assert translated(Activity={"ProgramId": 7}).about.program == Topic(7, "")


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (0.0, Decimal(0)),
        (0, Decimal(0)),
        (55, Decimal(55)),
        (12.5, Decimal("12.5")),
        ("12.50", Decimal("12.5")),
        (None, None),
        (-1, None),
        ("free", None),
        (10**9, None),
    ],
    ids=repr,
)
def test_a_price_is_a_decimal_that_is_not_negative(price: object, expected: Decimal | None) -> None:
    assert translated(Price=price).about.price == expected


def test_visible_tags_are_kept_once_and_odd_ones_passed_over() -> None:
    tags = [
        {"Id": 4, "Name": "Soccer ", "IsVisible": True},
        {"Id": 4, "Name": "Soccer", "IsVisible": True},
        {"Id": 5, "Name": "Hidden", "IsVisible": False},
        {"Id": 6, "Name": "Hidden too", "IsVisible": "false"},
        {"Id": "7", "Name": "Morning"},
        {"Id": 0, "Name": "Nothing"},
        {"Id": 8, "Name": " "},
        None,
        "Evening",
    ]

    assert translated(Tags=tags).about.tags == (Tag(4, "Soccer"), Tag(7, "Morning"))


def test_addresses_are_published_only_whole_and_never_guessed() -> None:
    told = [
        translated(Url=url).about.url
        for url in ("javascript:alert(1)", "cdn.example/photo", "https://a.example/1")
    ]

    assert told == ["", "", "https://a.example/1"]


# Where --------------------------------------------------------------------------------------------------

ADDRESS = {"Address1": "1 rue A", "City": "Chambly", "StateProvince": "QC", "ZipPostalCode": "J3L 0C7"}


@pytest.mark.parametrize("location", [None, [], "", {}, {"Id": 5}, {"Name": " ", "Address": None}], ids=repr)
def test_a_place_that_tells_nothing_is_none(location: object) -> None:
    assert translated(Location=location).about.place is None


GYM = {"Id": 9, "Name": "Gym "}


@pytest.mark.parametrize("location", [GYM, [GYM], [None, GYM, {}]], ids=repr)
def test_a_place_is_read_alone_or_from_a_list(location: object) -> None:
    assert translated(Location=location).about.place == Place(9, "Gym")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "1 rue A, Chambly QC J3L 0C7"),
        ({"Address2": " bureau 2 "}, "1 rue A, bureau 2, Chambly QC J3L 0C7"),
        ({"Country": "Canada"}, "1 rue A, Chambly QC J3L 0C7"),
        ({"Country": "United States"}, "1 rue A, Chambly QC J3L 0C7"),
        ({"Country": "France", "StateProvince": ""}, "1 rue A, Chambly J3L 0C7, France"),
        ({"Country": "Canada", "StateProvince": None}, "1 rue A, Chambly J3L 0C7, Canada"),
        ({"Address1": None, "City": None, "ZipPostalCode": 12345}, "QC 12345"),
        (dict.fromkeys(ADDRESS), ""),
    ],
    ids=repr,
)
def test_an_address_is_one_line_that_maps_find(changes: dict[str, object], line: str) -> None:
    place = translated(Location={"Name": "Gym", "Address": ADDRESS | changes}).about.place

    assert place is not None
    assert place.address == line


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (45.72, -73.5, (45.72, -73.5)),
        ("45.72", "-73.5", (45.72, -73.5)),
        (0, -73.5, (0.0, -73.5)),
        (0, 0, None),
        (0.0, "0.000", None),
        (None, -73.5, None),
        (45.72, None, None),
        (91, 0, None),
        (45, 180.5, None),
        (True, True, None),
        ("north", "west", None),
    ],
    ids=repr,
)
def test_coordinates_are_real_or_none(
    latitude: object, longitude: object, expected: tuple[float, float] | None
) -> None:
    address = {"Latitude": latitude, "Longitude": longitude}

    place = translated(Location={"Name": "Gym", "Address": address}).about.place

    assert place is not None
    assert place.coordinates == expected


# Who ----------------------------------------------------------------------------------------------------

STAFF = [
    {
        "Object": "Person",
        "State": "Normal",
        "FullName": None,
        "FirstName": "Anne ",
        "LastName": "Roy",
        "Id": 1,
    },
    {"State": "Normal", "FullName": "Luc Fournier"},
    {"State": "Archived", "FullName": "Gone Long-Ago"},
    {"FullName": "Luc Fournier"},
    {"FirstName": "Zoé"},
    {},
    None,
]


def test_staff_stays_unnamed_unless_the_operator_shows_it() -> None:
    assert translated(Staff=STAFF).about.staff == ()


def test_staff_is_named_where_the_operator_shows_it() -> None:
    event = event_from(json.dumps(BARE | {"Staff": STAFF}).encode(), show_staff=True)

    assert event.about.staff == ("Anne Roy", "Luc Fournier", "Zoé")


def test_participants_leave_no_trace() -> None:
    people = [{"Name": "Secret Child", "FirstName": "Secret"}]

    event = event_from(json.dumps(BARE | {"Participants": people}).encode(), show_staff=True)

    assert "Secret" not in repr(event)


# Which --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, None, "", -5, "AC-1", 2**63, True, {}], ids=repr)
def test_without_a_number_a_negative_one_stands_in(number: object) -> None:
    stand_in = translated(Id=number).id

    assert -(2**62) <= stand_in < 0
    assert translated(Id=0).id == stand_in


@pytest.mark.parametrize(
    "change",
    [{"Title": "Other"}, {"Activity": {"Id": 71}}, {"Start": "2026-09-01T10:00:01-04:00"}, {"AllDay": True}],
    ids=repr,
)
def test_stand_ins_differ_by_activity_start_and_title(change: dict[str, object]) -> None:
    base = {"Id": 0, "Title": "Yoga", "Activity": {"Id": 70}}

    assert translated(**(base | change)).id != translated(**base).id


def test_a_stand_in_does_not_depend_on_how_the_start_is_spelled() -> None:
    same = {"Start": "2026-09-01T14:00:00.0000000Z", "End": "2026-09-01T12:00:00-04:00", "State": "Moved"}

    assert translated(Id=0, **same).id == translated(Id=0).id


def test_a_number_may_come_as_text() -> None:
    assert translated(Id="141658523").id == 141658523
