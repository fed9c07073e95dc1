"""Every way in which an answer can fail ends in an error of ours, after no more calls than can help."""

import asyncio
import gzip
import json
import logging
from dataclasses import replace
from datetime import date

import httpx
import pytest

from app.amilia.limits import MEBIBYTE, Limits
from app.domain.errors import (
    UpstreamError,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
    UpstreamUnreadable,
)
from tests.support.amilia_client import IMPATIENT, ids, talking_to
from tests.support.amilia_server import AmiliaServer, Call, Reply, event, program

DAY = date(2026, 9, 1)
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json; charset=utf-8"}


def answering(reply: Reply, *, times: int = 1_000) -> AmiliaServer:
    """A server that gives ``reply`` to the first calls for events."""
    server = AmiliaServer([event(1)], [program()])

    async def faulty(call: Call) -> Reply | None:
        return reply if call.endpoint == "events" and len(server.calls_to("events")) <= times else None

    server.intercept = faulty
    return server


async def walked(server: AmiliaServer, limits: Limits = IMPATIENT) -> list[int]:
    async with talking_to(server, limits=limits) as client:
        return ids(await client.walk("fr", DAY, DAY))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 520])
async def test_a_passing_fault_is_tried_again(status: int) -> None:
    server = answering(Reply({"Message": "wait"}, status), times=2)

    found = await walked(server)

    assert (found, len(server.calls_to("events"))) == ([1], 3)


@pytest.mark.parametrize("status", [500, 503])
async def test_a_lasting_fault_of_amilia_is_unavailability_after_bounded_attempts(status: int) -> None:
    server = answering(Reply({"TransactionId": "4f1c-22"}, status))

    with pytest.raises(UpstreamUnavailable, match=f"{status}.*TransactionId 4f1c-22") as raised:
        await walked(server)

    assert (IMPATIENT.attempts, "4f1c-22") == (len(server.calls_to("events")), raised.value.transaction)


async def test_lasting_throttling_tells_how_long_to_wait() -> None:
    server = answering(Reply({"Message": "Too many"}, 429, {"Retry-After": "0"}))

    with pytest.raises(UpstreamThrottled) as raised:
        await walked(server)

    assert (IMPATIENT.attempts, 0.0) == (len(server.calls_to("events")), raised.value.retry_after)


async def test_throttling_that_does_not_say_how_long_leaves_it_open() -> None:
    with pytest.raises(UpstreamThrottled) as raised:
        await walked(answering(Reply({}, 429)))

    assert raised.value.retry_after is None


@pytest.mark.parametrize(
    ("status", "words"), [(403, "may not"), (404, "knows nothing"), (422, "values"), (409, "")]
)
async def test_a_refusal_is_told_at_once_and_never_repeated(status: int, words: str) -> None:
    server = answering(Reply({"Message": "no", "TRANSACTIONID": 77}, status))

    with pytest.raises(UpstreamRefused, match=f"GET fr/org/club/events: .*{status}.*{words}") as raised:
        await walked(server)

    assert (len(server.calls_to("events")), raised.value.transaction) == (1, "77")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<!DOCTYPE html><p>Back soon", headers=HTML),
        Reply(b"  <html>", headers=JSON),
        Reply(b'{"Items": []}', headers=HTML),
        Reply(b"", headers=JSON),
        Reply(b" \n", headers=JSON),
        Reply(b'{"Items": [{"Id": 1}, {"Id"', headers=JSON),
        Reply(b'{"Items": [{"Id": 1}], "Paging"', headers=JSON),
        Reply(b"Service unavailable", headers=JSON),
        Reply({"Message": "An error has occurred."}),
        Reply({"Items": {"Id": 1}}),
        Reply({"Items": None}),
        Reply(b'"text"'),
        Reply(b"null"),
        Reply(b"[" * 100_000 + b"]" * 100_000),
        Reply(b'{"Items": [' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"]}"),
        Reply(b"\xff\xfe{\x00}\x00", headers=JSON),
        Reply({"Items": []}, 204),
        Reply({"Items": []}, 206),
        Reply(b"not gzip", headers={**JSON, "Content-Encoding": "gzip"}),
        Reply(gzip.compress(b'{"Items": []}', mtime=0)[:-9], headers={**JSON, "Content-Encoding": "gzip"}),
        Reply(b"{}", headers={**JSON, "Content-Encoding": "br"}),
    ],
    ids=lambda reply: f"{reply.status} {reply.payload[:24]!r}",
)
async def test_an_answer_of_another_shape_is_unreadable_and_not_repeated(reply: Reply) -> None:
    server = answering(reply)

    with pytest.raises(UpstreamUnreadable, match="GET fr/org/club/events"):
        await walked(server)

    assert len(server.calls_to("events")) == 1


