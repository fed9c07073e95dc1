"""What private feeds read of Amilia's records: the team, the headcount, and what a Status means."""

import json
from typing import Any, cast

import pytest

from app.amilia.backstage import MARK, Backstage, counted, headcounts, names_of_staff, opened, team_of
from app.amilia.client import AmiliaClient
from app.amilia.translate import event_from
from app.domain.errors import UnreadableRecord
from app.domain.model import Event, Headcount, Program, State


class Reader:
    """The part of the client that reads a record."""

    def read(self, record: bytes) -> Event:
        return event_from(record, show_staff=False)


def backstage() -> Backstage:
    return Backstage(cast(AmiliaClient, Reader()), headcount=True)


def record(**changes: Any) -> bytes:  # any JSON
    """A session as the events endpoint sends it."""
    fields = {
        "Id": 141658523,
        "Title": "Yoga",
        "Start": "2026-11-22T18:00:00-05:00",
        "End": "2026-11-22T19:00:00-05:00",
        "State": "Normal",
        "Activity": {"Id": 5836165, "Name": "Yoga", "ProgramId": 7, "Status": "Normal"},
        "Staff": [],
    }
    return json.dumps(fields | changes).encode()


def activity(**changes: Any) -> bytes:  # any JSON
    return json.dumps({"Id": 5836165, "SpotsReserved": 7, "MaxAttendance": 12} | changes).encode()


@pytest.mark.parametrize(
    ("staff", "team"),
    [
        ([{"Id": 61001, "State": "Normal"}, {"Id": "61008", "State": None}], {61001, 61008}),
        ([{"Id": 61001, "State": "Archived"}], set()),
        ([{"Id": 0}, {"Id": None}, {"Id": "x"}, {}, 7, None], set()),
        (None, set()),
        ({"Id": 61001}, {61001}),
    ],
)
def test_the_team_are_the_numbers_of_those_who_are_still_on_the_staff(staff: Any, team: set[int]) -> None:
    assert team_of(json.dumps(staff).encode()) == team


def test_staff_are_found_by_name_for_the_operator() -> None:
    camille = {"Id": 61001, "FirstName": "Camille", "LastName": "Ombredane"}
    gone = {"Id": 61002, "FirstName": "Zoé", "LastName": "Vexillaire", "State": "Archived"}
    whole = {"Id": 61003, "FullName": "Liam Oakhammer"}

    found = names_of_staff([record(Staff=[camille, gone]), b"?", record(Staff=[whole, camille])])

    assert found == {61001: "Camille Ombredane", 61003: "Liam Oakhammer"}


@pytest.mark.parametrize(
    ("status", "sent", "state"),
    [
        ("Normal", "Moved", State.MOVED),
        ("Hidden", "Normal", State.NORMAL),
        ("Hidden", "Cancelled", State.CANCELLED),
        ("Cancelled", "Normal", State.CANCELLED),
        ("canceled", "Normal", State.CANCELLED),
        ("Cancelled", "Skipped", State.SKIPPED),
        ("Whatever", "Normal", State.NORMAL),
    ],
)
def test_every_status_is_shown_and_a_cancelled_activity_is_called_off(
    status: str, sent: str, state: State
) -> None:
    event = backstage().read(record(State=sent, Activity={"Id": 5, "ProgramId": 7, "Status": status}))

    assert (event.about.offered, event.about.state) == (True, state)


def test_names_of_staff_stay_unread() -> None:
    event = backstage().read(record(Staff=[{"Id": 61001, "FirstName": "Camille", "LastName": "Ombredane"}]))

    assert (event.about.team, event.about.staff) == (frozenset({61001}), ())


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ({}, Headcount(7, 12)),
        ({"MaxAttendance": 2_147_483_647}, Headcount(7)),
        ({"MaxAttendance": None}, Headcount(7)),
        ({"SpotsReserved": "7", "MaxAttendance": "12"}, Headcount(7, 12)),
        ({"SpotsReserved": 0, "MaxAttendance": 0}, Headcount(0, 0)),
        ({"SpotsReserved": None}, None),
        ({"SpotsReserved": -1}, None),
        ({"SpotsReserved": "many"}, None),
    ],
)
def test_a_headcount_is_read_as_far_as_it_is_told(told: dict[str, Any], count: Headcount | None) -> None:
    assert headcounts([activity(**told)]).get(5836165) == count


def test_an_odd_activity_costs_its_own_number_only() -> None:
    assert headcounts([b"?", b"[]", b"\xff", activity(Id=0), activity(Id=9)]) == {9: Headcount(7, 12)}


def test_a_counted_record_is_read_with_its_number_and_is_otherwise_the_same() -> None:
    plain = record()

    told = counted(plain, {5836165: Headcount(7, 12)})

    assert told != plain
    assert backstage().read(told).about.headcount == Headcount(7, 12)
    assert backstage().read(plain).about.headcount is None
    assert backstage().read(told).id == backstage().read(plain).id


@pytest.mark.parametrize("odd", [b"", b"?", b"\xff", b"null", record(Activity=None), record(Activity="x")])
def test_what_cannot_be_counted_stays_as_it_came(odd: bytes) -> None:
    assert counted(odd, {5836165: Headcount(7)}) == odd


@pytest.mark.parametrize("tail", [b"{}", b"?", b"[7, 12]", b'{"registered": "x"}', MARK + b"{}"])
def test_a_record_that_goes_on_behind_its_end_is_skipped(tail: bytes) -> None:
    with pytest.raises(UnreadableRecord) as problem:
        backstage().read(record() + MARK + tail)

    assert problem.value.kind == "malformed"


def test_every_programme_counts_as_open_but_for_archived_ones() -> None:
    programs = [
        Program(1, "Draft", visible=False),
        Program(2, "Locked", password_protected=True),
        Program(3, "Old", archived=True),
    ]

    assert [program.public for program in opened(programs)] == [True, True, False]
