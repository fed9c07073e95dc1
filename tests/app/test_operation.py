"""What the operator and the robots may ask."""

from tests.support.service import Service


async def test_alive(service: Service) -> None:
    answer = await service.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert service.calls() == 0


async def test_ready_tells_what_there_is_and_how_old(service: Service) -> None:
    before = (await service.get("/readyz")).json()
    await service.get("/orgs/lakeside/calendar.ics")
    after = (await service.get("/readyz")).json()

    assert before == {"status": "ok", "catalogues": []}
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


async def test_robots_may_fetch_feeds(service: Service) -> None:
    answer = await service.get("/robots.txt")

    assert answer.status_code == 200
    assert "User-agent: Google-Calendar-Importer\nAllow: /\n" in answer.text


async def test_the_openapi_document_names_every_parameter(service: Service) -> None:
    document = (await service.get("/openapi.json")).json()

    parameters = document["paths"]["/orgs/{org}/calendar.ics"]["get"]["parameters"]
    names = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    assert {"programId", "q", "weekday", "lang", "pastDays", "futureDays", "cancelled", "alarm"} <= names
