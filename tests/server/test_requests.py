"""What is no request, or too much of one, is answered at once and costs nothing more."""

import logging
from contextlib import suppress
from typing import ClassVar

import pytest

from app.server.application import Message, Receive, Send
from app.server.bounds import Bounds
from tests.server.lines import HELLO, Answer, asking, serving
from tests.server.shop import Shop

BOUNDS = Bounds(farewell_seconds=0.01)


async def answers_to(requests: list[bytes]) -> list[Answer]:
    """Each over a connection of its own, which is over if the answer says so."""
    answers = []
    async with serving(Shop()) as place:
        for request in requests:
            line = await place.line()
            answers.append(await line.ask(request))
            if answers[-1].is_last:
                assert await line.is_over()
        return answers


LARGEST_TARGET = "/" + "x" * (BOUNDS.target - 1)
FIELDS = [f"X-{number}: y" for number in range(BOUNDS.fields - 1)]  # and Host


async def test_what_is_too_large_is_refused_at_once() -> None:
    expected = {
        asking(LARGEST_TARGET): 200,
        asking(LARGEST_TARGET + "x"): 414,
        asking("/?q=" + "x" * 100_000): 414,
        b"GET /" + b"x" * 1_000_000: 414,
        asking("/", *FIELDS): 200,
        asking("/", *FIELDS, "X-One: more"): 431,
        asking("/", f"X-Large: {'x' * (BOUNDS.head - 100)}"): 200,
        asking("/", f"X-Large: {'x' * BOUNDS.head}"): 431,
        asking("/", f"X-Endless: {'x' * 3_000_000}")[:-4]: 431,
        asking("/", *[f"X-{number}: y" for number in range(100_000)])[:-4]: 431,
    }

    answers = await answers_to(list(expected))

    assert [answer.status for answer in answers] == list(expected.values())
    assert {answer.status for answer in answers if answer.is_last} == {414, 431}


async def test_garbage_is_refused_without_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    garbage = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,  # TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"HELO mail.example.org\r\n",
        b"GET / HTTP/9.9\r\nHost: shop\r\n\r\n",
        b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n",
        b"GET /caf\xe9 HTTP/1.1\r\nHost: shop\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : shop\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: \0\r\n\r\n",
        b"POST /body HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
    ]

    answers = await answers_to(garbage)

    assert [(answer.status, answer.is_last) for answer in answers] == [(400, True)] * len(garbage)
    assert "Ceci n’est pas une requête." in answers[0].body.decode()
    assert [record.message for record in caplog.records if record.name.startswith("uvicorn")] == []


async def test_what_is_odd_but_a_request_is_answered() -> None:
    odd = [
        b"GET /\r\n\r\n",  # HTTP/0.9
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \"'<>\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\r\n\r\nGET / HTTP/1.1\r\nHost: shop\r\n\r\n",
        asking("/%00%2e%2e%2fetc//..\\x"),
        b"OPTIONS * HTTP/1.1\r\nHost: shop\r\n\r\n",
        asking("/%ff%ed%a0%80"),
        asking("/" + "../" * 2000),
    ]

    answers = await answers_to(odd)

    assert [answer.status for answer in answers] == [200] * len(odd)


async def test_an_upgrade_is_declined_by_answering_plainly() -> None:
    (answer,) = await answers_to([asking("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")])

    assert (answer.status, answer.is_last) == (200, True)


async def test_what_a_proxy_says_of_the_client_is_not_heard() -> None:
    class Seen(Shop):
        """Keeps who asks."""

        scopes: ClassVar[list[Message]] = []

        async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
            self.scopes.append(scope)
            await super().__call__(scope, receive, send)

    async with serving(Seen()) as place:
        line = await place.line()
        await line.ask(asking("/", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: https"))
        here = line.writer.get_extra_info("sockname")

    asked = Seen.scopes[-1]
    assert (asked["scheme"], asked["client"]) == ("http", here)


async def test_requests_that_come_together_are_answered_in_their_order() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        await line.say(asking("/large") + HELLO * 20)
        large = await line.answer()
        others = [await line.answer() for _ in range(20)]

    assert len(large.body) == 4_000_000
    assert {answer.status for answer in others} == {200}


async def test_of_too_many_that_come_together_the_first_are_answered_whole() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        await line.say(asking("/large") + HELLO * 5000)
        large = await line.answer()
        others = [await line.answer() for _ in range(BOUNDS.pipelined)]
        over = await line.is_over()

    assert (large.status, len(large.body)) == (200, 4_000_000)
    assert {answer.status for answer in others} == {200}
    assert [answer.is_last for answer in others] == [False] * (BOUNDS.pipelined - 1) + [True]
    assert over


async def test_garbage_behind_a_request_does_not_get_into_its_answer() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        answer = await line.ask(asking("/large") + b"\0garbage\0\r\n\r\n")
        over = await line.is_over()

    assert (answer.status, answer.body) == (200, b"x" * 4_000_000)
    assert over


async def test_a_body_beyond_all_bounds_ends_the_connection() -> None:
    shop = Shop()
    async with serving(shop) as place:
        line = await place.line()
        await line.say(b"POST /body HTTP/1.1\r\nHost: shop\r\nContent-Length: 99999999\r\n\r\n")
        with suppress(ConnectionError):
            for _ in range(99):
                await line.say(b"x" * 1_000_000)
        over = await line.is_over()

    assert over
    assert place.server.crowd.refused == {"413": 1}


async def test_a_refused_client_that_goes_on_sending_still_gets_to_read_why() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        await line.say(b"\0")
        for _ in range(20):
            await line.say(b"x" * 100_000)
        answer = await line.answer()
        place.hurry(3)
        over = await line.is_over()
        await place.until(connections=0)

    assert (answer.status, over) == (400, True)


async def test_refusals_are_told_of_in_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with serving(Shop()) as place:
        place.hurry(0)
        for _ in range(50):
            line = await place.line()
            await line.ask(b"\0\r\n\r\n")
        for second in range(90):
            place.hurry(second)

    told = [record for record in caplog.records if "were refused" in record.message]
    assert [record.__dict__["refused"] for record in told] == [{"400": 50}]
