"""Every metric of ours: its name, what it counts, its labels, and how those of several workers become one."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

Buckets = tuple[float, ...]


class Kind(Enum):
    """As Prometheus knows them."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Join(Enum):
    """What one value is made from those of several workers."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"


@dataclass(frozen=True, slots=True)
class Family:
    """``name`` is without the suffix that counters and histograms get; ``buckets`` in seconds."""

    kind: Kind
    name: str
    help: str
    labels: tuple[str, ...] = ()
    join: Join = Join.SUM
    buckets: Buckets = ()


_CALLS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)
_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 20.0)


def _counter(name: str, text: str, *labels: str) -> Family:
    return Family(Kind.COUNTER, name, text, labels)


def _gauge(name: str, text: str, *labels: str, join: Join = Join.MAX) -> Family:
    return Family(Kind.GAUGE, name, text, labels, join)


def _histogram(name: str, text: str, *labels: str, buckets: Buckets = _CALLS) -> Family:
    return Family(Kind.HISTOGRAM, name, text, labels, Join.SUM, buckets)


REQUESTS: Final = _counter(
    "amilia_feeds_requests",
    "Requests by route, format, status, where the content came from (hit, stale, miss, none), client family.",
    *("route", "format", "status", "cache", "client"),
)
SECONDS: Final = _histogram(
    "amilia_feeds_request_seconds",
    "Time to answer requests that no remembered answer was at hand for.",
    "route",
    buckets=_QUICK,
)
ANSWERS: Final = _counter(
    "amilia_feeds_answers", "Feed answers by status and by where the content came from.", "status", "source"
)
SUBSCRIBERS: Final = _gauge(
    "amilia_feeds_subscribers_estimated",
    "Subscriptions by how often feeds were read in a day and how often such a client usually looks. "
    "Google and other services read an address once for everybody who follows it.",
    "client",
    join=Join.SUM,
)
REFUSED: Final = _counter(
    "amilia_feeds_refused",
    "Requests or connections refused before anything was asked, by status or by a word.",
    "reason",
)
CONNECTIONS: Final = _gauge("amilia_feeds_connections", "Open connections of clients.", join=Join.SUM)
WEBHOOKS: Final = _counter(
    "amilia_feeds_webhooks", "Change notices from Amilia by what came of them.", "outcome"
)
UPSTREAM: Final = _histogram(
    "amilia_feeds_upstream_seconds", "Calls to the Amilia API by outcome.", "outcome"
)
CALLS: Final = _counter(
    "amilia_feeds_upstream_calls",
    "Calls to the Amilia API by organization and outcome: a status, or a word where there was none.",
    *("organization", "outcome"),
)
REFRESHES: Final = _histogram(
    "amilia_feeds_refresh_seconds",
    "Refreshes of a catalogue by outcome.",
    *("organization", "lang", "outcome"),
)
SKIPPED: Final = _counter(
    "amilia_feeds_skipped_records",
    "Records of the API that could not become an event, by kind.",
    *("organization", "kind"),
)
EVENTS: Final = _gauge(
    "amilia_feeds_catalogue_events", "Published events in the catalogue.", "organization", "lang"
)
OCTETS: Final = _gauge(
    "amilia_feeds_catalogue_bytes", "Bytes of the feed of everything public.", "organization", "lang"
)
FETCHED: Final = _gauge(
    "amilia_feeds_catalogue_fetched_timestamp_seconds",
    "When the catalogue was last fetched; of several workers the oldest copy.",
    *("organization", "lang"),
    join=Join.MIN,
)
FAILING: Final = _gauge(
    "amilia_feeds_failing_since_timestamp_seconds",
    "Since when refreshes fail; absent while they do not.",
    *("organization", "lang"),
    join=Join.MIN,
)
CIRCUIT: Final = _gauge(
    "amilia_feeds_circuit",
    "1 for the state of each catalogue's circuit breaker; refused waits for the operator.",
    *("organization", "lang", "state"),
)
STORE_FAILING: Final = _gauge(
    "amilia_feeds_store_failing", "1 while the store cannot be used and answers come from memory."
)
STORE: Final = _histogram(
    "amilia_feeds_store_seconds",
    "Operations of the store by how they ended.",
    *("operation", "outcome"),
    buckets=(0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0),
)
LAG: Final = _histogram(
    "amilia_feeds_loop_lag_seconds",
    "How late the event loop does what is due: what every request may wait on top.",
    buckets=_QUICK,
)
WORKERS: Final = _gauge("amilia_feeds_workers", "Processes that answer.", join=Join.SUM)
INFO: Final = _gauge("amilia_feeds_info", "1, with the version.", "version")

ALL: Final = (
    *(REQUESTS, SECONDS, ANSWERS, SUBSCRIBERS, REFUSED, CONNECTIONS, WEBHOOKS, UPSTREAM, CALLS, REFRESHES),
    *(SKIPPED, EVENTS, OCTETS, FETCHED, FAILING, CIRCUIT, STORE_FAILING, STORE, LAG, WORKERS, INFO),
)

JOINS_OF_OTHERS: Final = {
    "process_start_time_seconds": Join.MIN,
    "process_max_fds": Join.MAX,
    "python_info": Join.MAX,
}
"""Gauges that the library adds; of the others that it adds (memory, open files) the workers' are summed."""


def join_of(name: str) -> Join:
    """How the workers' values of the metric of that name make one."""
    own = next((family.join for family in ALL if family.name == name), None)
    return own or JOINS_OF_OTHERS.get(name, Join.SUM)
