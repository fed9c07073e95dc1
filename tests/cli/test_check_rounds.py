"""The doctor is shown one broken setting after the other, and names each with its cure."""

from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.amilia.webhook import CONCERNED
from app.store.sqlite import SqliteStore
from tests.cli.clinic import FOREST, SERVICE, Handler, clinic, unreachable
from tests.store.servers import free_port
from tests.support.fakes import FakeClock


async def test_what_is_well_is_said_to_be_well(tmp_path: Path) -> None:
    async with clinic(tmp_path) as patient:
        notes = await patient.examined(FOREST, "lakeside")

    fine = {(slug, remark.subject) for slug, remark in notes.found if remark.level == "ok"}
    assert notes.failures() == []
    assert fine >= {(SERVICE, it) for it in ("settings", "store", "public address", "robots.txt", "clock")}
    assert fine >= {(SERVICE, "http to https")}
    subjects = ("amilia", "zone", "events", "programme", "size", "languages", "webhooks")
    assert fine >= {(slug, subject) for slug in (FOREST, "lakeside") for subject in subjects}
    assert notes.begun == ["the store", patient.settings.public_url, FOREST, "lakeside"]


async def test_the_kind_of_credentials_is_told(tmp_path: Path) -> None:
    async with clinic(tmp_path) as patient:
        notes = await patient.examined(FOREST, "lakeside")

    told = [remark.sentence for remark in notes.of("amilia")]
    assert [sentence.split(";")[0] for sentence in told] == [
        "The user name and password are accepted",
        "The API key and secret are accepted",
    ]


@pytest.mark.parametrize(
    ("slug", "changes", "said", "cure"),
    [
        (FOREST, {"forest": {"password": "n0t-this"}}, "401", "Correct username and password"),
        ("lakeside", {"lakeside": {"api_secret": "n0t-this"}}, "401", "Correct api_key and api_secret"),
        (
            "lakeside",
            {"lakeside": {"api_key": None, "api_secret": None, "username": "demo@example.org",
                          "password": "forest-demo"}},
            "403",
            "Let the account into this organization",
        ),
    ],
    ids=["wrong password", "wrong secret", "another club's account"],
)  # fmt: skip
async def test_refused_credentials_are_named_with_their_cure(
    tmp_path: Path, slug: str, changes: dict[str, Any], said: str, cure: str
) -> None:
    async with clinic(tmp_path, **changes) as patient:
        notes = await patient.examined(slug)

    (failure,) = notes.of("amilia")
    assert (failure.level, failure.cure[: len(cure)]) == ("failure", cure)
    assert failure.sentence.startswith("Amilia refuses. ")
    assert said in failure.sentence
    assert "n0t-this" not in notes.text()
    assert "forest-demo" not in notes.text()


async def test_a_token_kept_from_better_days_hides_no_wrong_password(tmp_path: Path) -> None:
    async with clinic(tmp_path) as patient:
        await patient.examined()
    async with clinic(tmp_path, forest={"password": "n0t-this"}) as patient:
        notes = await patient.examined()

    (failure,) = notes.of("amilia")
    assert failure.level == "failure"
    assert "subscribers get the last good copy" in failure.sentence
    assert notes.of("size")


async def test_a_wrong_organization_is_told_from_wrong_credentials(tmp_path: Path) -> None:
    async with clinic(tmp_path) as patient:
        forest = patient.settings.organizations[FOREST].model_copy(update={"number": None})
        patient.settings = patient.settings.model_copy(update={"organizations": {"forest-explorer": forest}})
        notes = await patient.examined("forest-explorer")

    (failure,) = notes.of("amilia")
    assert failure.cure.startswith("Name orgs.forest-explorer as in the address of the organization's store")
    assert "there is no copy to serve" in failure.sentence


async def test_an_amilia_out_of_reach_is_told_from_one_that_refuses(tmp_path: Path) -> None:
    async with clinic(tmp_path) as patient:
        patient.amilia = unreachable("[Errno -2] Name or service not known")
        notes = await patient.examined()

    (failure,) = notes.of("amilia")
    assert failure.sentence.startswith("Amilia cannot be reached.")
    assert "Name or service not known" in failure.sentence
    assert failure.cure.startswith("Check api_url (http://amilia.test/api/v3)")


@pytest.mark.parametrize(
    ("fault", "cure"),
    [
        ("503@events", "Wait: the fault is Amilia's."),
        ("403@programs", "Let the account into this organization and let it read programs"),
        ("429=0", "Lower calls_per_second"),
        ("html", "Correct api_url (http://amilia.test/api/v3), or wait until Amilia's maintenance is over."),
        ("404@authenticate", "Correct api_url (http://amilia.test/api/v3)."),
    ],
)
async def test_each_way_to_fail_has_its_own_cure(tmp_path: Path, fault: str, cure: str) -> None:
    async with clinic(tmp_path, faults=[fault]) as patient:
        notes = await patient.examined()

    (failure,) = notes.of("amilia")
    assert (failure.level, failure.cure[: len(cure)]) == ("failure", cure)


async def test_a_permission_that_lacks_is_named_with_what_to_grant(tmp_path: Path) -> None:
    async with clinic(tmp_path, faults=["403@activities"]) as patient:
        notes = await patient.examined()

    (lacking,) = notes.of("permissions")
    zone = notes.of("zone")[0]
    assert lacking.level == "warning"
    assert "403 for activities" in lacking.sentence
    assert lacking.cure.startswith("Grant it the right to read activities")
    assert (zone.level, zone.cure) == ("warning", "Set timezone if another is right.")


