"""Each awkward case is in every world of three hundred events, and reaches the wire as it is meant to."""

import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.simulator.awkward import CASES
from app.simulator.awkward.malformed import MALFORMED_RECORDS
from app.simulator.dialect import Dialect
from app.simulator.records.events import EventRecords
from app.simulator.world import World, build_world
from tests.simulator.support import TODAY

Record = dict[str, Any]


def records(world: World, case: str) -> list[Record]:
    """The French records of a case."""
    printer = EventRecords(Dialect())
    return [json.loads(printer.record(*world.find(number), "fr")) for number in world.awkward[case]]


def instant(record: Record, field: str) -> datetime:
    return datetime.fromisoformat(record[field]).astimezone(UTC)


@pytest.mark.parametrize("events", [300, 1_000])
def test_every_case_is_there_from_three_hundred_events_on(events: int) -> None:
    world = build_world(today=TODAY, events=events)

    assert {case.__name__ for case in CASES} == {name for name, ids in world.awkward.items() if ids}


def test_smaller_world_is_plain() -> None:
    assert build_world(today=TODAY, events=299).awkward == {}


def test_no_case_is_listed_twice() -> None:
    names = [case.__name__ for case in CASES]

    assert sorted(set(names)) == sorted(names)


def test_start_in_the_gap_is_written_with_the_offset_of_winter(world: World) -> None:
    (record,) = records(world, "starts_in_the_hour_that_does_not_exist")

    assert record["Start"] == "2027-03-14T02:30:00-05:00"
    assert record["End"] == "2027-03-14T03:30:00-04:00"
    assert instant(record, "Start") == instant(record, "End")


def test_repeated_hour_is_there_in_both_readings(world: World) -> None:
    first, second = records(world, "both_readings_of_the_repeated_hour")

    assert (first["Start"], second["Start"]) == ("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00")
    assert timedelta(hours=1) == instant(second, "Start") - instant(first, "Start")


def test_event_across_the_end_of_summer_time_lasts_an_hour_longer_than_it_looks(world: World) -> None:
    (record,) = records(world, "spans_the_repeated_hour")

    assert record["Start"] == "2026-11-01T00:30:00-04:00"
    assert record["End"] == "2026-11-01T03:30:00-05:00"
    assert timedelta(hours=4) == instant(record, "End") - instant(record, "Start")


def test_all_day_events_end_in_the_last_second_of_their_last_day(world: World) -> None:
    (single,) = records(world, "all_day_single")
    (several,) = records(world, "all_day_over_several_days")

    assert (
        single["AllDay"],
        single["Start"][10:19],
        single["End"][10:19],
    ) == (True, "T00:00:00", "T23:59:59")
    assert single["Start"][:10] == single["End"][:10]
    assert (instant(several, "End") - instant(several, "Start")).days == 2


def test_all_day_event_may_end_a_tick_before_midnight(world: World) -> None:
    (record,) = records(world, "all_day_ending_a_tick_before_midnight")

    assert record["End"][10:].startswith("T23:59:59.9999999-0")


def test_ends_are_as_odd_as_staff_type_them(world: World) -> None:
    (backwards,) = records(world, "ends_before_it_starts")
    (nothing,) = records(world, "lasts_no_time")
    (late,) = records(world, "ends_twelve_hours_late")
    (night,) = records(world, "crosses_midnight")

    assert instant(backwards, "End") < instant(backwards, "Start")
    assert nothing["Start"] == nothing["End"]
    assert (late["Start"][10:16], late["End"][10:16]) == ("T11:00", "T23:45")
    assert night["Start"][:10] < night["End"][:10]


def test_fractions_have_no_two_six_or_seven_digits(world: World) -> None:
    cases = ("fraction_of_two_digits", "fraction_of_six_digits", "fraction_of_seven_digits")

    starts = [records(world, case)[0]["Start"] for case in cases]

    assert [start[19 : start.rindex("-") + 2] for start in starts] == [".01-0", ".340258-0", ".1234567-0"]


def test_offset_need_not_be_that_of_the_zone(world: World) -> None:
    (elsewhere,) = records(world, "offset_contradicts_the_zone")
    (utc,) = records(world, "offset_is_utc")

    assert (elsewhere["Start"][-6:], utc["Start"][-6:]) == ("-06:00", "+00:00")


def test_every_state_is_there_and_one_that_nobody_documented(world: World) -> None:
    forest = world.organizations["forest-explorers"].timetable

    assert {"Normal", "Skipped", "Moved", "Cancelled", "Archived", "Replaced", "Postponed"} == {
        event.state for event in forest
    }


def test_programmes_are_hidden_archived_and_protected(world: World) -> None:
    hidden, archived, protected, unlimited = (
        world.find(world.awkward[case][0])[1].activity.program
        for case in ("program_hidden", "program_archived", "program_with_password", "program_without_limits")
    )

    assert (hidden.visible, archived.archived, protected.password_protected) == (False, True, True)
    assert (
        unlimited.start,
        unlimited.end,
    ) == ("0001-01-01T00:00:00-05:00", "9999-12-31T18:59:59.9999999-05:00")


def test_activities_are_hidden_and_cancelled(world: World) -> None:
    statuses = [
        records(world, case)[0]["Activity"]["Status"] for case in ("activity_hidden", "activity_cancelled")
    ]

    assert statuses == ["Hidden", "Cancelled"]


