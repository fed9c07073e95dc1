"""What the service counts. One object per application, with a registry of its own, passed in as a value."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)


class Metrics:
    """The counters and gauges of one application; never labelled with anything a visitor can invent."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "amilia_feeds_answers",
            "Feed answers by status and by where the content came from.",
            ["status", "source"],
            registry=self._registry,
        )
        self._webhooks = Counter(
            "amilia_feeds_webhooks",
            "Change notices from Amilia by what came of them.",
            ["outcome"],
            registry=self._registry,
        )
        self._upstream = Histogram(
            "amilia_feeds_upstream_seconds",
            "Calls to the Amilia API by outcome.",
            ["outcome"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refreshes = Histogram(
            "amilia_feeds_refresh_seconds",
            "Refreshes of a catalogue by outcome.",
            ["organization", "lang", "outcome"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._skipped = Counter(
            "amilia_feeds_skipped_records",
            "Records of the API that could not become an event, by kind.",
            ["organization", "kind"],
            registry=self._registry,
        )
        self._events = Gauge(
            "amilia_feeds_catalogue_events",
            "Published events in the catalogue.",
            ["organization", "lang"],
            registry=self._registry,
        )
        self._fetched = Gauge(
            "amilia_feeds_catalogue_fetched_timestamp_seconds",
            "When the catalogue was last fetched.",
            ["organization", "lang"],
            registry=self._registry,
        )

    def webhook(self, outcome: str) -> None:
        """Count one notice of change; ``outcome`` is heard or a few words for why it changed nothing."""
        self._webhooks.labels(outcome).inc()

    def answer(self, status: int, source: str) -> None:
        """Count one feed answer; ``source`` is hit, stale, miss or none."""
        self._answers.labels(str(status), source).inc()

    def upstream_call(self, outcome: str, seconds: float) -> None:
        """Count one call to the API; ``outcome`` is a status or a short word for none."""
        self._upstream.labels(outcome).observe(seconds)

    def refresh(self, organization: str, lang: str, outcome: str, seconds: float) -> None:
        """Count one refresh; ``outcome`` is ok, doubted or the name of an error class."""
        self._refreshes.labels(organization, lang, outcome).observe(seconds)

    def skipped(self, organization: str, kind: str) -> None:
        """Count one record that was skipped."""
        self._skipped.labels(organization, kind).inc()

    def catalogue(self, organization: str, lang: str, events: int, fetched: float) -> None:
        """Tell how large a catalogue is and when (seconds since 1970) it was fetched."""
        self._events.labels(organization, lang).set(events)
        self._fetched.labels(organization, lang).set(fetched)

    def exposition(self) -> bytes:
        """Everything counted, in the Prometheus text format."""
        return generate_latest(self._registry)
