"""Readers: they ask again and again, as calendars do, and have every answer judged."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

import httpx

from soak.cast import Host
from soak.judge import CONDITIONS, Address, Heard, Judge, Question, Wrong
from soak.report import Chronicle

PATIENCE_SECONDS: Final = 30.0
"""Longer than the service lets anybody wait for the first copy."""
SOON_SECONDS: Final = 1.0
"""A connection that was made just before a host went down may still fail a moment after it is back."""
PAUSES: Final = (0.005, 0.05)

Observer = Callable[[Host, Address, Heard, float], None]


@dataclass(slots=True)
class Uptime:
    """When each host could not be expected to answer: spans of a monotonic clock, by the host's number."""

    spans: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def down(self, host: Host) -> None:
        """From now on."""
        self.spans.setdefault(host.number, []).append((time.monotonic(), float("inf")))

    def up(self, host: Host) -> None:
        """It answers again."""
        spans = self.spans.setdefault(host.number, [])
        if spans and spans[-1][1] == float("inf"):
            spans[-1] = (spans[-1][0], time.monotonic() + SOON_SECONDS)

    def throughout(self, host: Host, since: float) -> bool:
        """Whether it should have answered all the time until now."""
        now = time.monotonic()
        return not any(first <= now and since <= last for first, last in self.spans.get(host.number, []))


class Reader:
    """One reader with connections of its own, one to each host. What is not right goes into the chronicle.

    ``by_connection`` where a host has several workers: each may be two seconds behind the others.
    """

    def __init__(
        self,
        name: str,
        judge: Judge,
        chronicle: Chronicle,
        uptime: Uptime,
        *,
        chance: Random,
        observe: Observer,
        by_connection: bool = False,
    ) -> None:
        self._name = name
        self._judge = judge
        self._chronicle = chronicle
        self._uptime = uptime
        self._chance = chance
        self._observe = observe
        self._by_connection = by_connection
        self._copies: dict[tuple[int, str], Question] = {}
        self._client = httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def read_on(self, hosts: Sequence[Host], addresses: Sequence[Address], end: asyncio.Event) -> None:
        """Ask any host for any feed until the end."""
        while not end.is_set():
            await self.read(self._chance.choice(hosts), self._chance.choice(addresses))
            await asyncio.sleep(self._chance.uniform(*PAUSES))

    async def read(self, host: Host, address: Address) -> Heard | None:
        """Ask once; None where there was no right answer, or none to be expected."""
        question = self._question(host, address)
        began = time.monotonic()
        try:
            answer = await self._client.get(host.address + address.path, headers=question.headers)
        except httpx.TransportError as error:
            self._unanswered(host, question, began, error)
            return None
        had_copy = address.club in self._judge.served
        self._chronicle.statuses[str(answer.status_code)] += 1
        if self._by_connection:
            question = replace(question, host=f"{host.name} {_connection(answer)}")
        try:
            heard = await self._judge.hear(question, answer)
        except Wrong as wrong:
            self._chronicle.wrong(f"{self._name}, {host.name}, {address.path}: {wrong}")
            return None
        now = time.monotonic()
        if had_copy and self._uptime.throughout(host, began):
            self._chronicle.slowest = max(self._chronicle.slowest, now - began)
        if heard is not None:
            tag, modified = answer.headers["etag"], answer.headers.get("last-modified", "")
            self._copies[host.number, address.path] = Question(address, self._name, host.name, tag, modified)
            self._observe(host, address, heard, now)
        return heard

    async def state_of(self, host: Host) -> str:
        """What the host says of itself, of whichever worker answers."""
        try:
            return (await self._client.get(f"{host.address}/readyz")).text
        except httpx.TransportError as error:
            return f"it does not say how it is ({type(error).__name__})"

    def _question(self, host: Host, address: Address) -> Question:
        """Unconditional, or with what the reader has, by tag, by date or by both."""
        plain = Question(address, self._name, host.name)
        known = self._copies.get((host.number, address.path), plain)
        condition = self._chance.choice(CONDITIONS)
        return replace(known, condition=condition) if known.tag else plain

    def _unanswered(self, host: Host, question: Question, began: float, error: Exception) -> None:
        if self._uptime.throughout(host, began):
            waited = time.monotonic() - began
            told = f"no answer after {waited:.1f} s ({type(error).__name__})"
            self._chronicle.wrong(f"{self._name}, {host.name}, {question.address.path}: {told}")
        else:
            self._chronicle.statuses["refused while down"] += 1


def _connection(answer: httpx.Response) -> str:
    """Which connection an answer came through: behind one port there may be several workers."""
    stream = answer.extensions["network_stream"]
    try:
        return f"port {stream.get_extra_info('client_addr')[1]}"
    except OSError:  # closed by now: none of the connections to come
        return "a closed port"
