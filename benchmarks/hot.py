"""A feed that is known already: the service against a bare application, a plain route and nginx."""

import socket
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from benchmarks import raw
from benchmarks.captured import Captured, captured
from benchmarks.figures import Figure, Goal, Outcome, Series, Table, fraction, number
from benchmarks.machine import LOAD_CORE, SERVER_CORE
from benchmarks.nginx import is_installed as nginx_is_installed
from benchmarks.nginx import nginx
from benchmarks.processes import Reply, Server, free_port, running
from benchmarks.scale import Scale
from benchmarks.service import COMPRESSED, feed, imitation, loaded, service, slug
from benchmarks.wrk import Load, load

ROUNDS_OF_A_PROCESS: Final = 3
WARM_REQUESTS: Final = 500
SETTLED: Final = timedelta(seconds=5)
LOOK_AGAIN_SECONDS: Final = 0.1
SERVICE, BARE, NGINX = "service", "bare ASGI application", "nginx, static file"
BOUNDED = "the same behind the service's own server"
PLAIN, PLAINER = "plain FastAPI route", "the same, which reads no parameters"
GOOD, UNCHANGED = "200, gzip", "304"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server, and what to ask it for one of the two answers."""

    name: str
    kind: str
    server: Server
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One run of the load: what wrk saw, and the processor time of the server, in seconds an answer."""

    load: Load
    cost: float


class NotTheSame(Exception):
    """A yardstick gives another answer than the service, so that nothing can be compared."""


def measure(scale: Scale, directory: Path) -> Outcome:
    """Answers a second, all servers in turn, all of them started anew a few times."""
    loads: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    size = ""
    for number_of_start in range(scale.fresh):
        place = directory / f"start-{number_of_start}"
        place.mkdir()
        name = slug(scale.hot_events, 0)
        with candidates(scale, place) as (answers, servers):
            size = f"{len(answers['gzip'].body):,} B compressed of {len(answers['identity'].body):,} B"
            for candidate in servers:
                _warm(candidate, name)
            for _ in range(ROUNDS_OF_A_PROCESS):
                for candidate in servers:
                    seen = _load(candidate, name, seconds=scale.seconds)
                    loads[candidate.name, candidate.kind].append(seen)
    return Outcome(_figures(loads), [_table(loads, size)])


@contextmanager
def candidates(scale: Scale, directory: Path) -> Iterator[tuple[Mapping[str, Captured], Sequence[Candidate]]]:
    """The service and its yardsticks, running, and the answers that all of them give."""
    name = slug(scale.hot_events, 0)
    with ExitStack() as stack:
        api = stack.enter_context(imitation(directory, prepare=[scale.hot_events]))
        ours = stack.enter_context(service(directory, api.url, [name]))
        answers = answers_of(ours, name)
        same = {"If-None-Match": dict(captured_headers(answers["gzip"]))["etag"], **COMPRESSED}
        for kind, answer in answers.items():
            answer.save(directory, kind)
        bare = {
            kind: stack.enter_context(_python("bare", [str(directory / f"{kind}.json")], directory))
            for kind in ("gzip", "unchanged")
        }
        bounded = {
            kind: stack.enter_context(
                _python("bare", [str(directory / f"{kind}.json"), "--bounded"], directory)
            )
            for kind in ("gzip", "unchanged")
        }
        words = [str(directory), "--slug", name]
        plain = stack.enter_context(_python("plain", words, directory))
        plainer = stack.enter_context(_python("plain", [*words, "--bare-path"], directory))
        found = [
            Candidate(SERVICE, GOOD, ours, COMPRESSED),
            Candidate(BARE, GOOD, bare["gzip"], COMPRESSED),
            Candidate(BOUNDED, GOOD, bounded["gzip"], COMPRESSED),
            Candidate(PLAIN, GOOD, plain, COMPRESSED),
            Candidate(PLAINER, GOOD, plainer, COMPRESSED),
            Candidate(SERVICE, UNCHANGED, ours, same),
            Candidate(BARE, UNCHANGED, bare["unchanged"], same),
            Candidate(BOUNDED, UNCHANGED, bounded["unchanged"], same),
            Candidate(PLAIN, UNCHANGED, plain, same),
        ]
        for candidate in found:
            ensure_same(candidate, name, answers["gzip" if candidate.kind == GOOD else "unchanged"])
        if nginx_is_installed():
            files = stack.enter_context(nginx(directory, feed(name), answers["identity"], answers["gzip"]))
            tag = files.get(feed(name), COMPRESSED).header("etag")
            found.append(Candidate(NGINX, GOOD, files, COMPRESSED))
            found.append(Candidate(NGINX, UNCHANGED, files, {"If-None-Match": tag, **COMPRESSED}))
        yield answers, found


