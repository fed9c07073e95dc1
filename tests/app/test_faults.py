"""Every fault of the upstream leads to the documented answer: no trace, no secret, no cut calendar."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from app.amilia.limits import Limits
from app.domain.model import LANGS
from app.simulator.dialect import Dialect
from app.simulator.forest import FOREST
from tests.support.service import Service, running, titles_of

FEED = "/orgs/forest-explorers/calendar.ics"
PASSING = [
    *("401@events*1", "429*2", "429=0*2", "500*2", "503*1", "latency=0.05", "cut*1"),
    *("moving@/events*3", "totals@/events*3", "endless"),
]
LASTING = [
    *("401", "403", "404", "422", "400", "429", "429=1", "500", "502", "503", "504", "hang"),
    *("cut", "truncated", "html", "empty-body", "huge=40", "deep", "empty-page"),
    *(
        "401@events",
        "403@programs",
        "404@programs",
        "html@programs",
        "empty-page@programs",
        "hang@authenticate",
    ),
]
SECRETS = (FOREST.account.password, "Basic ", "Bearer ", "eyJ")


def secretless(service: Service, text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("fault", PASSING)
async def test_a_passing_fault_is_not_noticed(tmp_path: Path, fault: str) -> None:
    async with running(tmp_path / "good") as good:
        expected = titles_of(await good.calendar(FEED))
    async with running(tmp_path / "bad", dialect=Dialect(calls_per_second=0, events_per_page=200)) as service:
        service.fault(fault)

        calendar = await service.calendar(FEED)

    assert titles_of(calendar) == expected


@pytest.mark.parametrize("fault", [word for word in LASTING if not word.startswith("empty-page")])
async def test_without_a_copy_a_lasting_fault_is_503_with_retry_after(
    service: Service, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.fault(fault)

    answer = await service.get(FEED)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("Les événements ne peuvent pas être obtenus")
    assert "BEGIN:VCALENDAR" not in answer.text
    assert secretless(service, answer.text + caplog.text + (await service.get("/readyz")).text)


@pytest.mark.parametrize("fault", [word for word in LASTING if "authenticate" not in word])  # it has a token
async def test_with_a_copy_a_lasting_fault_is_not_noticed(
    service: Service, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = await service.get(FEED)
    service.clock.advance(minutes=11)
    service.fault(fault)

    during = [await service.get(FEED)]
    await settled(service)
    service.clock.advance(hours=1)
    during.append(await service.get(FEED))

    assert [answer.status_code for answer in during] == [200, 200]
    assert {answer.content for answer in during} == {before.content}
    assert {answer.headers["etag"] for answer in during} == {before.headers["etag"]}
    assert during[0].headers["cache-status"] == "amilia-feeds; hit; detail=stale"
    assert secretless(service, caplog.text)


async def settled(service: Service) -> None:
    """Wait until the running refresh has ended, well or badly."""
    for _ in range(1500):
        shelves = (await service.get("/readyz")).json()["catalogues"]
        if any(shelf["failing_since"] for shelf in shelves):
            return
        await asyncio.sleep(0.01)


async def test_the_service_heals_by_itself(service: Service) -> None:
    service.fault("500")
    assert (await service.get(FEED)).status_code == 503
    service.faults.clear()
    too_soon = await service.get(FEED)

    service.clock.advance(seconds=5)
    healed = await service.get(FEED)

    assert (too_soon.status_code, healed.status_code) == (503, 200)


async def test_nobody_hammers_an_upstream_that_fails(service: Service) -> None:
    service.fault("500")
    await service.get(FEED)
    calls = service.calls()

    answers = [await service.get(FEED) for _ in range(50)]

    assert {answer.status_code for answer in answers} == {503}
    assert service.calls() == calls


async def test_failing_and_recovery_are_one_line_each(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    service.fault("500")
    for _ in range(4):
        await service.get(FEED)
        service.clock.advance(minutes=10)
    service.faults.clear()
    await service.get(FEED)

    messages = [record.getMessage() for record in caplog.records if "Amilia" in record.getMessage()]
    assert messages == ["Amilia cannot be read; there is no copy to serve yet", "Amilia answers again"]


async def test_one_bad_record_costs_one_event(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    service.fault("malformed@events")

    calendar = await service.calendar(FEED)

    assert len(titles_of(calendar)) > 300
    assert "skipped" in caplog.text
    assert "amilia_feeds_skipped_records_total{" in (await service.get("/metrics")).text


async def test_a_sudden_emptiness_is_asked_about_before_it_is_believed(service: Service) -> None:
    whole = len(titles_of(await service.calendar(FEED)))
    service.fault("empty-page@/events")
    events = []
    for _ in range(4):
        service.clock.advance(minutes=11)
        await service.get(FEED)
        await asyncio.sleep(0.3)
        events.append(len(titles_of(await service.calendar(FEED))))

    assert events == [whole, whole, 1, 1]


async def test_the_other_language_serves_where_the_asked_one_cannot_be_fetched(service: Service) -> None:
    french = await service.get(FEED)
    service.fault("500@/en/")

    english = await service.get(FEED + "?lang=en")

    assert english.status_code == 200
    assert english.headers["content-language"] == "fr"
    assert english.headers["cache-control"] == "public, max-age=15"
    assert titles_of(await service.calendar(FEED + "?lang=en")) == titles_of(await service.calendar(FEED))
    assert french.headers["etag"] != ""


async def test_a_hanging_upstream_costs_the_asker_no_more_than_his_patience(tmp_path: Path) -> None:
    limits = Limits(read_seconds=60, call_seconds=60, walk_seconds=60)
    async with running(tmp_path, limits=limits, patience=timedelta(seconds=0.2)) as service:
        service.fault("hang")

        answer = await asyncio.wait_for(service.get(FEED), 5)

    assert answer.status_code == 503


@pytest.mark.parametrize(
    "fault", ["403@lakeside:events", "hang@lakeside:", "429=60@lakeside:", "500@lakeside:"]
)
async def test_both_organizations_are_apart(tmp_path: Path, fault: str) -> None:
    limits = Limits(read_seconds=60, call_seconds=60, walk_seconds=60, attempts=1)
    async with running(tmp_path, limits=limits, patience=timedelta(seconds=10)) as service:
        service.fault(fault)
        troubled = [
            asyncio.ensure_future(service.get(f"/orgs/lakeside/calendar.ics?lang={lang}")) for lang in LANGS
        ]
        await asyncio.sleep(0.05)

        forest = await asyncio.wait_for(service.get(FEED), 9)

        statuses = {answer.result().status_code for answer in troubled if answer.done()}
        for asking in troubled:
            asking.cancel()
        await asyncio.gather(*troubled, return_exceptions=True)

    assert forest.status_code == 200
    assert statuses <= {503}