async def test_a_zone_that_contradicts_amilia_is_named_with_the_right_one(tmp_path: Path) -> None:
    async with clinic(tmp_path, forest={"timezone": "Europe/Paris"}) as patient:
        notes = await patient.examined()

    (failure,) = notes.of("zone", "failure")
    assert "contradict Europe/Paris" in failure.sentence
    assert failure.cure == 'Set timezone = "America/New_York", as the activity schedules say.'


async def test_a_few_odd_events_are_no_wrong_zone(tmp_path: Path) -> None:
    async with clinic(tmp_path, forest={"timezone": "America/Toronto"}) as patient:
        notes = await patient.examined()

    source, odd = notes.of("zone")
    assert source.sentence == "America/Toronto, as configured."
    assert (odd.level, odd.cure) == ("warning", "Look at these events in Amilia.")


@pytest.mark.parametrize(
    ("skew", "level", "said"),
    [
        (timedelta(seconds=20), "ok", "It agrees"),
        (timedelta(seconds=90), "warning", "It is 90 s ahead of the clock of Amilia."),
        (timedelta(minutes=-10), "failure", "It is 10 minutes behind the clock of Amilia."),
    ],
)
async def test_a_clock_that_is_off_is_named(tmp_path: Path, skew: timedelta, level: str, said: str) -> None:
    async with clinic(tmp_path) as patient:
        patient.skew = skew
        notes = await patient.examined()

    public, amilia = notes.of("clock")
    assert {public.level, amilia.level} == {level}
    assert amilia.sentence.startswith(said)
    assert bool(amilia.cure) == (level != "ok")


async def test_a_redis_that_is_down_stops_nothing_else(tmp_path: Path) -> None:
    async with clinic(tmp_path, store=f"redis://:s3cret@127.0.0.1:{free_port()}/0") as patient:
        notes = await patient.examined()

    failure = notes.of("store", "failure")[0]
    assert "cannot be reached" in failure.sentence
    assert failure.cure == "Start it, or correct the store's address."
    assert notes.of("amilia", "ok")
    assert notes.of("size")
    assert "s3cret" not in notes.text()


async def test_a_store_that_cannot_be_written_is_named_with_its_cure(tmp_path: Path) -> None:
    async with clinic(tmp_path, store="sqlite:////proc/nowhere/feeds.db") as patient:
        notes = await patient.examined()

    failure = notes.of("store", "failure")[0]
    assert failure.sentence.startswith("/proc/nowhere/feeds.db cannot be used")
    assert failure.cure.startswith("Let this program's user read and write it")


async def test_a_public_address_of_somebody_else_is_named(tmp_path: Path) -> None:
    async with clinic(tmp_path) as patient:
        patient.web = unreachable("[Errno 111] Connection refused")
        refused = await patient.examined()

    failures = refused.of("public address", "failure")
    assert "cannot be reached from here: [Errno 111] Connection refused" in failures[0].sentence
    assert failures[0].cure.startswith("Correct public_url")


async def test_a_broken_part_hides_no_other(tmp_path: Path) -> None:
    async def absurd(_request: Any) -> Any:
        raise ZeroDivisionError

    handler: Handler = absurd
    async with clinic(tmp_path) as patient:
        patient.web = handler
        notes = await patient.examined()

    (broken,) = notes.of("public address")
    assert (broken.level, broken.sentence) == (
        "failure",
        "This could not be examined (ZeroDivisionError).",
    )
    assert notes.of("amilia", "ok")


async def test_notices_that_amilia_does_not_send_are_named(tmp_path: Path) -> None:
    async with clinic(tmp_path, webhook_secret="long-and-unguessable") as patient:
        before = await patient.examined()
        await subscribe_all(patient.settings.public_url, patient.amilia)
        await noticed(tmp_path, 2)
        after = await patient.examined()

    (lacking,), (there,) = before.of("webhooks"), after.of("webhooks")
    assert (lacking.level, lacking.cure) == ("warning", "Run amilia-feeds webhooks create.")
    assert (there.level, "2 notices heard so far" in there.sentence) == ("ok", True)
    assert "long-and-unguessable" not in before.text() + after.text()


async def test_notices_under_another_secret_are_named(tmp_path: Path) -> None:
    async with clinic(tmp_path, webhook_secret="another-one") as patient:
        await subscribe_all(patient.settings.public_url, patient.amilia)
        notes = await patient.examined()

    lacking, astray = notes.of("webhooks")
    assert lacking.cure == "Run amilia-feeds webhooks create."
    assert astray.sentence.startswith("6 subscriptions carry another secret")
    assert "another-one" not in notes.text()


async def noticed(directory: Path, times: int) -> None:
    """As the running service notes that Amilia gave notice."""
    async with aclosing(SqliteStore(directory / "feeds.db", clock=FakeClock())) as store:
        for _ in range(times):
            await store.mark("8008")


async def subscribe_all(public_url: str, amilia: Handler) -> None:
    """As ``amilia-feeds webhooks create`` does, with the secret "long-and-unguessable"."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(amilia), base_url="http://amilia.test") as api:
        token = (await api.get("/api/v3/authenticate", auth=("demo@example.org", "forest-demo"))).json()
        for context, action in CONCERNED:
            wish = {
                "Name": "t",
                "Url": f"{public_url}/webhooks/amilia/long-and-unguessable",
                "Context": context,
                "Action": action,
                "Version": "V1",
            }
            answer = await api.post(
                f"/api/v3/en/org/{FOREST}/webhooks",
                json=wish,
                headers={"Authorization": f"Bearer {token['Token']}"},
            )
            assert answer.is_success, answer.text
