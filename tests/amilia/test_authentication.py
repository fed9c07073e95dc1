"""One token serves all calls: bought once, renewed in time or on a 401, and never asked for in vain."""

import asyncio
import traceback
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.amilia.credentials import KeyCredentials, UserCredentials
from app.amilia.pace import LINES_OF_ONE
from app.domain.errors import UpstreamRefused, UpstreamUnavailable, UpstreamUnreadable
from tests.support.amilia_client import IMPATIENT, NOW, ids, talking_to
from tests.support.amilia_jwt import jwt
from tests.support.amilia_server import KEY, KEY_SECRET, USERNAME, AmiliaServer, Call, Reply, event, program

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def server_with_a_year() -> AmiliaServer:
    return AmiliaServer([event(n, f"2026-{n:02d}-15") for n in range(1, 13)], [program()])


async def test_one_authentication_serves_all_calls_and_walks() -> None:
    server = server_with_a_year()

    async with talking_to(server) as client:
        await asyncio.gather(client.walk("fr", FIRST, LAST), client.walk("en", FIRST, LAST))
        await client.walk("fr", FIRST, LAST)

    assert len(server.calls_to("authenticate")) == 1
    assert server.calls_to("authenticate")[0].path == "/api/v3/authenticate"


async def test_a_token_that_ends_mid_walk_is_renewed_once_for_all_calls_under_way() -> None:
    server = server_with_a_year()
    all_lines = asyncio.Event()

    async def ends_while_all_lines_are_in_use(call: Call) -> Reply | None:
        if call.endpoint == "events" and len(server.calls_to("events")) > 1:
            server.good_tokens.discard("token-1")
            if server.under_way == LINES_OF_ONE:
                all_lines.set()
            await all_lines.wait()
        return None

    server.intercept = ends_while_all_lines_are_in_use

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    refused = [call for call in server.calls_to("events")[1:] if call.token == "token-1"]
    assert ids(harvest) == list(range(1, 13))
    assert len(refused) >= LINES_OF_ONE
    assert len(server.calls_to("authenticate")) == 2


async def test_a_token_that_is_refused_for_ever_ends_in_a_refusal_after_one_renewal() -> None:
    server = server_with_a_year()

    async def never_good(_: Call) -> None:
        server.good_tokens.clear()

    server.intercept = never_good

    async with talking_to(server) as client:
        with pytest.raises(UpstreamRefused, match=r"401.*TransactionId 401-t"):
            await client.walk("fr", date(2026, 1, 1), date(2026, 1, 2))

    assert len(server.calls_to("authenticate")) == 2
    assert len(server.calls_to("events")) <= 2


@pytest.mark.parametrize("status", [401, 403])
async def test_wrong_credentials_are_tried_once_however_many_calls_wait_for_a_token(status: int) -> None:
    server = server_with_a_year()

    async def refused(call: Call) -> Reply | None:
        await asyncio.sleep(0.01)
        return Reply({"Message": "no"}, status) if call.endpoint == "authenticate" else None

    server.intercept = refused

    async with talking_to(server) as client:
        with pytest.raises(UpstreamRefused):
            await client.walk("fr", FIRST, LAST)

    assert [call.endpoint for call in server.calls] == ["authenticate"]


async def test_another_walk_tries_refused_credentials_again() -> None:
    server = server_with_a_year()
    answers = [Reply({}, 401)]

    async def refused_once(call: Call) -> Reply | None:
        return answers.pop() if answers and call.endpoint == "authenticate" else None

    server.intercept = refused_once

    async with talking_to(server) as client:
        with pytest.raises(UpstreamRefused):
            await client.walk("fr", FIRST, LAST)
        harvest = await client.walk("fr", FIRST, LAST)

    assert len(harvest.records) == 12


async def test_authentication_is_tried_again_when_amilia_stumbles() -> None:
    server = server_with_a_year()
    answers = [Reply({}, 503), Reply({}, 429)]

    async def stumbling(call: Call) -> Reply | None:
        return answers.pop() if answers and call.endpoint == "authenticate" else None

    server.intercept = stumbling

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert len(harvest.records) == 12


