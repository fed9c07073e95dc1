"""What the operator and the robots may ask."""

from pathlib import Path
from typing import Final

from app.web.readiness import CatalogueFacts, united
from tests.support.service import Service, running

FOREST: Final = "/orgs/forest-explorers/calendar.ics"


async def test_alive(service: Service) -> None:
    answer = await service.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert service.calls() == 0


async def test_ready_tells_what_there_is_and_how_old(service: Service) -> None:
    before = (await service.get("/readyz")).json()
    await service.get("/orgs/lakeside/calendar.ics")
    after = (await service.get("/readyz")).json()

    assert before == {"status": "ok", "worker": 0, "store": "ok", "refused": [], "catalogues": []}
    (lakeside,) = after["catalogues"]
    assert (after["status"], lakeside["organization"], lakeside["lang"]) == ("ok", "lakeside", "en")
    assert lakeside["events"] > 20
    assert lakeside["fetched_at"] == "2026-11-22T17:00:00+00:00"


async def test_ready_says_since_when_amilia_fails(service: Service) -> None:
    await service.get("/orgs/lakeside/calendar.ics")
    service.fault("500@forest-explorers:")
    await service.get("/orgs/forest-explorers/calendar.ics")

    answer = await service.get("/readyz")

    forest = answer.json()["catalogues"][0]
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert (forest["error"], forest["failing_since"]) == ("UpstreamUnavailable", "2026-11-22T17:00:00+00:00")


async def test_the_circuit_is_open_until_a_probe_may_be_made_and_closed_by_an_answer(
    service: Service,
) -> None:
    states = [await circuit_of_forest(service)]
    service.fault("500")
    await service.get(FOREST)
    states.append(await circuit_of_forest(service))
    service.clock.advance(seconds=5)
    states.append(await circuit_of_forest(service))
    service.faults.clear()
    await service.get(FOREST)
    states.append(await circuit_of_forest(service))

    assert states == ["closed", "open", "half open", "closed"]


async def circuit_of_forest(service: Service) -> str:
    """As the metrics tell it, and ``/readyz`` where it tells of it."""
    labels = 'lang="fr",organization="forest-explorers",state='
    lines = [line for line in (await service.get("/metrics")).text.splitlines() if labels in line]
    (state,) = [line.partition(labels)[2].split('"')[1] for line in lines if line.endswith(" 1.0")]
    ready = {facts["circuit"] for facts in (await service.get("/readyz")).json()["catalogues"]}
    assert ready <= {state}
    return state


async def test_refused_credentials_are_the_operators_to_mend_and_are_shown_as_such(service: Service) -> None:
    service.fault("403@forest-explorers:")
    service.fault("500@lakeside:")
    for path in (FOREST, "/orgs/lakeside/calendar.ics"):
        await service.get(path)

    ready = (await service.get("/readyz")).json()
    metrics = (await service.get("/metrics")).text

    cures = {facts["organization"]: facts["cure"] for facts in ready["catalogues"]}
    assert ready["refused"] == ["forest-explorers"]
    assert cures["forest-explorers"].startswith("Amilia refuses: check the credentials")
    assert cures["lakeside"].startswith("Amilia cannot be reached")
    gauge = "amilia_feeds_circuit{"
    assert gauge + 'lang="fr",organization="forest-explorers",state="refused"} 1.0' in metrics
    assert gauge + 'lang="en",organization="lakeside",state="refused"} 0.0' in metrics


async def test_a_store_that_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "feeds.db").mkdir()  # no file can be made here
    async with running(tmp_path) as service:
        await service.get(FOREST)

        ready = (await service.get("/readyz")).json()
        metrics = (await service.get("/metrics")).text

    assert (ready["status"], ready["store"]) == ("degraded", "failing")
    assert "amilia_feeds_store_failing 1.0" in metrics


async def test_not_ready_while_there_is_nothing_to_serve(service: Service) -> None:
    service.fault("500")
    await service.get("/orgs/lakeside/calendar.ics")

    answer = await service.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


