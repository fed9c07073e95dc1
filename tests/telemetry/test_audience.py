"""Subscriptions estimated from requests: true to what is known, and humble while little is."""

from itertools import pairwise

import pytest

from app.telemetry.audience import WINDOW_SECONDS, Audience

HOUR = 3600.0


def after_days(audience: Audience, days: float, per_hour: float) -> float:
    """The estimate when so many requests came each hour, asked for every quarter of an hour."""
    estimate = 0.0
    for quarter in range(1, round(days * 96) + 1):
        estimate = audience.estimate(quarter * HOUR / 4, round(quarter * per_hour / 4))
    return estimate


@pytest.mark.parametrize(
    ("interval", "per_hour"), [(HOUR, 12), (HOUR / 2, 24), (8 * HOUR, 1.5), (24 * HOUR, 0.5)]
)
def test_twelve_that_look_at_their_own_pace_are_twelve(interval: float, per_hour: float) -> None:
    assert after_days(Audience(interval, 0), 3, per_hour) == pytest.approx(12, rel=0.05)


def test_before_anybody_need_have_come_twice_each_request_is_one() -> None:
    audience = Audience(8 * HOUR, 0)

    assert [audience.estimate(60, 1), audience.estimate(HOUR, 5)] == [1, 5]


def test_a_weekly_reader_counts_for_a_week() -> None:
    audience = Audience(7 * 24 * HOUR, 0)

    estimates = [audience.estimate(day * WINDOW_SECONDS, 1 + day // 7) for day in range(1, 30)]

    assert set(map(round, estimates)) <= {1, 2}


def test_who_leaves_is_forgotten_within_a_day() -> None:
    audience = Audience(HOUR, 0)
    before = after_days(audience, 2, 10)

    gone = [audience.estimate(2 * WINDOW_SECONDS + step * HOUR, 480) for step in range(1, 27)]

    assert before == pytest.approx(10, rel=0.05)
    assert all(later <= earlier for earlier, later in pairwise(gone))
    assert gone[-1] == 0


def test_it_keeps_a_bounded_number_of_marks() -> None:
    audience = Audience(HOUR, 0)

    after_days(audience, 20, 10)

    assert int(repr(audience).split()[-2]) <= 51