async def test_authentication_that_stays_broken_is_unavailability() -> None:
    server = server_with_a_year()

    async def broken(call: Call) -> Reply | None:
        return Reply({}, 500) if call.endpoint == "authenticate" else None

    server.intercept = broken

    async with talking_to(server) as client:
        with pytest.raises(UpstreamUnavailable, match="GET authenticate"):
            await client.walk("fr", FIRST, LAST)

    assert len(server.calls) == IMPATIENT.attempts


@pytest.mark.parametrize(
    "body",
    [
        b'{"Token": ""}',
        b'{"Token": null}',
        b"{}",
        b"[]",
        b'"two words"',
        b'{"Token": "a\\nb"}',
        b"<html>",
        b"nil",
    ],
)
async def test_an_answer_without_a_token_is_unreadable(body: bytes) -> None:
    server = server_with_a_year()

    async def odd(call: Call) -> Reply | None:
        return Reply(body) if call.endpoint == "authenticate" else None

    server.intercept = odd

    async with talking_to(server) as client:
        with pytest.raises(UpstreamUnreadable, match="authenticat"):
            await client.walk("fr", FIRST, LAST)


@pytest.mark.parametrize("body", [{"Token": "bare-token"}, {"token": "bare-token"}, "bare-token"])
async def test_a_token_is_understood_in_an_object_or_bare(body: object) -> None:
    server = server_with_a_year()
    server.good_tokens.add("bare-token")

    async def another_shape(call: Call) -> Reply | None:
        return Reply(body) if call.endpoint == "authenticate" else None

    server.intercept = another_shape

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert (len(harvest.records), client.token) == (12, "bare-token")


