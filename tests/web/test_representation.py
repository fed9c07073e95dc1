"""One content, the answers it has, and which of them a request gets."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.web.compression import ENCODINGS
from app.web.http import CDN_CACHE_CONTROL
from app.web.representation import (
    NO_BODY,
    Choice,
    Fields,
    Manner,
    Messages,
    Representation,
    conclude,
    etag_of,
    joined,
    unchanged,
    whole,
)

DATED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GZIP = ENCODINGS["gzip"]
BODY = b"BEGIN:VCALENDAR"
WHAT = Representation(
    body=BODY,
    content_type="text/calendar; charset=utf-8",
    etag="abc",
    last_modified=DATED,
    lang="fr",
    disposition='inline; filename="club.ics"',
    further={"X-Robots-Tag": "noindex"},
)
MANNER = Manner(source="hit", exact=True, dated=DATED, varies=True)
CHOICE = Choice(unchanged(WHAT, MANNER, [GZIP, None]), DATED, whole(WHAT, MANNER, GZIP, b"packed"))


def headers(messages: Messages | None) -> dict[str, str]:
    assert messages is not None
    fields = [(name.decode(), value.decode()) for name, value in messages[0]["headers"]]
    assert len(dict(fields)) == len(fields)
    return dict(fields)


def test_a_whole_answer_says_all_that_a_cache_and_a_client_must_know() -> None:
    assert headers(whole(WHAT, MANNER, None, BODY)) == {
        "etag": '"abc"',
        "last-modified": "Sun, 22 Nov 2026 12:00:00 GMT",
        "cache-control": "public, max-age=300, stale-if-error=604800",
        "cdn-cache-control": CDN_CACHE_CONTROL,
        "cache-status": "amilia-feeds; hit",
        "vary": "Accept-Encoding",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Last-Modified, Cache-Status",
        "content-type": "text/calendar; charset=utf-8",
        "content-length": "15",
        "content-disposition": 'inline; filename="club.ics"',
        "content-language": "fr",
        "x-robots-tag": "noindex",
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    }


def test_a_compressed_answer_has_its_own_tag_and_no_length() -> None:
    plain = headers(whole(WHAT, MANNER, None, BODY))

    packed = headers(whole(WHAT, MANNER, GZIP, b"packed"))

    assert (packed["etag"], packed["content-encoding"]) == ('"abc-gz"', "gzip")
    assert plain.keys() - packed.keys() == {"content-length"}
    assert packed.keys() - plain.keys() == {"content-encoding"}


def test_a_304_says_what_a_cache_updates_and_nothing_of_the_content() -> None:
    start = CHOICE.unchanged[b'"abc-gz"']

    assert start["status"] == 304
    assert headers((start, NO_BODY)).keys() == {
        *("etag", "last-modified", "cache-control", "cdn-cache-control", "cache-status", "vary"),
        *("access-control-allow-origin", "access-control-expose-headers"),
    }


def test_a_route_may_say_how_long_its_answer_lives_and_what_it_varies_with() -> None:
    own = replace(WHAT, further={"cache-control": "no-store", "VARY": "Accept-Language"})

    for messages in (
        whole(own, MANNER, None, b""),
        (unchanged(own, MANNER, [None])[b'"abc"'], NO_BODY),
    ):
        found = headers(messages)
        assert (found["cache-control"], found["vary"]) == ("no-store", "Accept-Language, Accept-Encoding")
        assert "cdn-cache-control" not in found


def test_what_will_soon_be_another_lives_shortly_everywhere() -> None:
    found = headers(whole(WHAT, replace(MANNER, exact=False), None, b""))

    assert found["cache-control"] == "public, max-age=15"
    assert "cdn-cache-control" not in found


@pytest.mark.parametrize(
    ("fields", "status", "tag"),
    [
        ({}, 200, '"abc-gz"'),
        ({b"if-none-match": b'"abc-gz"'}, 304, '"abc-gz"'),
        ({b"if-none-match": b'"abc"'}, 304, '"abc"'),
        ({b"if-none-match": b'W/"abc", "abc-gz"'}, 304, '"abc-gz"'),
        ({b"if-none-match": b"*"}, 304, '"abc-gz"'),
        ({b"if-none-match": b'"abc-br"'}, 200, '"abc-gz"'),
        ({b"if-none-match": b""}, 200, '"abc-gz"'),
        ({b"if-modified-since": b"Sun, 22 Nov 2026 12:00:00 GMT"}, 304, '"abc-gz"'),
        ({b"if-modified-since": b"Sun, 22 Nov 2026 11:00:00 GMT"}, 200, '"abc-gz"'),
        ({b"if-modified-since": b"\xff"}, 200, '"abc-gz"'),
        (
            {b"if-none-match": b'"old"', b"if-modified-since": b"Sun, 22 Nov 2026 12:00:00 GMT"},
            200,
            '"abc-gz"',
        ),
        ({b"if-none-match": b'"abc"', b"cache-control": b"no-cache"}, 304, '"abc"'),
    ],
)
def test_the_answer_that_a_request_gets(fields: Fields, status: int, tag: str) -> None:
    messages = conclude(CHOICE, "GET", fields)

    assert messages is not None
    assert (messages[0]["status"], headers(messages)["etag"]) == (status, tag)
    assert messages[1]["body"] == (b"packed" if status == 200 else b"")


def test_head_is_get_without_the_body() -> None:
    got, head = conclude(CHOICE, "GET", {}), conclude(CHOICE, "HEAD", {})

    assert headers(got) == headers(head)
    assert head is not None
    assert head[1] == NO_BODY


def test_a_304_needs_no_body_to_be_made() -> None:
    unmade = replace(CHOICE, whole=None)

    assert conclude(unmade, "GET", {}) is None
    assert conclude(unmade, "HEAD", {}) is None
    assert conclude(unmade, "GET", {b"if-none-match": b'"abc"'}) is not None


def test_an_answer_without_a_date_has_none_to_be_asked_by() -> None:
    undated = Choice(CHOICE.unchanged, None, CHOICE.whole)

    messages = conclude(undated, "GET", {b"if-modified-since": b"Sun, 22 Nov 2026 12:00:00 GMT"})

    assert messages == CHOICE.whole


def test_lines_of_one_name_are_one_list() -> None:
    lines = [(b"host", b"a"), (b"if-none-match", b'"x"'), (b"accept", b"*/*"), (b"if-none-match", b'"y"')]

    assert joined(lines) == {b"host": b"a", b"if-none-match": b'"x", "y"', b"accept": b"*/*"}


def test_a_tag_of_a_body_is_its_own() -> None:
    assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
