"""Several workers as an operator starts them: one scrape tells of all, and goes on when one dies."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry.books import WRITE_SECONDS
from tests.cli.test_cli import free_port
from tests.cli.test_serving import CLUB, started

SOON = 15.0


def told(port: int) -> dict[str, float]:
    """Requests for ``/healthz``, and the processes that answer."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        "asked": sum(
            sample.value
            for sample in samples
            if sample.name == "amilia_feeds_requests_total" and sample.labels["route"] == "/healthz"
        ),
        "workers": sum(sample.value for sample in samples if sample.name == "amilia_feeds_workers"),
    }


def until(port: int, good: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """What is told as soon as it is good, or in the end."""
    deadline = time.monotonic() + SOON
    while not good(found := told(port)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def workers_of(pid: int) -> list[int]:
    """The processes of a parent that answer, by the names that they have in a list of processes."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if "feeds-worker" in Path(f"/proc/{child}/comm").read_text()]


def test_one_scrape_tells_of_all_workers_and_a_dead_one_takes_no_count_along(tmp_path: Path) -> None:
    port = free_port()
    where = f"http://127.0.0.1:{port} with 2 workers"
    with started(
        "serve", "--port", str(port), "--workers", "2", cwd=tmp_path, where=where, environ=CLUB
    ) as program:
        for _ in range(30):
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        before = until(port, lambda found: found == {"asked": 30, "workers": 2})
        time.sleep(WRITE_SECONDS + 0.5)  # what was counted after the last writing dies with the worker
        os.kill(workers_of(program.process.pid)[0], signal.SIGKILL)
        program.until("is replaced")
        after = [told(port) for _ in range(5)]
        end = until(port, lambda found: found == {"asked": 30, "workers": 2})
        status, _ = program.ended(by=signal.SIGTERM)

    assert before == end == {"asked": 30, "workers": 2}
    assert {found["asked"] for found in after} == {30}
    assert status == 0
