"""What is counted, and what several workers tell together."""

import json
from collections import Counter
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry import families
from app.telemetry.books import GONE_SECONDS, Books
from app.telemetry.families import Join, join_of
from app.telemetry.metrics import Metrics

FEED = {"route": "/orgs/{org}/calendar.ics", "format_": "ics"}


class Hands:
    """A clock to turn."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """The one sample of that name and those labels, None without one."""
    found = [
        sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
        if sample.name == name and sample.labels.items() >= labels.items()
    ]
    assert len(found) < 2
    return found[0] if found else None


def worker(directory: Path, number: int, hands: Hands | None = None) -> Metrics:
    return Metrics(books=Books(directory, number, seconds=hands or Hands()))


def test_what_was_tallied_counts_as_a_request_and_as_an_answer() -> None:
    metrics = Metrics()
    tallies = metrics.tallies(**FEED, status=200, source="hit")
    tallies["google"].more += 3
    metrics.answer(200, "hit")

    assert value(metrics, "amilia_feeds_requests_total", client="google", cache="hit") == 3
    assert value(metrics, "amilia_feeds_answers_total", status="200", source="hit") == 4
    assert value(metrics, "amilia_feeds_answers_total", status="200", source="hit") == 4


def test_tallies_of_the_same_answers_are_the_same_object() -> None:
    metrics = Metrics()

    assert metrics.tallies(**FEED, status=200, source="hit") is metrics.tallies(
        **FEED, status=200, source="hit"
    )


def test_only_readings_of_feeds_make_subscribers() -> None:
    metrics = Metrics(seconds=Hands())
    for status, format_ in [(200, "ics"), (304, "ics"), (404, "ics"), (200, "html")]:
        metrics.request(route="/", format_=format_, status=status, source="none", client="thunderbird")
    metrics.request(**FEED, status=200, source="hit", client="browser")

    assert value(metrics, "amilia_feeds_subscribers_estimated", client="thunderbird") == 2
    assert value(metrics, "amilia_feeds_subscribers_estimated", client="browser") is None


def test_what_the_server_refused_is_counted_once() -> None:
    metrics, refused, guests = Metrics(), Counter({"414": 2}), {"one", "two"}
    metrics.watch_server(refused, guests)
    before = value(metrics, "amilia_feeds_refused_total", reason="414")
    refused["414"] += 1

    assert (before, value(metrics, "amilia_feeds_refused_total", reason="414")) == (2, 3)
    assert value(metrics, "amilia_feeds_connections") == 2


def test_a_catalogue_that_is_no_more_is_told_no_more() -> None:
    metrics = Metrics()
    metrics.catalogue("club", "fr", events=3, octets=900, fetched=12.0)
    metrics.circuit("club", "fr", "open", refused=True)
    before = value(metrics, "amilia_feeds_circuit", state="refused")
    metrics.forget_catalogues()

    assert before == 1
    assert value(metrics, "amilia_feeds_circuit", state="refused") is None
    assert value(metrics, "amilia_feeds_catalogue_events") is None


def test_any_worker_tells_what_all_counted(tmp_path: Path) -> None:
    first, second = worker(tmp_path, 1), worker(tmp_path, 2)
    for metrics, number in [(first, 2), (second, 5)]:
        metrics.tallies(**FEED, status=200, source="hit")["google"].more += number
        metrics.upstream_call("club", "200", 0.2 * number)
        metrics.publish()

    for metrics in (first, second):
        assert value(metrics, "amilia_feeds_requests_total", client="google") == 7
        assert value(metrics, "amilia_feeds_upstream_seconds_sum") == pytest.approx(1.4)
        assert value(metrics, "amilia_feeds_upstream_seconds_bucket", le="0.5") == 1
        assert value(metrics, "amilia_feeds_workers") == 2


def test_gauges_of_several_workers_are_joined_by_what_they_mean(tmp_path: Path) -> None:
    first, second = worker(tmp_path, 1), worker(tmp_path, 2)
    first.catalogue("club", "fr", events=3, octets=900, fetched=50.0)
    second.catalogue("club", "fr", events=4, octets=800, fetched=70.0)
    first.store(failing=True)
    second.store(failing=False)
    second.publish()

    assert value(first, "amilia_feeds_catalogue_fetched_timestamp_seconds") == 50
    assert value(first, "amilia_feeds_catalogue_events") == 4
    assert value(first, "amilia_feeds_store_failing") == 1


def test_a_successor_counts_on_from_where_the_dead_worker_was(tmp_path: Path) -> None:
    watcher, dead = worker(tmp_path, 1), worker(tmp_path, 2)
    dead.upstream_call("club", "200", 0.2)
    dead.upstream_call("club", "timeout", 1.0)
    dead.publish()
    before = value(watcher, "amilia_feeds_upstream_calls_total", outcome="200")

    successor = worker(tmp_path, 2)
    successor.upstream_call("club", "200", 0.2)
    successor.publish()

    assert before == 1
    assert value(watcher, "amilia_feeds_upstream_calls_total", outcome="200") == 2
    assert value(watcher, "amilia_feeds_upstream_calls_total", outcome="timeout") == 1
    assert value(successor, "amilia_feeds_upstream_seconds_count", outcome="timeout") == 1


def test_of_a_worker_that_is_no_more_the_counts_stay_and_the_gauges_go(tmp_path: Path) -> None:
    hands = Hands()
    watcher, dead = worker(tmp_path, 1, hands), worker(tmp_path, 2, hands)
    dead.upstream_call("club", "200", 0.2)
    dead.store(failing=True)
    dead.show_others(lambda: ["shown"])
    dead.publish()
    shown = watcher.shown_by_others()
    hands.now += GONE_SECONDS

    assert shown == {2: ["shown"]}
    assert watcher.shown_by_others() == {}
    assert value(watcher, "amilia_feeds_upstream_calls_total") == 1
    assert value(watcher, "amilia_feeds_store_failing") == 0
    assert value(watcher, "amilia_feeds_workers") == 1


def test_nobody_reads_half_a_book(tmp_path: Path) -> None:
    metrics = worker(tmp_path, 1)

    metrics.publish()

    assert [path.name for path in tmp_path.iterdir()] == ["worker-1.json"]
    assert json.loads((tmp_path / "worker-1.json").read_text())["told"]


def test_alone_nothing_is_written_and_nobody_else_shows_anything() -> None:
    metrics = Metrics()

    metrics.publish()

    assert (metrics.worker, metrics.shown_by_others()) == (0, {})


def test_what_the_library_adds_is_joined_as_well() -> None:
    assert join_of("process_resident_memory_bytes") is Join.SUM
    assert join_of("process_start_time_seconds") is Join.MIN
    assert join_of("amilia_feeds_circuit") is Join.MAX


def test_the_library_s_times_of_creation_are_left_out() -> None:
    metrics = Metrics()
    metrics.answer(200, "hit")

    assert "_created" not in metrics.exposition().decode()


def test_every_family_has_a_name_of_its_own_and_says_what_it_is() -> None:
    names = [family.name for family in families.ALL]

    assert len(set(names)) == len(names)
    assert all(name.startswith("amilia_feeds_") for name in names)
    assert all(family.help.endswith(".") for family in families.ALL)
