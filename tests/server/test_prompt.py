"""What an application answers at once goes over the wire as it would by calling it, and harms nobody."""

from dataclasses import dataclass, field

import pytest

from app.server.application import Answer, Message, Receive, Send
from app.server.bounds import Bounds
from app.server.prompt import MOST_FRAMES, Frames, frame
from tests.server.lines import HELLO, Line, asking, serving
from tests.server.shop import Shop

BOUNDS = Bounds(farewell_seconds=0.01)
DATE = [(b"date", b"Sun, 22 Nov 2026 17:00:00 GMT")]
GOODBYE = asking("/", "Connection: close")


def made(status: int, body: bytes, *fields: tuple[bytes, bytes]) -> Answer:
    start = {"type": "http.response.start", "status": status, "headers": [(b"ETag", b'"a"'), *fields]}
    return start, {"type": "http.response.body", "body": body}


def length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


READY = {
    "/chunks": made(200, b"BEGIN:VCALENDAR", (b"content-encoding", b"gzip")),
    "/empty-chunks": made(200, b""),
    "/large-chunks": made(200, b"x" * 1_000_000),
    "/length": made(200, b"BEGIN", length(b"BEGIN")),
    "/large": made(200, b"x" * 1_000_000, length(b"x" * 1_000_000)),
    "/nothing": made(200, b"", length(b"")),
    "/unchanged": made(304, b""),
    "/no-content": made(204, b""),
    "/missing": made(404, b"?", length(b"?")),
    "/last": made(200, b"bye", length(b"bye"), (b"Connection", b"close")),
}


@dataclass(slots=True)
class PromptShop(Shop):
    """Has answers, and gives them at once unless it is ``slow``; in the diary stands who had to call."""

    slow: bool = False
    asked: list[str] = field(default_factory=list)

    def at_once(self, scope: Message) -> Answer | None:
        self.asked.append(scope["path"])
        if scope["path"] == "/bug":
            raise ZeroDivisionError
        return None if self.slow else READY.get(scope["path"])

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        answer = READY.get(scope.get("path", ""))
        if answer is None:
            await Shop.__call__(self, scope, receive, send)
            return
        self.diary.append(scope["path"])
        for message in answer:
            await send(message)


async def said(line: Line, data: bytes) -> bytes:
    """All that is answered until the connection ends, but for the moment."""
    await line.say(data)
    lines = (await line.reader.read(-1)).split(b"\r\n")
    return b"\r\n".join(b"date" if it.startswith(b"date: ") else it for it in lines)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_octets_are_those_of_a_call(method: str) -> None:
    prompt, slow = PromptShop(), PromptShop(slow=True)
    requests = {path: asking(path).replace(b"GET", method.encode(), 1) * 2 + GOODBYE for path in READY}
    async with serving(prompt) as place, serving(slow) as other_place:
        at_once = {path: await said(await place.line(), it) for path, it in requests.items()}
        called = {path: await said(await other_place.line(), it) for path, it in requests.items()}

    assert [it for it in at_once.items() if it not in called.items()] == []
    assert set(prompt.diary) & set(READY) == ({"/last"} if method == "GET" else set(READY))
    assert set(READY) < set(slow.diary)


async def test_whoever_has_no_answer_at_once_is_called() -> None:
    shop = PromptShop()
    async with serving(shop) as place:
        line = await place.line()
        answers = [await line.ask(asking(path)) for path in ("/length", "/", "/length")]

    assert [answer.body[:5] for answer in answers] == [b"BEGIN", b"shop ", b"BEGIN"]
    assert [path for path in shop.diary if path.startswith("/")] == ["/"]


async def test_one_after_the_other_any_number_is_answered_at_once() -> None:
    shop = PromptShop()
    async with serving(shop) as place:
        line = await place.line()
        answers = [await line.ask(asking("/length")) for _ in range(BOUNDS.pipelined + 5)]

    assert {answer.body for answer in answers} == {b"BEGIN"}
    assert shop.diary == ["opened", "closed"]


async def test_answers_that_come_together_keep_their_order() -> None:
    async with serving(PromptShop()) as place:
        line = await place.line()
        await line.say((asking("/length") + HELLO + asking("/missing")) * 5)
        statuses = [(await line.answer()).body[:5] for _ in range(15)]

    assert statuses == [b"BEGIN", b"shop ", b"?"] * 5


async def test_of_very_many_that_come_together_only_some_are_answered_before_others_have_their_turn() -> None:
    shop = PromptShop()
    async with serving(shop) as place:
        line = await place.line()
        await line.say(asking("/length") * 1000)
        answers = 0
        while not (await line.answer()).is_last:
            answers += 1

    assert answers == BOUNDS.pipelined * 2  # at once, then those that wait for the one that was called
    assert shop.diary[1] == "/length"