TITLES: dict[str, Callable[[str], bool]] = {
    "title_of_a_hundred_characters": lambda title: len(title) == 100,
    "title_as_long_as_a_description": lambda title: len(title) > 1_000,
    "title_of_one_long_word": lambda title: len(title) > 300 and " " not in title,
    "title_with_emoji": lambda title: "\u200d" in title and "🎃" in title,
    "title_cut_inside_an_emoji": lambda title: title.endswith("\ufffd"),
    "title_from_right_to_left": lambda title: any(
        unicodedata.bidirectional(letter) in "RAL" for letter in title
    ),
    "title_with_combining_characters": lambda title: unicodedata.normalize("NFC", title) != title,
    "title_with_line_breaks": lambda title: "\n" in title,
    "title_that_looks_like_a_calendar": lambda title: "\r\nBEGIN:VEVENT" in title,
    "title_with_quotes": lambda title: "«" in title,
    "title_with_blanks_around": lambda title: title != title.strip(),
    "title_with_a_suffix": lambda title: title.endswith(":red"),
    "title_with_control_characters": lambda title: any(
        unicodedata.category(letter) in {"Cc", "Cf", "Zl"} for letter in title
    ),
    "title_of_blanks_only": lambda title: title != "" and title.strip() == "",
}


@pytest.mark.parametrize("case", TITLES)
def test_title_is_as_awkward_as_its_name_says(world: World, case: str) -> None:
    assert all(TITLES[case](record["Title"]) for record in records(world, case))


def test_backslashes_commas_and_semicolons_are_in_titles(world: World) -> None:
    both = "".join(
        record["Title"] for record in records(world, "title_with_commas_semicolons_and_backslashes")
    )

    assert {",", ";", "\\"} <= set(both)
    assert r"C:\New" in both


def test_html_is_in_titles_and_in_the_description_of_an_activity(world: World) -> None:
    titles = [record["Title"] for record in records(world, "title_with_entities_and_tags")]
    activity = world.find(world.awkward["description_of_html"][0])[1].activity

    assert [
        mark for title, mark in zip(titles, ("&amp;", "&nbsp;", "<script>"), strict=True) if mark in title
    ] == ["&amp;", "&nbsp;", "<script>"]
    assert "<ul><li>" in activity.description.fr


FIELDS: dict[str, dict[str, object]] = {
    "title_null": {"Title": None},
    "location_null": {"Location": None},
    "tags_null": {"Tags": None},
    "strings_for_booleans": {"AllDay": "false"},
    "url_null": {"Url": None},
    "url_without_scheme": {"Url": "supersport.com/end/of/season/match"},
    "url_relative": {"Url": "/store/fr/forest-explorers/shop/activities/1"},
    "url_of_javascript": {"Url": "javascript:alert('url')"},
    "picture_relative": {"PictureUrl": "end_of_season_match.jpg"},
    "price_null": {"Price": None},
    "price_with_many_digits": {"Price": 1234.5},
    "event_type_of_another_kind": {"EventType": "FacilityBooking"},
    "activity_null": {"Activity": None},
    "id_zero": {"Id": 0},
    "id_beyond_32_bits": {"Id": 2**31},
}


@pytest.mark.parametrize("case", FIELDS)
def test_field_is_as_awkward_as_its_name_says(world: World, case: str) -> None:
    (record,) = records(world, case)

    assert FIELDS[case] == {name: record[name] for name in FIELDS[case]}


def test_nulls_are_everywhere_but_in_time_and_id(world: World) -> None:
    (record,) = records(world, "nulls_everywhere")

    assert {"Start", "End", "Id"} == {name for name, value in record.items() if value is not None}


def test_free_events_print_their_price_in_three_ways(world: World) -> None:
    printer = EventRecords(Dialect())

    texts = [printer.record(*world.find(number), "fr") for number in world.awkward["price_zero"]]

    assert [text[text.index('"Price"') : text.index('"Tags"')] for text in texts] == [
        '"Price":0,',
        '"Price":0.0,',
        '"Price":0.0000,',
    ]


def test_locations_lack_parts_share_names_and_lie_at_zero(world: World) -> None:
    (empty,) = records(world, "location_with_empty_parts")
    (nameless,) = records(world, "location_without_name")
    (zero,) = records(world, "coordinates_zero")
    (no_address,) = records(world, "location_without_address")
    one, other = records(world, "two_locations_of_one_name")

    assert not any(empty["Location"]["Address"].values())
    assert (nameless["Location"]["Name"], no_address["Location"]["Address"]) == (None, None)
    assert (zero["Location"]["Address"]["Latitude"], zero["Location"]["Address"]["Longitude"]) == (0.0, 0.0)
    assert one["Location"]["Name"] == other["Location"]["Name"]
    assert one["Location"]["Id"] != other["Location"]["Id"]


def test_categories_are_zero_empty_or_null(world: World) -> None:
    names = ("CategoryId", "CategoryName", "SubCategoryId", "SubCategoryName")

    values = [
        [records(world, case)[0]["Activity"][name] for name in names]
        for case in ("category_zero", "category_null")
    ]

    assert values == [[0, "", 0, ""], [None] * 4]


def test_tags_are_invisible_or_people(world: World) -> None:
    (invisible,) = records(world, "tag_invisible")
    (person,) = records(world, "tag_that_is_a_person")

    assert [tag["IsVisible"] for tag in invisible["Tags"]] == [False]
    assert [tag["Name"] for tag in person["Tags"]] == ["George Smith"]


def test_malformed_records_are_no_events() -> None:
    def understood(text: str) -> bool:
        record = json.loads(text)
        if not isinstance(record, dict) or "Start" not in record:
            return False
        try:
            datetime.fromisoformat(record["Start"])
        except ValueError:
            return False
        return True

    assert [understood(text) for text in MALFORMED_RECORDS] == [False] * 5