class Clock:
    """A clock that shows what it is set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


async def walked_at(moments: list[datetime], lifetime: timedelta) -> AmiliaServer:
    """Two walks at two moments with a token that lives for ``lifetime`` from the first."""
    server = server_with_a_year()
    server.mint = lambda number: jwt(exp=moments[0] + lifetime, number=number)
    clock = Clock(moments[0])

    async with talking_to(server, clock=clock) as client:
        for clock.now in moments:
            await client.walk("fr", FIRST, LAST)
    return server


async def test_a_token_is_renewed_before_it_ends() -> None:
    server = await walked_at([NOW, NOW + timedelta(minutes=55)], timedelta(hours=1))

    assert len(server.calls_to("authenticate")) == 2
    assert len({call.token for call in server.calls_to("events")}) == 2


async def test_a_token_is_kept_while_enough_of_its_life_is_left() -> None:
    server = await walked_at([NOW, NOW + timedelta(minutes=53)], timedelta(hours=1))

    assert len(server.calls_to("authenticate")) == 1


async def test_a_token_that_seems_to_have_ended_on_arrival_is_used_until_it_is_refused() -> None:
    server = await walked_at([NOW, NOW + timedelta(minutes=1)], timedelta(hours=-1))

    assert len(server.calls_to("authenticate")) == 1


async def test_a_token_kept_over_a_restart_saves_the_authentication() -> None:
    server = server_with_a_year()

    async with talking_to(server) as before:
        await before.walk("fr", FIRST, LAST)
        kept = before.token
    async with talking_to(server) as after:
        after.token = kept
        harvest = await after.walk("fr", FIRST, LAST)

    assert (len(harvest.records), len(server.calls_to("authenticate"))) == (12, 1)


async def test_a_kept_token_that_has_become_worthless_is_replaced() -> None:
    server = server_with_a_year()

    async with talking_to(server) as client:
        client.token = "from-last-year"
        harvest = await client.walk("fr", FIRST, LAST)

    assert (len(harvest.records), client.token) == (12, "token-1")


async def test_a_key_pair_goes_with_every_call_and_needs_no_authentication() -> None:
    server = server_with_a_year()

    async with talking_to(server, credentials=KeyCredentials(KEY, f" {KEY_SECRET}\n")) as client:
        harvest = await client.walk("fr", FIRST, LAST)
        client.token = "needless"

    assert len(harvest.records) == 12
    assert client.token is None
    assert server.calls_to("authenticate") == []
    assert not any("authorization" in call.headers for call in server.calls)


async def test_a_refused_key_pair_is_a_refusal_at_once() -> None:
    server = server_with_a_year()

    async with talking_to(server, credentials=KeyCredentials("wrong", "pair")) as client:
        with pytest.raises(UpstreamRefused, match="401"):
            await client.walk("fr", date(2026, 1, 1), date(2026, 1, 2))

    assert len(server.calls_to("events")) <= 1


async def test_credentials_go_to_authentication_only_and_the_token_nowhere_else() -> None:
    server = server_with_a_year()

    async with talking_to(server) as client:
        await client.walk("fr", FIRST, LAST)

    schemes = {(call.endpoint, call.headers["authorization"].split()[0]) for call in server.calls}
    assert schemes == {("authenticate", "Basic"), ("events", "Bearer"), ("programs", "Bearer")}


async def test_no_secret_is_in_any_address_error_or_representation() -> None:
    server = server_with_a_year()
    credentials, keys = UserCredentials(USERNAME, "wr0ng-pa55word"), KeyCredentials("k3y", "s3cret")

    async with talking_to(server, credentials=credentials) as client:
        with pytest.raises(UpstreamRefused) as refused:
            await client.walk("fr", FIRST, LAST)
        client.token = "the-token-itself"
        told = [repr(client), repr(client._connection.token), str(client._connection.token)]

    told += [repr(credentials), str(credentials), repr(keys), str(keys)]
    told += [f"{call.path}?{call.query}" for call in server.calls]
    told += [str(error) for error in (refused.value, refused.value.__cause__, refused.value.__context__)]
    for secret in ("wr0ng-pa55word", "the-token-itself", "k3y", "s3cret", USERNAME):
        assert [text for text in told if secret in text] == []


async def test_no_secret_is_in_the_local_variables_of_a_failing_call() -> None:
    """Error reporters print them."""
    server = server_with_a_year()

    async def failing(call: Call) -> Reply | None:
        return Reply({}, 500) if call.endpoint == "events" else None

    server.intercept = failing
    server.mint = lambda _: "the-token-itself"

    async with talking_to(server) as client:
        with pytest.raises(UpstreamUnavailable) as raised:
            await client.walk("fr", FIRST, LAST)

    frames = traceback.TracebackException.from_exception(raised.value, capture_locals=True).stack
    ours = [frame for frame in frames if "/app/amilia/" in frame.filename]
    assert ours
    assert [frame for frame in ours if "the-token-itself" in str(frame.locals)] == []


async def test_two_organizations_that_share_a_connection_pool_keep_their_tokens_apart() -> None:
    one, other = server_with_a_year(), server_with_a_year()
    one.mint, other.mint = (lambda _: "of-one"), (lambda _: "of-other")

    async with talking_to(one) as first, talking_to(other) as second:
        await asyncio.gather(first.walk("fr", FIRST, LAST), second.walk("fr", FIRST, LAST))

    assert (first.token, second.token) == ("of-one", "of-other")


async def test_a_cancelled_authentication_leaves_the_others_able_to_try() -> None:
    server = server_with_a_year()
    asked = asyncio.Event()

    async def first_hangs(call: Call) -> Reply | None:
        if call.endpoint == "authenticate" and len(server.calls_to("authenticate")) == 1:
            asked.set()
            await asyncio.Event().wait()
        return None

    server.intercept = first_hangs

    async with (
        talking_to(server, limits=replace(IMPATIENT, call_seconds=30)) as client,
        asyncio.TaskGroup() as group,
    ):
        hanging = group.create_task(client.walk("fr", FIRST, LAST))
        await asked.wait()
        waiting = group.create_task(client.walk("en", FIRST, LAST))
        await asyncio.sleep(0.01)
        hanging.cancel()
        harvest = await waiting

    assert len(harvest.records) == 12
