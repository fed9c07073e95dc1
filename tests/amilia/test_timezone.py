"""The organization's zone is the one that most of its activities' schedules name."""

from datetime import date

import pytest

from app.domain.errors import UpstreamRefused, UpstreamUnavailable
from tests.support.amilia_client import talking_to
from tests.support.amilia_server import AmiliaServer, Call, Record, Reply, program


def activity(*zones: object) -> Record:
    schedules = [{"TimePeriod": {"TimeZone": zone}, "Staff": [], "Locations": []} for zone in zones]
    return {"Id": 70, "Name": "Class", "Schedules": schedules}


async def zone_told_by(server: AmiliaServer) -> str | None:
    async with talking_to(server) as client:
        return await client.timezone()


async def test_the_windows_name_is_translated() -> None:
    assert (
        await zone_told_by(AmiliaServer(activities=[activity("Eastern Standard Time")])) == "America/New_York"
    )


async def test_an_iana_name_is_taken_as_it_is() -> None:
    assert await zone_told_by(AmiliaServer(activities=[activity("America/Halifax")])) == "America/Halifax"


async def test_the_most_frequent_zone_wins() -> None:
    zones = ["America/Halifax", "Eastern Standard Time", "Eastern Standard Time"]

    assert (
        await zone_told_by(AmiliaServer(activities=[activity(zone) for zone in zones])) == "America/New_York"
    )


async def test_a_zone_counts_under_all_its_names() -> None:
    zones = ["America/Halifax"] * 3 + ["Eastern Standard Time", "America/New_York"] * 2
    server = AmiliaServer(activities=[activity(*zones)])

    assert await zone_told_by(server) == "America/New_York"


async def test_names_that_nobody_knows_do_not_outvote_one_that_is_known() -> None:
    activities = [activity("Moon Standard Time", "", None, 5, "../etc/passwd"), activity("America/Halifax")]

    assert await zone_told_by(AmiliaServer(activities=activities)) == "America/Halifax"


@pytest.mark.parametrize(
    "odd", [{"Schedules": None}, {"Schedules": [None, {"TimePeriod": None}]}, {"Schedules": "x"}, {}, 5, None]
)
async def test_odd_activities_tell_nothing(odd: Record) -> None:
    server = AmiliaServer(activities=[odd])

    async def no_programme_activities(call: Call) -> Reply | None:
        return Reply({"Items": [odd]}) if call.endpoint.startswith("programs/") else None

    server.intercept = no_programme_activities

    assert await zone_told_by(server) is None


async def test_past_activities_are_asked_when_there_are_no_current_ones() -> None:
    server = AmiliaServer(activities=[activity("Eastern Standard Time")])

    async def off_season(call: Call) -> Reply | None:
        current_only = call.endpoint == "activities" and "showPastActivities" not in call.query
        return Reply({"Items": []}) if current_only else None

    server.intercept = off_season

    assert await zone_told_by(server) == "America/New_York"


async def test_programmes_are_asked_newest_first_where_activities_are_not_ours_to_read() -> None:
    server = AmiliaServer(programs=[program(number) for number in range(1, 10)])

    async def refused(call: Call) -> Reply | None:
        if call.endpoint == "activities":
            return Reply({"Message": "Forbidden"}, 403)
        if call.endpoint == "programs/8/activities":
            return Reply({"Items": [activity("Eastern Standard Time")]})
        return Reply({"Items": []}) if call.endpoint.startswith("programs/") else None

    server.intercept = refused

    assert await zone_told_by(server) == "America/New_York"
    asked = [call.endpoint for call in server.calls if call.endpoint.startswith("programs/")]
    assert asked == ["programs/9/activities", "programs/8/activities"]


async def test_an_organization_without_activities_tells_no_zone_after_few_calls() -> None:
    server = AmiliaServer(programs=[program(number) for number in range(1, 100)])

    assert await zone_told_by(server) is None
    assert len(server.calls) <= 10


async def test_a_fault_of_amilia_is_not_mistaken_for_the_absence_of_a_zone() -> None:
    server = AmiliaServer()

    async def broken(call: Call) -> Reply | None:
        return Reply({}, 500) if call.endpoint == "activities" else None

    server.intercept = broken

    with pytest.raises(UpstreamUnavailable):
        await zone_told_by(server)


async def test_wrong_credentials_are_not_tried_over_and_over() -> None:
    server = AmiliaServer()

    async def refused(call: Call) -> Reply | None:
        return Reply({}, 401) if call.endpoint == "authenticate" else None

    server.intercept = refused

    with pytest.raises(UpstreamRefused):
        await zone_told_by(server)

    assert len(server.calls) == 1


async def test_an_unknown_organization_is_a_refusal() -> None:
    server = AmiliaServer()

    async def unknown(call: Call) -> Reply | None:
        return None if call.endpoint == "authenticate" else Reply({}, 404)

    server.intercept = unknown

    with pytest.raises(UpstreamRefused, match="404"):
        await zone_told_by(server)


async def test_a_page_of_activities_is_enough() -> None:
    server = AmiliaServer(activities=[activity("Eastern Standard Time")] * 2_500, programs=[program()])

    async with talking_to(server) as client:
        await client.timezone()
        await client.walk("fr", date(2026, 9, 1), date(2026, 9, 2))

    assert len(server.calls_to("activities")) == 1
