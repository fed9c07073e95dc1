"""Every part runs, on next to nothing, and finds its figures; nobody judges them here."""

import os
import shutil
from pathlib import Path

import pytest

from benchmarks import hot, suite
from benchmarks.__main__ import main
from benchmarks.scale import TINY
from benchmarks.wrk import load

LOADED = ("hot", "workers")


@pytest.fixture
def wrk() -> None:
    """Skips where wrk is missing, which under CI must not be."""
    if shutil.which("wrk") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("wrk is missing: scripts/install-bench", pytrace=False)
        pytest.skip("wrk is missing: scripts/install-bench")


@pytest.mark.parametrize("name", [name for name in suite.PARTS if name not in LOADED])
def test_a_part_finds_its_figures(name: str, tmp_path: Path) -> None:
    outcome = suite.PARTS[name](TINY, tmp_path)

    assert outcome.figures
    assert all(figure.ours.values for figure in outcome.figures)


@pytest.mark.usefixtures("wrk")
def test_all_servers_give_the_answer_of_the_service_and_bear_load(tmp_path: Path) -> None:
    with hot.candidates(TINY, tmp_path) as (answers, servers):
        found = {(candidate.name, candidate.kind) for candidate in servers}
        ours = servers[0]
        seen = load(ours.server.url + "/orgs/s20-0/calendar.ics", ours.headers, seconds=1, cores=[])

    assert {hot.SERVICE, hot.BARE, hot.PLAIN, hot.PLAINER} <= {name for name, _ in found}
    assert {kind for _, kind in found} == {hot.GOOD, hot.UNCHANGED}
    assert dict(hot.captured_headers(answers["gzip"]))["content-encoding"] == "gzip"
    assert answers["unchanged"].status == 304
    assert seen.rate > 0


@pytest.mark.usefixtures("wrk")
def test_two_workers_are_measured_beside_one(tmp_path: Path) -> None:
    (figure,) = suite.PARTS["workers"](TINY, tmp_path).figures

    assert figure.compared.median > 0


def test_a_part_that_cannot_run_is_told_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise ConnectionResetError("no server")

    monkeypatch.setattr(suite, "PARTS", {"walk": broken, "render": suite.PARTS["render"]})

    done = suite.run(["walk", "render"], TINY, lambda _: None)

    assert done.failures == {"walk": "ConnectionResetError: no server"}
    assert list(done.outcomes) == ["render"]


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["speed"])

    assert "speed: choose from hot, " in capsys.readouterr().err