async def test_an_error_under_status_200_is_unreadable_and_keeps_its_transaction() -> None:
    reply = Reply({"Error": {"transactionId": "abc"}})

    with pytest.raises(UpstreamUnreadable) as raised:
        await walked(answering(reply))

    assert raised.value.transaction == "abc"


async def test_json_is_understood_under_any_media_type_packed_and_with_a_byte_order_mark() -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"Items": [event(9)], "Paging": {"TotalCount": 1}}).encode()
    headers = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}

    assert await walked(answering(Reply(gzip.compress(body, mtime=0), headers=headers))) == [9]


async def test_a_title_cut_within_an_emoji_does_not_cost_the_page() -> None:
    body = (
        b'{"Items": [{"Id": 1, "Title": "Soccer \\ud83d"}, {"Id": 2, "Title": "a\\\\ud83d \\ud83d\\ude00"}]}'
    )
    server = answering(Reply(body))

    async with talking_to(server) as client:
        harvest = await client.walk("fr", DAY, DAY)

    assert [record.partition(b'"Title": ')[2][:-1] for record in harvest.records] == [
        b'"Soccer \\ufffd"',
        b'"a\\\\ud83d \\ud83d\\ude00"',
    ]


async def test_an_answer_beyond_the_bound_is_given_up() -> None:
    limits = replace(IMPATIENT, answer_bytes=10_000)

    with pytest.raises(UpstreamUnreadable, match="larger than 10000 bytes"):
        await walked(answering(Reply({"Items": ["x" * 10_000]})), limits)


async def test_a_gzip_bomb_is_given_up() -> None:
    bomb = gzip.compress(b"[" + b" " * (32 * MEBIBYTE) + b"]", 1)
    limits = replace(IMPATIENT, answer_bytes=MEBIBYTE)

    with pytest.raises(UpstreamUnreadable, match="larger than"):
        await walked(answering(Reply(bomb, headers={**JSON, "Content-Encoding": "gzip"})), limits)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed_and_its_likely_cause_is_named(status: int) -> None:
    target = {"Location": "https://login.elsewhere.example/?token=stolen"}
    server = answering(Reply(b"", status, target))

    with pytest.raises(
        UpstreamUnreadable, match=f"login.elsewhere.example.*{status}.*FEEDS_API_URL"
    ) as raised:
        await walked(server)

    assert {"amilia.example"} == {call.headers["host"] for call in server.calls}
    assert "stolen" not in str(raised.value)


async def test_a_silent_server_is_unavailable_once_the_call_has_taken_too_long() -> None:
    server = AmiliaServer([event(1)], [program()])

    async def silent(call: Call) -> Reply | None:
        if call.endpoint == "events":
            await asyncio.Event().wait()
        return None

    server.intercept = silent
    limits = replace(IMPATIENT, call_seconds=0.02, attempts=2)

    with pytest.raises(UpstreamUnavailable, match="no answer in time"):
        await walked(server, limits)

    assert len(server.calls_to("events")) == 2


async def test_a_walk_that_is_not_over_in_time_is_unavailability() -> None:
    server = AmiliaServer([event(1)], [program()])

    async def slow(_: Call) -> Reply | None:
        await asyncio.sleep(0.2)
        return None

    server.intercept = slow

    with pytest.raises(UpstreamUnavailable, match=r"club was not over after 0\.05 s"):
        await walked(server, replace(IMPATIENT, walk_seconds=0.05))


