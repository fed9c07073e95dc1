"""The freshness table, row by row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.feeds.freshness import Decision, Facts, decide, due_ahead, is_stale

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIFE = timedelta(minutes=10)
NOTHING = Facts(copy_from=None, other_day=False, marked=False, asked_at=None, retry_at=None)
FRESH = replace(NOTHING, copy_from=NOW - timedelta(minutes=5))
OLD = replace(NOTHING, copy_from=NOW - timedelta(minutes=10))


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (NOTHING, Decision.WAIT),
        (replace(NOTHING, retry_at=NOW + timedelta(seconds=1)), Decision.REFUSE),
        (replace(NOTHING, retry_at=NOW), Decision.WAIT),
        (FRESH, Decision.SERVE),
        (OLD, Decision.SERVE_AND_REFRESH),
        (replace(OLD, copy_from=NOW - timedelta(days=400)), Decision.SERVE_AND_REFRESH),
        (replace(OLD, retry_at=NOW + timedelta(seconds=1)), Decision.SERVE),
        (replace(FRESH, other_day=True), Decision.SERVE_AND_REFRESH),
        (replace(FRESH, marked=True), Decision.SERVE_AND_REFRESH),
        (replace(FRESH, marked=True, retry_at=NOW + timedelta(seconds=1)), Decision.SERVE),
    ],
)
def test_the_table(facts: Facts, decision: Decision) -> None:
    assert decide(facts, NOW, LIFE) == decision


def test_a_copy_in_use_is_refreshed_before_it_goes_stale() -> None:
    asked = NOW - timedelta(hours=23)
    nearly_stale = replace(FRESH, copy_from=NOW - timedelta(minutes=8), asked_at=asked)

    assert due_ahead(nearly_stale, NOW, LIFE)
    assert not is_stale(nearly_stale, NOW, LIFE)


@pytest.mark.parametrize(
    "facts",
    [
        replace(OLD, asked_at=None),
        replace(OLD, asked_at=NOW - timedelta(days=1)),
        replace(OLD, asked_at=NOW, retry_at=NOW + timedelta(seconds=1)),
        replace(NOTHING, asked_at=NOW),
        replace(FRESH, asked_at=NOW),
    ],
)
def test_nothing_is_fetched_ahead_for_nobody_or_too_soon(facts: Facts) -> None:
    assert not due_ahead(facts, NOW, LIFE)
