"""Clients that are slow, too large, or too many: nobody else may notice, and memory stays bounded."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from soak.cast import Host
from soak.programs import resident_bytes, within
from soak.scene import Plan
from tests.faults.audience import LAKESIDE, WHOLE, audience
from tests.faults.raw import line_to, request

SELECTIONS = 5000
MEBIBYTE = 1024 * 1024
BUSY_SECONDS = 5.0
"""What a busy machine may take for an answer that takes a millisecond; who is held up waits for ever."""


async def asked(host: Host, *paths: str) -> list[httpx.Response]:
    """Answers of 200, one after the other."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answers = [await client.get(host.address + path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return answers


async def seconds_for(host: Host, path: str) -> float:
    """Until an answer of 200 begins, over a connection of its own."""
    began = time.monotonic()
    line = await line_to(host)
    await line.say(request(path))
    assert await line.status() == 200
    seconds = time.monotonic() - began
    await line.close()
    return seconds


async def test_whoever_dawdles_holds_up_nobody_else(tmp_path: Path) -> None:
    async with audience(tmp_path, Plan(hosts=1, events=2500, future_days=400)) as watching:
        (host,) = watching.scene.hosts
        await watching.scene.start()
        await asked(host, WHOLE.path, LAKESIDE.path)
        readers = [await line_to(host) for _ in range(50)]
        for line in readers:
            await line.say(request(WHOLE.path))
        writers = [await line_to(host) for _ in range(100)]
        for line in writers:
            await line.say(f"GET {LAKESIDE.path} HTTP/1.1\r\nHost: feeds\r\nX-Slow")

        waits = [await seconds_for(host, LAKESIDE.path) for _ in range(100)]
        for line in writers:
            await line.say(": no more\r\n\r\n")
        statuses = {await line.status() for line in (*readers, *writers)}
        for line in (*readers, *writers):
            await line.close()

    assert sorted(waits)[95] < BUSY_SECONDS
    assert statuses == {200}


@pytest.fixture(scope="module")
def oversized() -> dict[str, str]:
    """Requests that are larger than anybody needs."""
    names = "".join(f"X-{number}: y\r\n" for number in range(10_000))
    return {
        "query": request(f"{WHOLE.path}?q={'x' * 100_000}"),
        "unknown parameter": request(f"{WHOLE.path}?utm_source={'x' * 100_000}"),
        "path": request("/" + "x" * 100_000),
        "no HTTP": "\x16\x03\x01" + "\0" * 1000 + "\r\n\r\n",
        "header": request(WHOLE.path, **{"X-Large": "x" * 1_000_000}),
        "headers": request(WHOLE.path)[:-2] + names + "\r\n",
        "tags": request(WHOLE.path, **{"If-None-Match": ", ".join(f'"{n}"' for n in range(20_000))}),
    }


async def test_oversized_requests_are_answered_at_once(tmp_path: Path, oversized: dict[str, str]) -> None:
    statuses: dict[str, int] = {}
    async with audience(tmp_path, Plan(hosts=1)) as watching:
        (host,) = watching.scene.hosts
        await watching.scene.start()
        await asked(host, WHOLE.path)
        for name, text in oversized.items():
            async with within(BUSY_SECONDS, name):
                line = await line_to(host)
                await line.say(text)
                statuses[name] = await line.status()
            await line.close()
        afterwards = await seconds_for(host, WHOLE.path)

    assert statuses == {
        "query": 414,
        "unknown parameter": 414,
        "path": 414,
        "no HTTP": 400,
        "header": 431,
        "headers": 431,
        "tags": 431,
    }
    assert afterwards < BUSY_SECONDS


async def test_five_thousand_selections_do_not_fill_the_memory(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with audience(tmp_path, Plan(hosts=1)) as watching:
        (host,) = watching.scene.hosts
        await watching.scene.start()
        (whole,) = await asked(host, WHOLE.path)
        before = resident_bytes(host.pid)
        line = await line_to(host)
        served = 0
        for number in range(SELECTIONS):
            path = f"{WHOLE.path}?pastDays={number % 60}&futureDays={30 + number // 60}"
            await line.say(request(path).replace("GET", "HEAD", 1))
            assert await line.status() == 200
            served += int((await line.head())["content-length"])
        await line.close()
        after = resident_bytes(host.pid)

    record_property("figures", f"{before / MEBIBYTE:.0f} MiB before, {after / MEBIBYTE:.0f} MiB after")
    assert served > 200 * MEBIBYTE
    assert len(whole.content) < MEBIBYTE
    assert after - before < 110 * MEBIBYTE