def answers_of(ours: Server, name: str) -> dict[str, Captured]:
    """What the service answers once it is warm: whole, compressed, and not modified."""
    for headers in ({}, COMPRESSED):
        loaded(ours, name, headers=headers)
    while _is_young(loaded(ours, name, headers=COMPRESSED)):
        time.sleep(LOOK_AGAIN_SECONDS)
    identity = captured(loaded(ours, name))
    gzipped = captured(loaded(ours, name, headers=COMPRESSED))
    tag = dict(captured_headers(gzipped))["etag"]
    unchanged = captured(ours.get(feed(name), {"If-None-Match": tag, **COMPRESSED}))
    return {"identity": identity, "gzip": gzipped, "unchanged": unchanged}


def _is_young(reply: Reply) -> bool:
    """True while the headers of a new feed may still change (RFC 9110 §8.8.2.2)."""
    date, modified = (parsedate_to_datetime(reply.header(name)) for name in ("date", "last-modified"))
    return date - modified < SETTLED


def captured_headers(answer: Captured) -> Iterator[tuple[str, str]]:
    """The headers by their names in small letters."""
    for name, value in answer.headers:
        yield name.lower(), value


def ensure_same(candidate: Candidate, name: str, expected: Captured) -> None:
    """Raise ``NotTheSame`` unless status, headers and bytes are those of the service."""
    reply = captured(candidate.server.get(feed(name), candidate.headers))
    same_headers = _without_length(reply) == _without_length(expected)
    if (reply.status, reply.body) != (expected.status, expected.body) or not same_headers:
        raise NotTheSame(f"{candidate.name}, {candidate.kind}: {reply.headers} is not {expected.headers}")


def _without_length(answer: Captured) -> Sequence[tuple[str, str]]:
    """The headers but for the length, which frameworks add: it is of the same bytes, so equal or not told."""
    return sorted((name, value) for name, value in captured_headers(answer) if name != "content-length")


@contextmanager
def _python(module: str, words: Sequence[str], directory: Path) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", f"benchmarks.{module}", *words, "--port", str(port)]
    with running(command, port=port, cores=[SERVER_CORE], log=directory / f"{module}.log") as server:
        yield server


def _warm(candidate: Candidate, name: str) -> None:
    with socket.create_connection(("127.0.0.1", candidate.server.port)) as line:
        asking = raw.request(feed(name), candidate.headers)
        for _ in range(WARM_REQUESTS):
            raw.exchange(line, asking)


def _load(candidate: Candidate, name: str, *, seconds: float) -> Seen:
    url = f"{candidate.server.url}{feed(name)}"
    before = candidate.server.busy_seconds()
    seen = load(url, candidate.headers, seconds=seconds, cores=[LOAD_CORE])
    return Seen(seen, (candidate.server.busy_seconds() - before) / max(1, seen.answers))


def _figures(loads: Mapping[tuple[str, str], Sequence[Seen]]) -> list[Figure]:
    rates = {key: [seen.load.rate for seen in some] for key, some in loads.items()}

    def figure(title: str, kind: str, yardstick: str, goal: Goal | None) -> Figure:
        ours, theirs = rates[SERVICE, kind], rates[yardstick, kind]
        return Figure(
            title, yardstick, Series(ours, "/s"), Series(theirs, "/s"), fraction(ours, theirs), goal
        )

    found = [
        figure("hot feed of 100 events, compressed", GOOD, BARE, Goal(0.88, 0.95, least=True)),
        figure("hot 304", UNCHANGED, BARE, Goal(0.88, 0.95, least=True)),
        figure("hot feed, compressed", GOOD, PLAIN, Goal(4, 5.5, least=True)),
        figure("hot feed, compressed", GOOD, PLAINER, None),
    ]
    if (NGINX, GOOD) in rates:
        found.append(figure("hot feed, compressed", GOOD, NGINX, None))
        found.append(figure("hot 304", UNCHANGED, NGINX, None))
    return found


def _table(loads: Mapping[tuple[str, str], Sequence[Seen]], size: str) -> Table:
    rows = []
    for (name, kind), some in loads.items():
        rate = Series([seen.load.rate for seen in some], "/s")
        typical, late = (
            Series([it * 1e3 for it in values], "ms") for values in zip(*map(_latencies, some), strict=True)
        )
        share = Series([seen.load.share for seen in some], "").median
        cost = Series([seen.cost * 1e6 for seen in some], "").median
        rows.append(
            [
                name,
                kind,
                str(rate),
                f"{number(cost)} µs",
                f"{number(typical.median)} ms",
                f"{number(late.median)} ms",
                f"{share:.0%}",
            ]
        )
    title = f"Hot answers: one worker on one core, wrk on another, 32 connections kept alive; {size}"
    return Table(
        title,
        ["server", "answer", "answers", "processor time an answer", "p50", "p99", "wrk's core busy"],
        rows,
    )


def _latencies(seen: Seen) -> tuple[float, float]:
    return seen.load.median, seen.load.p99
