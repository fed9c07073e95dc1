"""From an address to the store that it names, without the store being there."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import StoreUnavailable
from app.store import open_store
from app.store.redis import RedisStore
from app.store.redis.address import address_of
from app.store.sqlite import SqliteStore
from tests.support.fakes import FakeClock


def test_a_file_may_be_named_from_here_or_from_the_root() -> None:
    relative = open_store("sqlite:///data/feeds.db", clock=FakeClock())
    absolute = open_store("sqlite:////srv/feeds/feeds.db", clock=FakeClock())

    assert repr(relative) == "<SqliteStore data/feeds.db closed>"
    assert repr(absolute) == "<SqliteStore /srv/feeds/feeds.db closed>"


def test_a_file_is_for_one_host_and_a_server_for_many() -> None:
    assert open_store("sqlite:///feeds.db", clock=FakeClock()).shared is False
    assert open_store("redis://localhost", clock=FakeClock()).shared is True


async def test_opening_makes_and_asks_nothing(tmp_path: Path) -> None:
    stores = [
        open_store(f"sqlite:///{tmp_path}/deep/feeds.db", clock=FakeClock()),
        open_store("redis://localhost:1/0", clock=FakeClock()),
    ]

    assert isinstance(stores[0], SqliteStore)
    assert isinstance(stores[1], RedisStore)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240  # nobody waits for this loop
    for store in stores:
        await store.aclose()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://localhost", "redis://localhost:6379/0"),
        ("redis://cache.example.org:6380/5", "redis://cache.example.org:6380/5"),
        ("redis://:secret@cache/", "redis://cache:6379/0"),
        ("rediss://feeds:s%2Fecret@[2001:db8::1]:6380/1", "rediss://[2001:db8::1]:6380/1"),
        ("redis://localhost?db=3", "redis://localhost:6379/3"),
        ("unix:///run/redis/redis.sock", "unix:///run/redis/redis.sock"),
        ("unix://feeds:secret@/run/redis.sock?db=2", "unix:///run/redis.sock"),
    ],
)
def test_a_server_is_shown_by_its_place_without_secrets(url: str, place: str) -> None:
    address = address_of(url)

    assert address.place == place
    assert "secret" not in repr(address)


def test_user_and_password_may_hold_anything_that_is_percent_encoded() -> None:
    options = address_of("redis://f%C3%A9eds:p%40%3A%2F%25ss@localhost:6379/0").options

    assert (options["username"], options["password"]) == ("féeds", "p@:/%ss")


@pytest.mark.parametrize(
    ("query", "seconds"), [("", None), ("?socket_timeout=0.5", 0.5), ("?db=3&socket_timeout=10", 10.0)]
)
def test_an_address_may_say_how_long_a_call_may_take(query: str, seconds: float | None) -> None:
    assert address_of(f"redis://localhost{query}").timeout_seconds == seconds


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feeds.db",
        "sqlite:feeds.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///data/",
        "postgres://herring@localhost/feeds",
        "REDIS://localhost",
        "redis:herring@localhost",
        "redis://user:herr/ing@localhost",
        "redis://localhost:herring",
        "redis://localhost:99999999",
        "redis://localhost/herring",
        "redis://localhost/0/1",
        "redis://localhost/0?password=herring",
        "redis://localhost/0?db=herring",
        "redis://localhost/0?socket_timeout=herring",
        "redis://localhost/0?socket_timeout=0",
        "redis://localhost/0?socket_timeout=nan",
        "redis://localhost/0?herring=1",
        "redis://[herring/0",
        "unix://",
    ],
)
def test_what_names_no_store_is_said_in_one_sentence_that_repeats_none_of_it(url: str) -> None:
    with pytest.raises(ValueError, match="address of a") as failure:
        open_store(url, clock=FakeClock())

    sentence = str(failure.value)
    assert "herring" not in sentence
    assert "\n" not in sentence
    assert failure.value.__suppress_context__ or failure.value.__context__ is None


async def test_a_name_that_nobody_knows_is_no_error_before_it_is_used() -> None:
    store = open_store("redis://:herring@store.invalid:6379/0", clock=FakeClock())

    with pytest.raises(StoreUnavailable, match=r"^redis://store\.invalid:6379/0 ") as failure:
        await store.token("8008")

    assert "herring" not in str(failure.value)
    await store.aclose()


def test_who_needs_no_server_does_not_load_its_library() -> None:
    program = (
        "import sys; from app.store import open_store; "
        "open_store('sqlite:///feeds.db', clock=lambda: None); print('redis' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)  # noqa: S603

    assert done.stdout == "False\n"
