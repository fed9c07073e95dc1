"""Several clients live through the story at the same time, each behind its own recording proxy."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeAlias

from tests.clients.client import Client, RefreshFailed
from tests.clients.club import FEED, Club
from tests.clients.processes import TooLate, eventually
from tests.clients.proxy import Exchange, RecordingProxy
from tests.clients.sightings import Sighting
from tests.clients.story import STEPS, Stage, Step, plan

_ASK_SECONDS: Final = 30.0
_SHOW_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 90.0
_IMPATIENCE: Final = 0.1
"""The share of these times that is left for a client that has gone wrong once: it will hardly do better."""
_SETTLE_SECONDS: Final = 1.5
"""How long a client that should go on showing the same is watched."""


@dataclass(frozen=True, slots=True)
class View:
    """What one client showed after one step, what it should have shown, and what it exchanged meanwhile.

    ``complaint`` is what it told the person; ``error`` is what broke the test's own machinery, if anything.
    """

    expected: Sequence[Sighting]
    seen: Sequence[Sighting]
    exchanges: Sequence[Exchange] = ()
    complaint: str = ""
    error: str = ""

    @property
    def statuses(self) -> set[int]:
        """Of the answers to GET."""
        return {exchange.status for exchange in self.exchanges if exchange.method == "GET"}


Views: TypeAlias = Mapping[tuple[str, str], View]
"""By the names of the client and of the step."""


class Subscriber:
    """One client, its proxy, and what it showed so far."""

    def __init__(self, client: Client, proxy: RecordingProxy) -> None:
        self.client = client
        self.proxy = proxy
        self.views: dict[str, View] = {}
        self._shown: list[Sighting] = []
        self._asked = 0
        self._patience = 1.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.proxy.refuse()

    def live_through(self, step: Step, published: Sequence[Sighting]) -> None:
        """Let the client ask, watch it until it shows what it should or time is up, and remember the view."""
        expected = self._expected(step, published)
        complaint = error = ""
        try:
            try:
                self._ask(step)
            except RefreshFailed as failure:
                complaint = str(failure)
            self._shown = self._watched(step, expected)
        except Exception as failure:  # noqa: BLE001  # one client's trouble is told by its own test
            error = f"{type(failure).__name__}: {failure}"
        if error or list(expected) != self._shown:
            self._patience = _IMPATIENCE
        exchanges = self.proxy.exchanges(self._asked)
        self._asked += len(exchanges)
        self.views[step.name] = View(expected, tuple(self._shown), tuple(exchanges), complaint, error)

    def _expected(self, step: Step, published: Sequence[Sighting]) -> Sequence[Sighting]:
        match step.kind:
            case "away":
                return self._shown if self.client.when_away == "kept" else ()
            case "cut":
                return self._shown if self.client.when_cut == "kept" else ()
            case "unasked":
                return published if self.client.polls else self._shown
            case "changed" | "same":
                return published

    def _ask(self, step: Step) -> None:
        if step is STEPS[0]:
            self.client.subscribe(f"{self.proxy.address}{FEED}")
        elif step.kind != "unasked":
            self.client.refresh()

    def _watched(self, step: Step, expected: Sequence[Sighting]) -> list[Sighting]:
        """What the client shows in the end. Raises TooLate if it never asked."""
        if step.kind in {"changed", "same", "cut"}:
            seconds = _ASK_SECONDS * self._patience
            eventually(lambda: self.proxy.exchanges(self._asked), f"{self.client} asks", seconds)
        if list(expected) == self._shown:
            time.sleep(_SETTLE_SECONDS)
        seconds = _POLL_SECONDS if step.kind == "unasked" else _SHOW_SECONDS
        deadline = time.monotonic() + seconds * self._patience
        while (seen := self.client.seen()) != list(expected) and time.monotonic() < deadline:
            time.sleep(0.2)
        return seen


def walk(clients: Sequence[type[Client]], directory: Path, logs: Path) -> Views:
    """All views of the clients, step by step. ``directory`` is empty; ``logs`` take what is printed."""
    with ExitStack() as opened:
        stage = Stage(opened.enter_context(Club(directory, logs, events=60)))
        subscribers = [
            opened.enter_context(
                Subscriber(client(directory / client.name, logs), RecordingProxy(stage.club.port))
            )
            for client in clients
        ]
        for subscriber in subscribers:
            subscriber.client.home.mkdir()
        pool = opened.enter_context(ThreadPoolExecutor(len(clients)))
        plan(stage)
        for step in STEPS:
            _play(step, stage, subscribers, pool)
        return {
            (subscriber.client.name, step): view
            for subscriber in subscribers
            for step, view in subscriber.views.items()
        }


def _play(step: Step, stage: Stage, subscribers: Sequence[Subscriber], pool: ThreadPoolExecutor) -> None:
    """One step: it happens, then all clients look at the same time."""
    proxies = [subscriber.proxy for subscriber in subscribers]
    if step.kind == "cut":
        for proxy in proxies:
            proxy.hold()
    step.act(stage)
    for proxy in proxies:
        if step.kind == "away":
            proxy.refuse()
        else:
            proxy.accept()
    published = stage.club.published()
    looks = [
        pool.submit(
            subscriber.live_through, step, sorted(subscriber.client.would_show(event) for event in published)
        )
        for subscriber in subscribers
    ]
    if step.kind == "cut":
        _kill_in_mid_answer(stage.club, proxies)
    for look in looks:
        look.result()


def _kill_in_mid_answer(club: Club, proxies: Sequence[RecordingProxy]) -> None:
    """End the service once every client has half of an answer; the views tell who never asked."""
    deadline = time.monotonic() + _ASK_SECONDS
    for proxy in proxies:
        try:
            proxy.await_holding(max(0.0, deadline - time.monotonic()))
        except TooLate:
            continue
    club.kill()
    for proxy in proxies:
        proxy.cut()
