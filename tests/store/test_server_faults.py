"""What may happen to a Redis or Valkey server or on the way to it: one sentence, no secret, and it mends."""

import asyncio
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import StoreUnavailable
from app.store.redis import RedisStore
from app.store.redis.server import CONNECTIONS
from tests.store.samples import KEY, LONG, leased, memory, recalled
from tests.store.servers import KINDS, CannotStart, RealServer, ensure_installed, free_port, serving
from tests.support.fakes import NOON, FakeClock

QUICK = 0.25


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fragile(kind: str) -> Iterator[RealServer]:
    """A server that may be stopped: nobody else uses it."""
    with serving(kind) as server:
        yield server


def test_a_real_server_is_here_to_be_tested() -> None:
    with serving(KINDS[0]) as server:
        assert server.ask("PING") == b"+PONG\r\n"


def opened(url: str, timeout_seconds: float = 1.5) -> RedisStore:
    return RedisStore(url, clock=FakeClock(), timeout_seconds=timeout_seconds)


async def complaint_of(store: RedisStore) -> str:
    """The one sentence."""
    with pytest.raises(StoreUnavailable) as failure:
        await store.mark("8008")
    sentence = str(failure.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


async def test_a_server_that_is_not_there_is_said_and_used_once_it_is(kind: str, tmp_path: Path) -> None:
    with serving(kind) as server:
        server.kill()
        store = opened(server.url)

        sentence = await complaint_of(store)
        server.start()

        assert sentence.startswith(f"{server.url} cannot be reached (")
        assert sentence.endswith("start it, or correct the store's address.")
        assert await store.mark("8008") == 1
        await store.aclose()


async def test_a_server_that_was_killed_comes_back_with_all_that_it_acknowledged(fragile: RealServer) -> None:
    store = opened(fragile.url)
    lease = await leased(store)
    generation = await store.keep(lease, bytes(1_000_000), began=NOON, covered=0)
    version = await store.remember(
        "8008", {7: memory()}, language="fr", known=(await recalled(store)).version
    )
    await asyncio.gather(*(store.mark("8008") for _ in range(20)))

    fragile.kill()
    sentence = await complaint_of(store)
    fragile.start()

    assert sentence.startswith(f"{fragile.url} cannot be reached (")
    assert await store.content(KEY) == (generation, bytes(1_000_000))
    assert (await recalled(store)).version == version
    assert await store.mark("8008") == 21
    assert await store.lease(KEY, "two", LONG) is None
    assert await store.renew(lease, LONG) is True
    await store.aclose()


async def test_a_server_that_does_not_answer_is_given_up_in_time_and_used_once_it_does(
    fragile: RealServer,
) -> None:
    store = opened(fragile.url, QUICK)
    await store.mark("8008")
    fragile.pause()

    begin = time.monotonic()
    sentences = await asyncio.gather(*(complaint_of(store) for _ in range(3 * CONNECTIONS)))
    took = time.monotonic() - begin
    fragile.resume()

    assert set(sentences) == {
        f"{fragile.url} did not answer in time; see whether it is overloaded, paused or out of reach."
    }
    assert QUICK <= took < 4 * QUICK
    # Marks that were on their way when they were given up may count as well: one too many costs a refresh.
    assert 2 <= await store.mark("8008") <= 2 + len(sentences)
    await store.aclose()


async def test_nobody_waits_for_a_server_that_does_not_answer_but_who_asked_it(fragile: RealServer) -> None:
    store = opened(fragile.url, QUICK)
    await store.mark("8008")
    fragile.pause()

    asking = asyncio.create_task(complaint_of(store))  # noqa: TID251  # awaited below
    turns = 0
    while not asking.done():
        turns += 1
        await asyncio.sleep(0.001)
    await asking
    fragile.resume()

    assert turns > 20
    await store.aclose()


async def test_a_call_that_was_given_up_leaves_no_answer_for_the_next(fragile: RealServer) -> None:
    store = opened(fragile.url, QUICK)
    await store.keep_token("8008", "secret")
    fragile.pause()
    with pytest.raises(StoreUnavailable):
        await store.token("8008")
    fragile.resume()

    answers = await asyncio.gather(*(store.token(str(number)) for number in range(8000, 8016)))

    assert answers == [None] * 8 + ["secret"] + [None] * 7
    await store.aclose()


async def test_a_caller_that_gives_up_leaves_no_answer_for_the_next(server: RealServer) -> None:
    store = opened(server.url)
    lease = await leased(store)
    await store.keep(lease, b"content", began=NOON, covered=0)

    for _ in range(30):
        impatient = asyncio.create_task(store.content(KEY))  # noqa: TID251  # awaited below
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        assert await store.token("8008") is None
    await store.aclose()


async def test_a_server_that_forgot_its_scripts_is_told_them_again(server: RealServer) -> None:
    store = opened(server.url)
    await store.mark("8008")
    server.ask("SCRIPT FLUSH")

    assert await store.mark("8008") == 2
    await store.aclose()


async def test_few_connections_serve_many_calls(server: RealServer) -> None:
    store = opened(server.url)

    await asyncio.gather(*(store.mark("8008") for _ in range(200)))

    connections = server.ask("CLIENT LIST").count(b"cmd=evalsha")
    assert 1 <= connections <= CONNECTIONS
    await store.aclose()


async def test_a_closed_store_says_so_and_leaves_no_connection(server: RealServer) -> None:
    store = opened(server.url)
    marks = [asyncio.ensure_future(store.mark("8008")) for _ in range(20)]
    await asyncio.sleep(0)

    await store.aclose()
    await store.aclose()

    assert sorted([await mark for mark in marks]) == list(range(1, 21))
    assert await complaint_of(store) == f"{server.url} has been closed."
    assert server.ask("CLIENT LIST").count(b"cmd=evalsha") == 0


async def test_everything_is_under_one_prefix_and_nothing_but_leases_runs_out(server: RealServer) -> None:
    store = opened(server.url)
    lease = await leased(store)
    await store.keep(lease, b"content", began=NOON, covered=0)
    await recalled(store)
    await store.mark("8008")
    await store.keep_token("8008", "token")

    keys = re.findall(rb"\$\d+\r\n([^\r]+)", server.ask("KEYS *"))

    assert all(key.startswith(b"amilia-feeds:") for key in keys)
    running_out = [key for key in keys if server.ask(f"PTTL {key.decode()}") != b":-1\r\n"]
    assert running_out == [b"amilia-feeds:lease:fr:8008"]
    await store.aclose()


async def test_data_of_a_newer_version_is_left_alone(server: RealServer) -> None:
    server.ask("SET amilia-feeds:format 2")
    store = opened(server.url)

    sentence = await complaint_of(store)

    assert sentence.startswith(f"{server.url} holds the data of a newer version of this program (format 2)")
    assert server.ask("DBSIZE") == b":1\r\n"
    await store.aclose()


async def test_a_memory_that_was_lost_begins_anew_with_another_version(server: RealServer) -> None:
    clock = FakeClock()
    store = RedisStore(server.url, clock=clock)
    version = (await recalled(store)).version
    for _ in range(5):
        last = await store.remember("8008", {7: memory()}, language="fr", known=version)
        assert last is not None
        version = last
    generation = await store.keep(await leased(store), b"", began=NOON, covered=0)
    server.ask("FLUSHALL")
    clock.advance(seconds=1)

    found = await store.recall("8008", version)
    kept = await store.keep(await leased(store), b"", began=NOON, covered=0)

    assert found is not None
    assert found.version > version
    assert dict(found.events) == {}
    assert kept is not None
    assert generation is not None
    assert kept > generation
    await store.aclose()


async def test_a_memory_that_was_evicted_is_gone_as_a_whole(server: RealServer) -> None:
    store = opened(server.url)
    known = (await recalled(store)).version
    await store.remember("8008", {7: memory()}, language="fr", known=known)
    server.ask("DEL amilia-feeds:memory:8008")

    recollection = await recalled(store)

    assert (recollection.language, dict(recollection.events)) == (None, {})
    await store.aclose()


async def test_a_server_without_memory_takes_nothing_by_half(kind: str) -> None:
    with serving(kind, "--maxmemory", "8mb", "--maxmemory-policy", "noeviction") as server:
        store = opened(server.url)
        lease = await leased(store)
        generation = await store.keep(lease, b"content", began=NOON, covered=0)
        known = (await recalled(store)).version
        server.ask("CONFIG SET maxmemory 1")

        with pytest.raises(StoreUnavailable) as failure:
            await store.keep(lease, bytes(100_000), began=NOON, covered=9)
        with pytest.raises(StoreUnavailable):
            await store.remember("8008", {7: memory()}, language="fr", known=known)

        assert str(failure.value).startswith(f"{server.url} has no memory left (")
        assert await store.content(KEY) == (generation, b"content")
        assert (await store.statuses())[KEY].covered == 0
        server.ask("CONFIG SET maxmemory 0")
        assert (await recalled(store)).version == known
        assert await store.keep(lease, bytes(100_000), began=NOON, covered=9) is not None
        await store.aclose()


async def test_a_replica_is_said_to_be_one(kind: str) -> None:
    with serving(kind, "--replicaof", "127.0.0.1", "1") as server:
        store = opened(server.url)

        assert "is a read-only replica" in await complaint_of(store)
        await store.aclose()


async def test_a_cluster_is_said_to_be_one(kind: str) -> None:
    with serving(kind, "--cluster-enabled", "yes", "--port", str(free_port())) as server:
        store = opened(server.url)

        assert "belongs to a cluster" in await complaint_of(store)
        await store.aclose()


async def test_a_wrong_password_is_said_without_it(kind: str) -> None:
    with serving(kind, "--requirepass", "swordfish") as server:
        for url in (f"unix://:herring@{server.socket}", server.url):
            store = opened(url)

            sentence = await complaint_of(store)

            assert sentence.startswith(f"unix://{server.socket} refuses this user or password")
            assert "herring" not in sentence + repr(store)
            await store.aclose()


async def test_a_server_that_knows_no_scripts_is_said_without_what_was_sent(kind: str) -> None:
    with serving(kind, "--rename-command", "EVALSHA", "") as server:
        store = opened(server.url)

        with pytest.raises(StoreUnavailable) as failure:
            await store.keep_token("8008", "secret")

        sentence = str(failure.value)
        assert sentence.startswith(f"{server.url} cannot do what is asked of it (unknown command")
        assert "8008" not in sentence
        assert "secret" not in sentence
        await store.aclose()


async def test_a_user_with_few_rights_is_enough(kind: str) -> None:
    rights = ("~amilia-feeds:*", "resetchannels", "+@read", "+@write", "+@scripting", "+select")
    with serving(kind, "--user", "feeds", "on", ">p%ss", *rights) as server:
        store = opened(f"unix://feeds:p%25ss@{server.socket}?db=3")

        assert await store.mark("8008") == 1
        lease = await leased(store)
        assert await store.keep(lease, b"content", began=NOON, covered=0)
        await store.release(lease)
        assert (await store.statuses()).keys() == {KEY, ("8008", "en")}
        assert dict((await recalled(store)).events) == {}
        await store.aclose()


async def test_a_user_with_too_few_rights_is_said(kind: str) -> None:
    with serving(kind, "--user", "feeds", "on", ">pass", "~other:*", "+@all") as server:
        store = opened(f"unix://feeds:pass@{server.socket}")

        assert "refuses this user or password, or a right that is needed" in await complaint_of(store)
        await store.aclose()


async def test_a_server_is_reached_by_name_with_user_password_and_database(kind: str) -> None:
    port = free_port()
    user = ("--user", "feeds", "on", ">p:@ss", "~*", "+@all")
    with serving(kind, "--port", str(port), *user) as server:
        store = opened(f"redis://feeds:p%3A%40ss@localhost:{port}/2")

        await store.mark("8008")

        assert repr(store) == f"<RedisStore redis://localhost:{port}/2>"
        assert b"db2:keys=2" in server.ask("INFO keyspace")
        await store.aclose()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost that signed itself, and its key beside it."""
    ensure_installed("openssl", package="openssl")
    file = tmp_path / "certificate.pem"
    key = file.with_suffix(".key")
    order = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout {key} -out {file}"
    )
    subprocess.run(order.split(), check=True, capture_output=True)  # noqa: S603
    return file


async def test_a_server_with_tls_is_trusted_if_its_certificate_is(kind: str, certificate: Path) -> None:
    port = free_port()
    tls = ("--tls-port", str(port), "--tls-auth-clients", "no", "--tls-ca-cert-file", str(certificate))
    own = ("--tls-cert-file", str(certificate), "--tls-key-file", str(certificate.with_suffix(".key")))
    try:
        with serving(kind, *tls, *own):
            trusting = opened(f"rediss://localhost:{port}/0?ssl_ca_certs={certificate}")
            doubting = opened(f"rediss://localhost:{port}/0")
            elsewhere = opened(f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={certificate}")

            assert await trusting.mark("8008") == 1
            assert "CERTIFICATE_VERIFY_FAILED" in await complaint_of(doubting)
            assert "CERTIFICATE_VERIFY_FAILED" in await complaint_of(elsewhere)
            for store in (trusting, doubting, elsewhere):
                await store.aclose()
    except CannotStart as words:
        if "Failed finding TLS support" not in str(words):
            raise
        pytest.skip(f"this {kind} was built without TLS")


async def test_a_certificate_that_is_not_there_is_said() -> None:
    store = opened("rediss://localhost:1/0?ssl_ca_certs=/nowhere/ca.pem")

    assert "cannot be reached" in await complaint_of(store)
    await store.aclose()