async def test_metrics_count(service: Service) -> None:
    await service.get("/orgs/lakeside/calendar.ics")
    await service.get("/orgs/lakeside/calendar.ics")
    await service.get("/orgs/nobody/calendar.ics")

    text = (await service.get("/metrics")).text

    assert 'amilia_feeds_answers_total{source="miss",status="200"} 1.0' in text
    assert 'amilia_feeds_answers_total{source="hit",status="200"} 1.0' in text
    assert 'amilia_feeds_answers_total{source="none",status="404"} 1.0' in text
    assert 'amilia_feeds_upstream_seconds_count{outcome="200"}' in text
    assert 'outcome="ok"' in text
    assert 'amilia_feeds_upstream_calls_total{organization="lakeside",outcome="200"}' in text
    assert 'amilia_feeds_store_seconds_count{operation="keep",outcome="ok"} 1.0' in text
    assert 'amilia_feeds_catalogue_bytes{lang="en",organization="lakeside"}' in text


async def test_requests_are_counted_by_route_and_client_and_never_by_what_was_sent(service: Service) -> None:
    await service.get(FOREST, User_Agent="iOS/18.0 (22A3354) dataaccessd/1.0")
    await service.get(FOREST, User_Agent="iOS/18.0 (22A3354) dataaccessd/1.0")
    await service.get("/orgs/forest-explorers?q=zebra", User_Agent="Mozilla/5.0 Firefox/140.0")
    await service.get("/zebra/zebra", User_Agent="zebra")
    await service.get("/private/zebra-zebra/zebra.ics", User_Agent="zebra")

    text = (await service.get("/metrics")).text

    counted = {line for line in text.splitlines() if line.startswith("amilia_feeds_requests_total{")}
    feed = 'format="ics",route="/orgs/{org}/calendar.ics",status="200"} 1.0'
    nowhere = 'cache="none",client="other",format="none",route="none",status="404"} 1.0'
    private = 'cache="none",client="other",format="ics",route="/private/{token}/{name}.ics",status="404"} 1.0'
    assert {
        f'amilia_feeds_requests_total{{cache="miss",client="apple-ios",{feed}',
        f'amilia_feeds_requests_total{{cache="hit",client="apple-ios",{feed}',
        f"amilia_feeds_requests_total{{{nowhere}",
        f"amilia_feeds_requests_total{{{private}",
    } <= counted
    assert any('client="browser",format="html",route="/orgs/{org}"' in line for line in counted)
    assert "zebra" not in text
    assert 'amilia_feeds_subscribers_estimated{client="apple-ios"}' in text


async def test_a_catalogue_s_trouble_has_a_beginning_in_the_metrics(service: Service) -> None:
    service.fault("500@lakeside:")
    await service.get("/orgs/lakeside/calendar.ics")
    during = (await service.get("/metrics")).text
    service.faults.clear()
    service.clock.advance(seconds=5)
    await service.get("/orgs/lakeside/calendar.ics")
    after = (await service.get("/metrics")).text

    name = "amilia_feeds_failing_since_timestamp_seconds{"
    assert (name in during, name in after) == (True, False)


def facts(worker: int, events: int | None, lang: str = "fr") -> CatalogueFacts:
    return CatalogueFacts(
        organization="club",
        lang=lang,
        worker=worker,
        events=events,
        left_out={},
        fetched_at=None,
        notices=0,
        circuit="closed",
        failing_since=None,
        retry_at=None,
        error=None,
        failures=0,
        cure=None,
    )


def test_whoever_is_asked_tells_what_other_workers_have_and_it_has_not() -> None:
    found = united(
        [facts(1, None), facts(1, 5, "en")],
        {2: [facts(2, 7), facts(2, 9, "en")], 3: [facts(3, 8)]},
    )

    assert [(it["lang"], it["worker"], it["events"]) for it in found] == [("en", 1, 5), ("fr", 2, 7)]


async def test_robots_may_fetch_feeds(service: Service) -> None:
    answer = await service.get("/robots.txt")

    assert answer.status_code == 200
    assert "User-agent: Google-Calendar-Importer\nAllow: /\n" in answer.text


async def test_the_openapi_document_names_every_parameter(service: Service) -> None:
    document = (await service.get("/openapi.json")).json()

    parameters = document["paths"]["/orgs/{org}/calendar.ics"]["get"]["parameters"]
    names = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    assert {"programId", "q", "weekday", "lang", "pastDays", "futureDays", "cancelled", "alarm"} <= names
