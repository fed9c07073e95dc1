"""Secrets are shown to nobody and go only into the headers that they are for."""

from datetime import UTC, datetime

import httpx
import pytest

from app.amilia.credentials import KeyCredentials, Secret, UserCredentials, bearer
from app.amilia.tokens import expiry
from tests.support.amilia_jwt import jwt


def sent_with(auth: httpx.Auth) -> httpx.Headers:
    request = next(auth.sync_auth_flow(httpx.Request("GET", "https://amilia.example/")))
    return request.headers


HUSHED = [Secret("hush"), UserCredentials("hush", "hush"), KeyCredentials("hush", "hush")]


@pytest.mark.parametrize("value", HUSHED, ids=lambda value: type(value).__name__)
def test_a_secret_cannot_print_itself(value: object) -> None:
    assert "hush" not in f"{value} {value!r} {[value]}"


def test_secrets_are_equal_by_their_text() -> None:
    assert {Secret("a"), Secret("a")} == {Secret("a")}
    assert Secret("a") not in (Secret("b"), "a")


def test_user_credentials_are_sent_as_http_basic() -> None:
    headers = sent_with(UserCredentials("Aladdin", "open sesame").auth())

    assert headers["Authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="  # RFC 7617 §2


def test_a_key_pair_is_sent_in_its_own_headers_only() -> None:
    headers = sent_with(KeyCredentials(" key\n", "secret").auth())

    assert (headers["X-AMILIA-APIKEY"], headers["X-AMILIA-APISECRET"]) == ("key", "secret")
    assert "Authorization" not in headers


def test_a_token_is_sent_as_bearer() -> None:
    assert sent_with(bearer(Secret("token")))["Authorization"] == "Bearer token"


@pytest.mark.parametrize("text", ["", " ", "two words", "line\nbreak", "clé"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match="no HTTP header can carry") as raised:
        KeyCredentials("key", text)

    assert not text.strip() or text not in str(raised.value)


def test_the_end_of_a_jwt_is_read() -> None:
    end = datetime(2027, 9, 1, 12, tzinfo=UTC)

    assert expiry(jwt(exp=end)) == end


@pytest.mark.parametrize(
    "token",
    [
        "opaque",
        "a.b.c",
        "a.%%%.c",
        "a.eyJ4IjoxfQ.c",  # {"x":1}
        "a.eyJleHAiOiJzb29uIn0.c",  # {"exp":"soon"}
        "a.eyJleHAiOjFlMzAwfQ.c",  # {"exp":1e300}
        "a.W10.c",  # []
        "a.é.c",
        "..",
        "a.b.c.d",
    ],
)
def test_a_token_that_does_not_tell_its_end_has_none(token: str) -> None:
    assert expiry(token) is None
