"""The id of a request: from the caller to the log and back."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.main import client_of, create_app
from app.telemetry.logs import configure
from tests.support.service import Service, settings_for

FEED = "/orgs/lakeside/calendar.ics"
MINE = "mine-42"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log of the test, as JSON."""
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    configure("json", stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_who_sends_an_id_gets_it_back_from_wherever_the_answer_comes(service: Service) -> None:
    answers = [await service.get(FEED, X_Request_Id=MINE) for _ in range(3)]
    answers.append(await service.get("/nothing", X_Request_Id=MINE))

    assert [answer.headers.get("x-request-id") for answer in answers] == [MINE] * 4


async def test_who_sends_none_or_an_odd_one_gets_the_same_bytes_as_everybody(service: Service) -> None:
    await service.get(FEED)
    plain = await service.get(FEED)

    odd = await service.get(FEED, X_Request_Id="two words <script>")

    assert "x-request-id" not in odd.headers
    assert odd.headers.raw == plain.headers.raw


async def test_what_is_logged_for_a_request_has_its_id(service: Service, written: io.StringIO) -> None:
    service.fault("500")

    answer = await service.get(FEED, X_Request_Id=MINE)

    (line,) = (line for line in lines(written) if "cannot be read" in str(line["event"]))
    assert line["request_id"] == MINE
    assert f"(Reference: {MINE})" in answer.text


async def test_a_bug_is_one_line_and_a_page_that_names_it(tmp_path: Path, written: io.StringIO) -> None:
    app = create_app(settings_for(tmp_path), transport=httpx.MockTransport(lambda _: httpx.Response(500)))

    async def bug() -> None:
        raise RuntimeError("unforeseen")

    app.add_api_route("/bug", bug)
    async with client_of(app) as client:
        answer = await client.get("/bug")

    (line,) = (line for line in lines(written) if line["level"] == "error")
    told = answer.headers["x-request-id"]
    assert (answer.status_code, line["request_id"], line["route"]) == (500, told, "/bug")
    assert told in answer.text
    assert "unforeseen" not in answer.text
    assert "RuntimeError: unforeseen" in str(line["exception"])
