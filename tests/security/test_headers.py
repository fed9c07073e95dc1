"""Whatever is answered says what it is, and may do nothing else in a browser."""

from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from app.main import create_app
from app.web.policy import UNUSED
from tests.security.routes import EXAMPLES, FOREST, POSTED, PREFLIGHT, paths
from tests.support.service import running, settings_for

ODD: Final = (
    "/nowhere",
    "/orgs/nobody",
    "/orgs/nobody/calendar.ics",
    "/orgs/nobody/calendar.json",
    f"{FOREST}?lang=de",
    f"{FOREST}/calendar.ics?alarm=soon",
    f"{FOREST}/embed?view=pie",
    f"{FOREST}/qr.svg?lang=de",
    "/static/0/none.css",
)
FEEDS: Final[dict[str, Any]] = {"natation": {"name": {"fr": "Natation", "en": "Swimming"}, "q": "natation"}}
OPEN_SUFFIXES: Final = (".ics", ".json", ".atom", ".svg", ".css", ".js", ".txt", ".ico")


def faults(answer: httpx.Response) -> list[str]:
    """What its headers lack or have too much of."""
    headers = answer.headers
    found = [name for name in ("server", "set-cookie", "x-powered-by", "via") if name in headers]
    if answer.status_code == 304:
        return found
    found += [f"no {name}" for name in ("content-type", "referrer-policy") if not headers.get(name)]
    if headers.get("x-content-type-options") != "nosniff":
        found.append("may be taken for another type")
    kind = headers.get("content-type", "")
    if kind.startswith("text/") and "charset=utf-8" not in kind.lower():
        found.append("no charset")
    return found + policy_faults(headers, kind)


def policy_faults(headers: httpx.Headers, kind: str) -> list[str]:
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    found = [] if policy.get("default-src") == "'none'" else ["loads what it likes"]
    if any(word in headers["content-security-policy"] for word in ("unsafe-eval", " data:", "http")):
        found.append("a loose policy")
    if not kind.startswith("text/html"):
        return found + ([] if policy["frame-ancestors"] == "'none'" else ["may be framed"])
    if "unsafe-inline" in headers["content-security-policy"] or policy["base-uri"] != "'none'":
        found.append("a loose policy")
    if any(f"{feature}=()" not in headers.get("permissions-policy", "") for feature in UNUSED):
        found.append("may ask the device for what it never needs")
    if "access-control-allow-origin" in headers:
        found.append("a page that other sites may read")
    return found


async def test_every_answer_of_every_route_is_protected(tmp_path: Path) -> None:
    async with running(tmp_path, forest={"feeds": FEEDS}) as service:
        answers = {}
        for address in (*EXAMPLES.values(), *ODD):
            for _ in "first", "repeated":
                answer = await service.client.get(address)
                answers[f"GET {address} {answer.status_code}"] = answer
            answers[f"HEAD {address}"] = await service.client.head(address)
            answers[f"DELETE {address}"] = refused = await service.client.delete(address)
            assert refused.status_code in (404, 405), address
        answers["POST webhook"] = await service.client.post("/webhooks/amilia/guess", content=b"{}")

    assert {name: found for name, answer in answers.items() if (found := faults(answer))} == {}
    statuses = {answer.status_code for answer in answers.values()}
    assert {200, 404, 405, 422} <= statuses


async def test_a_fault_of_ours_and_an_outage_are_protected_too(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.fault("500")
        outages = [await service.get(path) for path in (FOREST, f"{FOREST}/calendar.ics")]

    assert [answer.status_code for answer in outages] == [503, 503]
    assert [faults(answer) for answer in outages] == [[], []]


async def test_only_widgets_may_be_framed(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        widget = await service.get(f"{FOREST}/embed")
        broken = await service.get(f"{FOREST}/embed?view=pie")
        page = await service.get(FOREST)

    framed = ["frame-ancestors *" in it.headers["content-security-policy"] for it in (widget, broken, page)]
    assert framed == [True, True, False]


async def test_other_origins_may_read_data_and_nothing_else_without_credentials(tmp_path: Path) -> None:
    origin = {"Origin": "https://evil.example", "Cookie": "session=1"}
    async with running(tmp_path, forest={"feeds": FEEDS}) as service:
        answers = {
            route: await service.client.get(address, headers=origin) for route, address in EXAMPLES.items()
        }

    opened = {route for route, it in answers.items() if it.headers.get("access-control-allow-origin")}
    assert {it.headers.get("access-control-allow-origin") for it in answers.values()} == {None, "*"}
    assert not [route for route, it in answers.items() if "access-control-allow-credentials" in it.headers]
    assert {route for route in opened if not EXAMPLES[route].endswith(OPEN_SUFFIXES)} == set()
    assert "/orgs/{org}/calendar.json" in opened


@pytest.mark.parametrize(
    ("address", "status"), [(f"{FOREST}/calendar.ics", 204), (FOREST, 405), ("/metrics", 405)]
)
async def test_only_data_has_a_preflight(tmp_path: Path, address: str, status: int) -> None:
    asked = {"Origin": "https://club.example", "Access-Control-Request-Method": "GET"}
    async with running(tmp_path) as service:
        answer = await service.client.options(address, headers=asked)

    assert answer.status_code == status
    assert faults(answer) == ([] if status == 405 else ["no content-type"])


def test_every_route_has_an_example(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))

    assert paths(app) - EXAMPLES.keys() == {PREFLIGHT, POSTED}
