"""Only whole web addresses are published."""

import pytest

from app.amilia.addresses import absolute

WHOLE = [
    ("https://app.amilia.com/store/fr/club/shop/activities/1?quickRegisterId=2#a", None),
    ("http://club.example", None),
    ("HTTPS://Club.Example/A", None),
    ("https://x.ssl.cf2.rackcdn.com//4f1c_photo.jpg", None),
    ("https://club.example/été à deux", "https://club.example/%C3%A9t%C3%A9%20%C3%A0%20deux"),
    ("https://club.example/50%25", None),
    ('https://club.example/"><script>', "https://club.example/%22%3E%3Cscript%3E"),
    ("https://club.example/a\r\nX-Evil: 1", "https://club.example/a%0D%0AX-Evil:%201"),
]
REFUSED = [
    "",
    "shop/activities/1",
    "/shop/activities/1",
    "end_of_season_match.jpg",
    "match.jpg",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:club@example.org",
    "ftp://club.example/x",
    "https://",
    "https:///path",
    "https://user:password@club.example/",
    "https://club.example:port/",
    "https://[half/",
    "https://clüb.example/",
    "https://club example/",
    "file:///etc/passwd",
]


@pytest.mark.parametrize(("address", "expected"), WHOLE)
def test_an_absolute_address_is_kept_in_letters_that_uris_have(address: str, expected: str | None) -> None:
    assert absolute(address) == (expected or address)


@pytest.mark.parametrize("address", [*REFUSED, "supersport.com/end/of/season/match", "//club.example/x"])
def test_anything_else_is_nothing(address: str) -> None:
    assert absolute(address) == ""
