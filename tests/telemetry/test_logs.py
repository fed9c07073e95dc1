"""Log lines: one each, with the request's id, without what nobody may read."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Literal

import pytest

from app.telemetry.logs import configure, visible
from app.telemetry.redaction import BLOT, redactor
from app.telemetry.requests import new_id, plain_id, told_apart

SECRET = 'zebra"x\\1+ç'
Format = Literal["text", "json"]
Reader = Callable[[], str]


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, left as it was found."""
    logger = logging.getLogger()
    before = logger.handlers[:], logger.level
    yield logger
    logger.handlers[:], level = before
    logger.setLevel(level)


def listening(log_format: Format, *secrets: str) -> Reader:
    stream = io.StringIO()
    configure(log_format, stream, secrets=secrets)
    return stream.getvalue


def test_a_line_of_json_has_the_facts_as_fields(root: logging.Logger) -> None:
    read = listening("json")

    logging.getLogger("app.x").warning("Said %s", "so", extra={"organization": "club"})

    line = json.loads(read())
    assert (line["event"], line["organization"], line["level"]) == ("Said so", "club", "warning")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_lines_of_a_request_have_its_id_and_no_others(root: logging.Logger, log_format: Format) -> None:
    read = listening(log_format)

    with told_apart("abc-123"):
        logging.getLogger("app.x").info("inside")
    logging.getLogger("app.x").info("outside")

    inside, outside = read().splitlines()
    assert "abc-123" in inside
    assert "abc-123" not in outside


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_secrets_are_blotted_out_wherever_they_stand(root: logging.Logger, log_format: Format) -> None:
    read = listening(log_format, SECRET)

    log = logging.getLogger("library")
    log.error("with %s and %r", SECRET, SECRET, extra={"fact": SECRET, "more": {"deep": [SECRET]}})
    try:
        raise ValueError(f"http://host/?password={SECRET}") from KeyError(SECRET)  # noqa: TRY301
    except ValueError:
        log.exception("failed")

    assert "zebra" not in read()
    assert BLOT in read()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GET /private/AbC_123/coach.ics?x=1", f"GET /private/{BLOT}/coach.ics?x=1"),
        ("POST /webhooks/amilia/s3cret HTTP/1.1", f"POST /webhooks/amilia/{BLOT} HTTP/1.1"),
        ("redis://user:pa55@host:6379/0", f"redis://{BLOT}@host:6379/0"),
        ("rediss://:pa55@host", f"rediss://{BLOT}@host"),
        ("Authorization: Basic dXNlcjpwYXNz", f"Authorization: Basic {BLOT}"),
        ("'authorization': 'Bearer abC.def-ghi'", f"'authorization': 'Bearer {BLOT}'"),
        ("got eyJhbGciOi.eyJzdWIi.sig-nature back", f"got {BLOT} back"),
        ('"X-AMILIA-APISECRET": "hush"', f'"X-AMILIA-APISECRET": "{BLOT}"'),
        ("no such person: ann.lee+x@mail.example.org.", f"no such person: {BLOT}."),
    ],
)
def test_known_shapes_of_secrets_are_blotted_out_of_any_text(text: str, left: str) -> None:
    assert redactor()(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Serving at http://127.0.0.1:8000 with 3 workers",
        "GET en/org/club/activities: Amilia answers 404 (TransactionId 7f3c-1)",
        "sqlite:///data/feeds.db, redis://localhost:6379/0",
        "Basic settings are read; the bearer of this waits",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert redactor(["hush-hush"])(text) == text


def test_the_longer_of_two_secrets_goes_as_a_whole() -> None:
    assert redactor(["abcdef", "abcdefghij"])("abcdefghij") == BLOT


@pytest.mark.parametrize("part", ["a.", "eyJa-", "x://", "@", "Bearer "])
def test_a_hostile_line_takes_no_time(part: str) -> None:
    redact = redactor(["hush-hush"])

    redact(part * 4_000)  # quadratic patterns would make the whole run notice


def test_no_name_from_outside_ends_a_line_or_steers_a_terminal(root: logging.Logger) -> None:
    read = listening("text")

    logging.getLogger("app.x").info("Event \u202egnirts\x1b[2J\r\u2028end")

    assert visible("a\x1b[2Jb\nc\td é ✓") == "a�[2Jb\nc\td é ✓"
    assert not {"\u202e", "\x1b", "\r", "\u2028"} & set(read())


def test_a_library_s_lines_about_each_call_are_not_kept(root: logging.Logger) -> None:
    read = listening("text")

    logging.getLogger("httpx").info("HTTP Request: GET https://app.amilia.com/?secret")

    assert read() == ""


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (b"abc-123_4.5:6/7+8=", "abc-123_4.5:6/7+8="),
        (b"x" * 128, "x" * 128),
        (b"x" * 129, None),
        (b"", None),
        (b"two words", None),
        (b"line\r\nbreak", None),
        (b"break\n", None),
        (b"\xc3\xa9", None),
        (None, None),
    ],
)
def test_an_id_is_taken_over_only_where_it_is_plain(sent: bytes | None, taken: str | None) -> None:
    assert plain_id(sent) == taken


def test_ids_of_ours_are_plain_and_differ() -> None:
    ids = {new_id() for _ in range(50)}

    assert len(ids) == 50
    assert {plain_id(one.encode()) for one in ids} == ids