async def test_who_does_not_read_gets_no_more_until_there_is_room() -> None:
    shop = PromptShop()
    async with serving(shop) as place:
        line = await place.line(window=4096)
        await line.say(asking("/large") * 20)
        await line.is_over()  # until something is answered
        asked = len(shop.asked)
        bodies = [len((await line.answer()).body)]
        bodies += [len((await line.answer()).body) for _ in range(19)]

    assert asked < 10
    assert bodies == [1_000_000] * 20


async def test_an_upgrade_is_declined_and_ends_the_connection() -> None:
    async with serving(PromptShop()) as place:
        line = await place.line()
        answer = await line.ask(asking("/length", "Connection: Upgrade", "Upgrade: h2c"))
        over = await line.is_over()

    assert (answer.status, answer.is_last, over) == (200, True, True)


async def test_old_clients_and_those_who_leave_see_the_connection_end() -> None:
    old = b"GET /length HTTP/1.0\r\n\r\n"
    async with serving(PromptShop()) as place:
        lines = [await place.line() for _ in range(2)]
        answers = [
            await line.ask(request)
            for line, request in zip(lines, [old, asking("/length", "Connection: close")], strict=True)
        ]
        over = [await line.is_over() for line in lines]

    assert [(answer.body, answer.is_last) for answer in answers] == [(b"BEGIN", True)] * 2
    assert over == [True, True]


async def test_a_server_that_is_leaving_says_so_with_every_answer() -> None:
    async with serving(PromptShop(), BOUNDS) as place:
        line = await place.line()
        first = await line.ask(asking("/length"))
        place.server.crowd.closing = True
        second = await line.ask(asking("/length"))

    assert (first.is_last, second.is_last) == (False, True)


async def test_a_failure_is_logged_and_the_application_called(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(PromptShop()) as place:
        line = await place.line()
        answer = await line.ask(asking("/bug"))

    assert answer.body.startswith(b"shop ")
    assert [record.message for record in caplog.records] == [
        "An application failed to say whether it has an answer"
    ]


async def test_garbage_behind_an_answer_gets_its_own() -> None:
    async with serving(PromptShop()) as place:
        line = await place.line()
        first = await line.ask(asking("/length") + b"\0\r\n\r\n")
        second = await line.answer()

    assert (first.status, first.body, second.status) == (200, b"BEGIN", 400)


async def test_a_body_behind_an_answer_is_not_taken_for_a_request() -> None:
    async with serving(PromptShop()) as place:
        line = await place.line()
        first = await line.ask(asking("/length", f"Content-Length: {len(HELLO)}") + HELLO)
        second = await line.ask(asking("/missing"))

    assert (first.body, second.body) == (b"BEGIN", b"?")


@pytest.mark.parametrize(
    "answer",
    [
        made(200, b"", (b"Transfer-Encoding", b"gzip, chunked")),
        made(200, b"", (b"connection", b"close")),
        made(200, b"", (b"x", b"a\r\nset-cookie: b")),
        made(200, b"", (b"x:", b"y")),
        made(200, b"abc", length(b"ab")),
        made(200, b"", length(b""), length(b"")),
        made(304, b"a"),
        made(304, b"", length(b"a")),
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_the_usual_way(answer: Answer) -> None:
    assert frame(answer[0], len(answer[1]["body"])) is None
    assert Frames().octets(answer[0], answer[1]["body"], DATE) is None


def test_the_date_and_the_length_are_those_of_the_moment() -> None:
    frames = Frames()
    start, _ = made(200, b"")
    later = [(b"date", b"Sun, 22 Nov 2026 17:00:01 GMT")]

    answers = [frames.octets(start, body, fields) for body, fields in [(b"a", DATE), (b"bcd", later)]]

    assert answers == [
        (
            b"HTTP/1.1 200 OK\r\ndate: Sun, 22 Nov 2026 17:00:0%d GMT\r\n"
            b'etag: "a"\r\ntransfer-encoding: chunked\r\n\r\n%d\r\n' % (second, len(body)),
            body,
            b"\r\n0\r\n\r\n",
        )
        for second, body in enumerate((b"a", b"bcd"))
    ]


def test_not_more_is_remembered_than_is_useful() -> None:
    frames = Frames()

    for _ in range(MOST_FRAMES + 1):
        frames.octets(made(200, b"")[0], b"", DATE)

    assert len(frames._frames) == 1
