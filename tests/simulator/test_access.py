"""Who may call: tokens, key pairs, organizations, and what those without get to see."""

import base64
import json
from typing import Any

import httpx
import pytest

from app.simulator.simulator import Simulator
from tests.simulator.support import FOREST_LOGIN, LAKESIDE_KEYS, Api, FakeClock

EVENTS = "/api/v3/fr/org/8008/events"
YEAR = 365 * 24 * 3600


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert isinstance(found, dict)
    return found


async def test_basic_credentials_give_a_token_for_a_year(client: httpx.AsyncClient, clock: FakeClock) -> None:
    answer = await client.get("/api/v3/authenticate", auth=FOREST_LOGIN)

    found = claims(answer.json()["Token"])
    assert {"Token"} == set(answer.json())
    assert {"sub", "exp", "iat", "jti"} == set(found)
    assert (YEAR, int(clock().timestamp())) == (found["exp"] - found["iat"], found["iat"])


@pytest.mark.parametrize(
    "credentials", [("demo@example.org", "wrong"), ("nobody@example.org", "forest-demo"), ("", "")]
)
async def test_wrong_credentials_are_refused(client: httpx.AsyncClient, credentials: tuple[str, str]) -> None:
    answer = await client.get("/api/v3/authenticate", auth=credentials)

    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["Basic ####", "Basic //79", "Basic", "Bearer x", ""])
async def test_authenticate_wants_basic_credentials(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get("/api/v3/authenticate", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401


async def test_authenticate_answers_get_only(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v3/authenticate", auth=FOREST_LOGIN)

    assert answer.status_code == 405


async def test_two_tokens_of_one_moment_differ(client: httpx.AsyncClient) -> None:
    first, second = [(await client.get("/api/v3/authenticate", auth=FOREST_LOGIN)).json() for _ in range(2)]

    assert first != second


@pytest.mark.parametrize("path", [EVENTS, "/api/v3/fr/org/nobody/events", "/api/v3/store/forest/activities"])
async def test_anonymous_calls_get_401_in_json_whether_the_path_exists_or_not(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)

    assert answer.status_code == 401
    assert {"Message", "TransactionId"} == set(answer.json())


async def test_each_error_has_a_transaction_id_of_its_own(client: httpx.AsyncClient) -> None:
    first, second = [(await client.get(EVENTS)).json()["TransactionId"] for _ in range(2)]

    assert first != second


async def test_bearer_token_opens_its_organization(api: Api) -> None:
    assert (await api.ask("events")).status_code == 200


async def test_key_pair_opens_its_organization_without_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v3/en/org/lakeside/events", headers=LAKESIDE_KEYS)

    assert answer.status_code == 200


async def test_key_without_its_secret_opens_nothing(client: httpx.AsyncClient) -> None:
    headers = LAKESIDE_KEYS | {"X-AMILIA-APISECRET": "guess"}

    assert (await client.get("/api/v3/en/org/lakeside/events", headers=headers)).status_code == 401


async def test_credentials_of_one_organization_are_forbidden_at_another(
    client: httpx.AsyncClient, api: Api
) -> None:
    by_key = await client.get(EVENTS, headers=LAKESIDE_KEYS)
    by_token = await client.get("/api/v3/fr/org/lakeside/events", headers=api.headers("8008"))

    assert [by_key.status_code, by_token.status_code] == [403, 403]


@pytest.mark.parametrize(
    "path", ["/api/v3/fr/org/nobody/events", "/api/v3/de/org/8008/events", "/api/v3/fr/org/8008/x"]
)
async def test_what_does_not_exist_is_404_for_those_with_credentials(
    client: httpx.AsyncClient, api: Api, path: str
) -> None:
    answer = await client.get(path, headers=api.headers("8008"))

    assert (404, {"Message", "TransactionId"}) == (answer.status_code, set(answer.json()))


async def test_token_ends_after_its_time(api: Api, clock: FakeClock) -> None:
    clock.advance(days=364)
    before = (await api.ask("events")).status_code
    clock.advance(days=1)
    after = (await api.ask("events")).status_code

    assert (before, after) == (200, 401)


async def test_life_of_tokens_can_be_shortened(
    client: httpx.AsyncClient, simulator: Simulator, clock: FakeClock
) -> None:
    simulator.dialect.token_seconds = 60
    short_lived = await Api.of(client)

    clock.advance(seconds=61)

    assert (await short_lived.ask("events")).status_code == 401


async def test_token_that_was_tampered_with_opens_nothing(client: httpx.AsyncClient, api: Api) -> None:
    header, body, signature = api.token.split(".")
    forged = claims(api.token) | {"exp": 9_999_999_999}
    body = base64.urlsafe_b64encode(json.dumps(forged).encode()).rstrip(b"=").decode()

    answer = await client.get(EVENTS, headers={"Authorization": f"Bearer {header}.{body}.{signature}"})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/API/V3/FR/ORG/8008/EVENTS",
        "/api/V3/en/org/Forest-Explorers/Events",
        "/Api/v3/fr/Org/forest-explorers/events",
    ],
)
async def test_paths_may_be_written_in_any_case(client: httpx.AsyncClient, api: Api, path: str) -> None:
    assert (await client.get(path, headers=api.headers("8008"))).status_code == 200
