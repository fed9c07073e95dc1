"""What a network does to connections, over real sockets on loopback."""

import asyncio
import json
from dataclasses import replace
from datetime import date

import pytest

from app.amilia.credentials import KeyCredentials
from app.domain.errors import UpstreamUnavailable, UpstreamUnreadable
from tests.support.amilia_client import IMPATIENT, ids, talking_to
from tests.support.amilia_server import event
from tests.support.amilia_socket import (
    Behaviour,
    answer,
    cut,
    flood,
    hang_up,
    listening,
    say_nothing,
    trickle,
)

DAY = date(2026, 9, 1)
WITHOUT_PROGRAMME = {"Id": 70, "ProgramId": 0}
PAGE = json.dumps({"Items": [event(1, Activity=WITHOUT_PROGRAMME)], "Paging": {"TotalCount": 1}}).encode()
KEYS = KeyCredentials("key", "secret")
SHORT = replace(IMPATIENT, read_seconds=0.3, call_seconds=0.6, attempts=2)


async def walked(*behaviours: Behaviour) -> list[int]:
    async with (
        listening(*behaviours) as address,
        talking_to(None, api_url=address, credentials=KEYS, limits=SHORT) as client,
    ):
        return ids(await client.walk("fr", DAY, DAY))


@pytest.mark.parametrize(
    "fault", [hang_up, cut(PAGE), say_nothing, trickle], ids=["hung up", "cut", "silent", "slow"]
)
async def test_a_lost_connection_is_unavailability_after_bounded_attempts(fault: Behaviour) -> None:
    async with asyncio.timeout(5):
        with pytest.raises(UpstreamUnavailable, match="GET fr/org/club"):
            await walked(fault)


@pytest.mark.parametrize("fault", [hang_up, cut(PAGE), say_nothing], ids=["hang up", "cut", "silent"])
async def test_a_connection_lost_once_costs_nothing_but_time(fault: Behaviour) -> None:
    assert await walked(fault, answer(PAGE)) == [1]


async def test_a_silence_is_given_up_long_before_the_whole_answer_would_be() -> None:
    patient = replace(SHORT, call_seconds=30)

    async with (
        asyncio.timeout(5),
        listening(say_nothing) as address,
        talking_to(None, api_url=address, credentials=KEYS, limits=patient) as client,
    ):
        with pytest.raises(UpstreamUnavailable, match="ReadTimeout"):
            await client.walk("fr", DAY, DAY)


async def test_a_flood_is_given_up_at_the_bound() -> None:
    async with (
        listening(flood) as address,
        talking_to(
            None, api_url=address, credentials=KEYS, limits=replace(IMPATIENT, answer_bytes=10**6)
        ) as client,
    ):
        with pytest.raises(UpstreamUnreadable, match="larger than 1000000 bytes"):
            await client.walk("fr", DAY, DAY)


async def test_a_closed_port_is_unavailability() -> None:
    async with listening(hang_up) as address:
        pass

    async with talking_to(None, api_url=address, credentials=KEYS, limits=SHORT) as client:
        with pytest.raises(UpstreamUnavailable, match="ConnectError"):
            await client.walk("fr", DAY, DAY)
