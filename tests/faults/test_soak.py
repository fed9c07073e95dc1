"""A short soak of each kind of store, and the command that runs long ones."""

import asyncio
import os
from pathlib import Path

import pytest

from soak.__main__ import options_from
from soak.cast import StoreKind, redis_program
from soak.run import Options, Outcome, soak

SECONDS = 20.0


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[StoreKind, Outcome]:
    """Soaks of twenty seconds, at the same time: each is mostly waiting."""
    stores: list[StoreKind] = ["sqlite", "redis"] if redis_program() else ["sqlite"]

    async def run() -> list[Outcome]:
        return await asyncio.gather(
            *(soak(Options(SECONDS, store=store), tmp_path_factory.mktemp(store)) for store in stores)
        )

    return dict(zip(stores, asyncio.run(run()), strict=True))


@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_twenty_seconds_of_trouble_cost_no_wrong_answer(
    outcomes: dict[StoreKind, Outcome], store: StoreKind
) -> None:
    if store not in outcomes and os.environ.get("CI") != "true":
        pytest.skip("no redis-server or valkey-server is installed: nothing was soaked with it")
    outcome = outcomes[store]

    assert [outcome.chronicle.story_of(wrong) for wrong in outcome.chronicle.wrongs] == []
    assert outcome.counts.whole > 50
    assert outcome.counts.bodies > 5
    assert outcome.chronicle.done["edit"] > 2
    assert outcome.chronicle.done["fault"] > 0
    assert outcome.calm.seconds != []
    assert f"{store}, seed 1" in outcome.summary


def test_the_command_has_the_documented_defaults() -> None:
    usual = Options(seconds=600, hosts=2, workers=1, store="sqlite", seed=1)
    assert options_from([]) == (usual, None)
    words = ("--seconds", "60", "--hosts", "3", "--workers", "2", "--store", "redis", "--seed", "7")
    wished = Options(seconds=60, hosts=3, workers=2, store="redis", seed=7)
    assert options_from([*words, "--logs", "kept"]) == (wished, Path("kept"))
