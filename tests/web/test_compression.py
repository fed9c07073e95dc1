"""Who gets what compressed."""

import zlib

import brotli  # type: ignore[import-untyped]  # has no types
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from app.web.compression import ENCODINGS, accepted, is_shy, is_worth_it

BODY = b"BEGIN:VEVENT\r\nSUMMARY:Natation\r\nEND:VEVENT\r\n" * 500
READERS = {
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "gzip": lambda body: zlib.decompress(body, 16 + zlib.MAX_WBITS),
}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, ["identity"]),
        ("", ["identity"]),
        ("gzip", ["gzip", "identity"]),
        ("GZip", ["gzip", "identity"]),
        ("x-gzip", ["gzip", "identity"]),
        ("gzip, deflate, br, zstd", ["br", "zstd", "gzip", "identity"]),
        ("gzip, deflate", ["gzip", "identity"]),
        ("deflate, compress", ["identity"]),
        ("br;q=0.5, gzip;q=0.8", ["gzip", "br", "identity"]),
        ("br ; Q=0.5 , gzip ; q = 0.8", ["gzip", "br", "identity"]),
        ("br;q=0, gzip", ["gzip", "identity"]),
        ("br;q=0.000, zstd;q=0.001", ["zstd", "identity"]),
        ("*", ["gzip", "identity"]),
        ("*;q=0", ["identity"]),
        ("br, *;q=0", ["br", "identity"]),
        ("gzip;q=0, *", ["identity"]),
        ("identity", ["identity"]),
        ("identity;q=0", ["identity"]),
        ("identity, gzip;q=0.5", ["identity", "gzip"]),
        ("identity;q=0.5, gzip;q=0.5", ["gzip", "identity"]),
        ("identity;q=0.5, gzip;q=1.0, br;q=0.2", ["gzip", "identity", "br"]),
        ("gzip;q=2, br", ["br", "identity"]),
        ("gzip;q=-1", ["identity"]),
        ("gzip;q=nan", ["identity"]),
        ("gzip;level=9", ["gzip", "identity"]),
        (";;,,=", ["identity"]),
    ],
)
def test_the_codings_that_a_client_accepts(header: str | None, expected: list[str]) -> None:
    assert list(accepted(header)) == expected


@given(st.text(alphabet="abgiprtvzx*;=q.,01 -\t", max_size=60))
def test_any_header_leads_to_codings_that_exist_each_once(header: str) -> None:
    codings = accepted(header)

    assert sorted(set(codings)) == sorted(codings)
    assert "identity" in codings
    assert set(codings) <= {*ENCODINGS, "identity"}


@pytest.mark.parametrize("coding", list(ENCODINGS))
def test_each_form_reads_as_the_content_and_is_always_the_same(coding: str) -> None:
    one, two = (ENCODINGS[coding].compress([bytes(bytearray(BODY))], len(BODY)) for _ in range(2))
    in_blocks = [ENCODINGS[coding].compress([BODY[:700], BODY[700:]], len(BODY)) for _ in range(2)]

    assert READERS[coding](one) == READERS[coding](in_blocks[0]) == BODY
    assert one == two
    assert in_blocks[0] == in_blocks[1]
    assert len(one) * 10 < len(BODY)


def test_no_two_encodings_share_a_tag() -> None:
    marks = [encoding.mark for encoding in ENCODINGS.values()]

    assert len(set(marks)) == len(marks)
    assert "" not in marks


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (b"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", True),
        (b"Microsoft.Exchange/15.20", True),
        (b"Outlook-iOS/2.0", True),
        (b"Mozilla/4.0 (compatible; ms-office; MSOffice 16)", True),
        (b"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", False),
        (b"Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.0", False),
        (b"iOS/18.0 (22A3354) dataaccessd/1.0", False),
        (b"Google-Calendar-Importer", False),
        (b"", False),
    ],
)
def test_clients_that_fail_on_compressed_calendars_are_known(agent: bytes, expected: bool) -> None:  # table
    assert is_shy(agent) is expected


@pytest.mark.parametrize(
    ("content_type", "octets", "expected"),
    [
        ("text/calendar; charset=utf-8", 1000, True),
        ("text/calendar; charset=utf-8", 999, False),
        ("application/json; charset=utf-8", 5000, True),
        ("application/atom+xml; charset=utf-8", 5000, True),
        ("text/javascript; charset=utf-8", 5000, True),
        ("image/svg+xml", 5000, True),
        ("image/png", 5000, False),
        ("font/woff2", 5000, False),
        ("application/octet-stream", 5000, False),
    ],
)
def test_only_text_of_some_size_is_worth_compressing(content_type: str, octets: int, expected: bool) -> None:
    assert is_worth_it(content_type, octets) is expected
