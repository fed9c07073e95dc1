"""What the service counts. One object per process, with a registry of its own, passed in as a value.

``families`` says what there is. Of several workers each reads the ``books`` of all, and tells all.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sized
from typing import Any

import prometheus_client
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app import __version__
from app.telemetry import families
from app.telemetry.audience import Audience
from app.telemetry.books import Books
from app.telemetry.clients import INTERVALS
from app.telemetry.families import Family, Kind
from app.telemetry.samples import Told, Totals, joined, told_by

CONTENT_TYPE = CONTENT_TYPE_LATEST
CIRCUITS = ("closed", "half open", "open", "refused")
FEED_FORMAT = "ics"
_READ = ("200", "304")


class Tally:
    """What is added here is taken over whenever the metrics are read: a tenth of the cost of a counter."""

    __slots__ = ("more",)

    def __init__(self) -> None:
        self.more = 0


class Tallies(dict[str, Tally]):
    """Requests of one kind that were answered in one way, by the client's family; made when asked for."""

    def __init__(self, *, route: str, format_: str, status: int, source: str) -> None:
        super().__init__()
        self.labels = (route, format_, str(status), source)

    def __missing__(self, client: str) -> Tally:
        tally = self[client] = Tally()
        return tally


class Metrics:
    """The counters and gauges of one process; never labelled with anything a visitor can invent.

    ``seconds`` is a clock for the sliding windows; ``books`` are those of all workers, of several.
    """

    def __init__(self, *, seconds: Callable[[], float] = time.monotonic, books: Books | None = None) -> None:
        self._registry = CollectorRegistry()
        self._counters: dict[Family, prometheus_client.Counter] = {}
        self._gauges: dict[Family, prometheus_client.Gauge] = {}
        self._histograms: dict[Family, prometheus_client.Histogram] = {}
        for family in families.ALL:
            self._make(family)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._seconds = seconds
        self._books = books
        self._before: Totals = books.own_totals() if books else {}
        self._tallies: dict[tuple[str, str, int, str], Tallies] = {}
        self._began = seconds()
        self._audiences: dict[str, Audience] = {}
        self._feeds_read: Counter[str] = Counter()
        self._refused: Mapping[str, int] = {}
        self._refused_told: Counter[str] = Counter()
        self._connections: Sized = ()
        self._look: Callable[[], None] = lambda: None
        self._gauges[families.INFO].labels(__version__).set(1)
        self._gauges[families.WORKERS].set(1)

    def __repr__(self) -> str:
        return f"<Metrics of {len(families.ALL)} families, {len(self._tallies)} tallies>"

    def _make(self, family: Family) -> None:
        what = (family.name, family.help, family.labels)
        match family.kind:
            case Kind.COUNTER:
                self._counters[family] = prometheus_client.Counter(*what, registry=self._registry)
            case Kind.GAUGE:
                self._gauges[family] = prometheus_client.Gauge(*what, registry=self._registry)
            case Kind.HISTOGRAM:
                self._histograms[family] = prometheus_client.Histogram(
                    *what, registry=self._registry, buckets=family.buckets
                )

    @property
    def worker(self) -> int:
        """The number of this worker, 0 where there is but one."""
        return self._books.number if self._books else 0

    def show_others(self, shown: Callable[[], Any]) -> None:
        """Have ``shown``, as JSON can write it, told to the other workers as well; the last one counts."""
        if self._books:
            self._books.shown = shown

    def shown_by_others(self) -> Mapping[int, Any]:
        """What the other workers show, by their numbers; empty where there is but one."""
        return self._books.shown_by_others() if self._books else {}

    def before_reading(self, look: Callable[[], None]) -> None:
        """Have ``look`` set the gauges each time before they are read; the last one counts."""
        self._look = look

    def watch_server(self, refused: Mapping[str, int], connections: Sized) -> None:
        """Read these two live collections: what the server refused, by reason, and its connections."""
        self._refused, self._connections = refused, connections

    def webhook(self, outcome: str) -> None:
        """Count one notice of change; ``outcome`` is heard or a few words for why it changed nothing."""
        self._counters[families.WEBHOOKS].labels(outcome).inc()

    def answer(self, status: int, source: str) -> None:
        """Count one feed answer; ``source`` is hit, stale, miss or none."""
        self._counters[families.ANSWERS].labels(str(status), source).inc()

    def tallies(self, *, route: str, format_: str, status: int, source: str) -> Tallies:
        """The tallies of such requests; who gives many answers keeps them. They count as ``answer`` too."""
        key = (route, format_, status, source)
        known = self._tallies.get(key)
        if known is None:
            known = self._tallies[key] = Tallies(route=route, format_=format_, status=status, source=source)
        return known

    def request(self, *, route: str, format_: str, status: int, source: str, client: str) -> None:
        """Count one request that was answered. All but ``status`` must be words of ours."""
        labels = (route, format_, str(status), source, client)
        self._counters[families.REQUESTS].labels(*labels).inc()
        self._note_reader(labels, 1)

    def took(self, route: str, seconds: float) -> None:
        """Note how long an answer took that was not repeated from memory."""
        self._histograms[families.SECONDS].labels(route).observe(seconds)

    def upstream_call(self, organization: str, outcome: str, seconds: float) -> None:
        """Count one call to the API; ``outcome`` is a status or a short word for none."""
        self._histograms[families.UPSTREAM].labels(outcome).observe(seconds)
        self._counters[families.CALLS].labels(organization, outcome).inc()

    def refresh(self, organization: str, lang: str, outcome: str, seconds: float) -> None:
        """Count one refresh; ``outcome`` is ok, doubted or the name of an error class."""
        self._histograms[families.REFRESHES].labels(organization, lang, outcome).observe(seconds)

    def skipped(self, organization: str, kind: str) -> None:
        """Count one record that was skipped."""
        self._counters[families.SKIPPED].labels(organization, kind).inc()

    def stored(self, operation: str, outcome: str, seconds: float) -> None:
        """Count one operation of the store; ``outcome`` is ok or the name of an error class."""
        self._histograms[families.STORE].labels(operation, outcome).observe(seconds)

    def lag(self, seconds: float) -> None:
        """Note how late the event loop was."""
        self._histograms[families.LAG].observe(seconds)

    def forget_catalogues(self) -> None:
        """What was told of catalogues is over: organizations come and go with the settings."""
        for family in (
            families.EVENTS,
            families.OCTETS,
            families.FETCHED,
            families.FAILING,
            families.CIRCUIT,
        ):
            self._gauges[family].clear()

    def catalogue(self, organization: str, lang: str, *, events: int, octets: int, fetched: float) -> None:
        """Tell how large a catalogue is and when (seconds since 1970) it was fetched."""
        self._gauges[families.EVENTS].labels(organization, lang).set(events)
        self._gauges[families.OCTETS].labels(organization, lang).set(octets)
        self._gauges[families.FETCHED].labels(organization, lang).set(fetched)

    def failing(self, organization: str, lang: str, since: float) -> None:
        """Tell since when (seconds since 1970) refreshes of a catalogue fail."""
        self._gauges[families.FAILING].labels(organization, lang).set(since)

    def circuit(self, organization: str, lang: str, state: str, *, refused: bool) -> None:
        """Tell the state of a circuit breaker, one of ``CIRCUITS``, and whether the upstream refuses us."""
        now = {state, "refused"} if refused else {state}
        for known in CIRCUITS:
            self._gauges[families.CIRCUIT].labels(organization, lang, known).set(known in now)

    def store(self, *, failing: bool) -> None:
        """Tell whether the store can be used."""
        self._gauges[families.STORE_FAILING].set(failing)

    def subscribers(self) -> Mapping[str, float]:
        """The estimate of this process, by client family; ``exposition`` has that of all."""
        now = self._seconds()
        for client, total in self._feeds_read.items():
            audience = self._audiences.get(client)
            if audience is None:
                audience = self._audiences[client] = Audience(INTERVALS[client], self._began)
            self._gauges[families.SUBSCRIBERS].labels(client).set(audience.estimate(now, total))
        return {
            client: self._audiences[client].estimate(now, total) for client, total in self._feeds_read.items()
        }

    def exposition(self) -> bytes:
        """Everything counted, by all workers, in the Prometheus text format."""
        return generate_latest(_Page(self.told()))

    def told(self) -> Iterable[prometheus_client.Metric]:
        """Everything counted by all workers."""
        return joined([self.own(), *(self._books.others() if self._books else ())])

    def own(self) -> Told:
        """Everything counted by this worker, and by those that had its number before."""
        self._take_over()
        self._look()
        self.subscribers()
        return told_by(self._registry.collect(), before=self._before)

    def publish(self) -> None:
        """Write what was counted for the other workers, if there are any. Raises ``OSError``."""
        if self._books:
            self._books.write(self.own())

    def _take_over(self) -> None:
        """Bring what was tallied into the counters."""
        for tallies in self._tallies.values():
            _, _, status, source = tallies.labels
            for client, tally in tallies.items():
                more, tally.more = tally.more, 0
                if more:
                    labels = (*tallies.labels, client)
                    self._counters[families.REQUESTS].labels(*labels).inc(more)
                    self._counters[families.ANSWERS].labels(status, source).inc(more)
                    self._note_reader(labels, more)
        for reason, total in self._refused.items():
            self._counters[families.REFUSED].labels(reason).inc(total - self._refused_told[reason])
            self._refused_told[reason] = total
        self._gauges[families.CONNECTIONS].set(len(self._connections))

    def _note_reader(self, labels: tuple[str, str, str, str, str], more: int) -> None:
        _, format_, status, _, client = labels
        if format_ == FEED_FORMAT and status in _READ and client in INTERVALS:
            self._feeds_read[client] += more


class _Page:
    """What ``generate_latest`` asks for."""

    def __init__(self, told: Iterable[prometheus_client.Metric]) -> None:
        self._told = told

    def collect(self) -> Iterable[prometheus_client.Metric]:
        return self._told