async def test_a_walk_that_ends_in_a_pause_is_throttled_for_the_rest_of_it() -> None:
    server = answering(Reply({}, 429, {"Retry-After": "50"}))

    with pytest.raises(UpstreamThrottled) as raised:
        await walked(server, replace(IMPATIENT, walk_seconds=0.05))

    assert raised.value.retry_after == pytest.approx(50, abs=1)


async def test_latency_changes_nothing_but_the_time() -> None:
    server = AmiliaServer([event(1)], [program()])

    async def slow(_: Call) -> Reply | None:
        await asyncio.sleep(0.05)
        return None

    server.intercept = slow

    assert await walked(server) == [1]


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("refused"), UpstreamUnavailable),
        (httpx.ConnectTimeout("slow"), UpstreamUnavailable),
        (httpx.ReadTimeout("slow"), UpstreamUnavailable),
        (httpx.WriteTimeout("slow"), UpstreamUnavailable),
        (httpx.PoolTimeout("full"), UpstreamUnavailable),
        (httpx.ReadError("reset"), UpstreamUnavailable),
        (httpx.WriteError("reset"), UpstreamUnavailable),
        (httpx.CloseError("reset"), UpstreamUnavailable),
        (httpx.ProxyError("proxy"), UpstreamUnavailable),
        (httpx.RemoteProtocolError("cut"), UpstreamUnavailable),
        (ConnectionResetError("reset"), UpstreamUnavailable),
        (httpx.LocalProtocolError("ours"), UpstreamUnreadable),
        (httpx.UnsupportedProtocol("ftp"), UpstreamUnreadable),
        (httpx.DecodingError("gzip"), UpstreamUnreadable),
        (httpx.InvalidURL("address"), UpstreamUnreadable),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_every_failure_of_the_network_becomes_one_of_ours(
    raised: Exception, expected: type[UpstreamError]
) -> None:
    class Broken(httpx.AsyncBaseTransport):
        async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
            raise raised

    async with talking_to(Broken()) as client:
        with pytest.raises(expected, match=type(raised).__name__) as told:
            await client.walk("fr", DAY, DAY)

    assert told.value.__cause__ is raised


async def test_connections_lost_in_the_middle_are_tried_again() -> None:
    class LosesTheFirst(httpx.ASGITransport):
        lost = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("events") and not self.lost:
                self.lost += 1
                raise httpx.RemoteProtocolError("peer closed connection")
            return await super().handle_async_request(request)

    async with talking_to(LosesTheFirst(AmiliaServer([event(1)], [program()]))) as client:
        assert ids(await client.walk("fr", DAY, DAY)) == [1]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply({}, 503), ["503"] * 4),
        (Reply({}, 404), ["404"]),
        (Reply(b"", headers={"Content-Encoding": "br"}), ["unreadable"]),
    ],
    ids=str,
)
async def test_each_failed_call_is_observed_with_its_outcome(reply: Reply, expected: list[str]) -> None:
    observed: list[str] = []
    server = answering(reply)

    async with talking_to(server, observe=lambda outcome, _: observed.append(outcome)) as client:
        with pytest.raises(UpstreamError):
            await client.walk("fr", DAY, DAY)

    assert len(server.calls) == len(observed)
    assert expected == [outcome for outcome in observed if outcome not in ("200", "cancelled")]


async def test_each_answered_call_is_observed_with_its_status_and_seconds() -> None:
    observed: list[tuple[str, float]] = []
    server = AmiliaServer([event(1)], [program()])

    async with talking_to(server, observe=lambda *call: observed.append(call)) as client:
        await client.walk("fr", DAY, DAY)

    assert [outcome for outcome, _ in observed] == ["200"] * 3
    assert all(0 < seconds < 5 for _, seconds in observed)


async def test_nothing_is_logged_when_calls_fail(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)

    with pytest.raises(UpstreamUnavailable):
        await walked(answering(Reply({}, 500)))

    assert [record.getMessage() for record in caplog.records if record.name != "httpx"] == []
