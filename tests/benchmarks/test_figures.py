"""What counts as reached, and how figures are compared and written."""

from pathlib import Path

import pytest

from benchmarks.__main__ import DOCUMENT
from benchmarks.figures import Figure, Goal, Outcome, Series, Verdict, fraction, number, slope, times
from benchmarks.report import BEGIN, END, report, rewritten
from benchmarks.suite import Run


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.99, Verdict.STRETCH), (0.95, Verdict.STRETCH), (0.9, Verdict.REACH), (0.87, Verdict.SHORT)],
)
def test_more_is_better_where_the_goal_is_the_least(value: float, verdict: Verdict) -> None:
    assert Goal(0.88, 0.95, least=True).verdict(value) is verdict


@pytest.mark.parametrize(
    ("value", "verdict"), [(1.05, Verdict.STRETCH), (1.3, Verdict.REACH), (1.31, Verdict.SHORT)]
)
def test_less_is_better_where_the_goal_is_the_most(value: float, verdict: Verdict) -> None:
    assert Goal(1.3, 1.1).verdict(value) is verdict


def test_the_verdict_is_of_the_median_and_not_of_the_best_round() -> None:
    rounds = Series([1.0, 1.4, 1.5], "×")

    figure = Figure("walk", "raw sockets", rounds, rounds, rounds, Goal(1.3))

    assert figure.verdict is Verdict.SHORT


def test_a_figure_without_a_goal_is_shown_only() -> None:
    series = Series([1.0], "×")

    assert Figure("hit", "nginx", series, series, series).verdict is Verdict.SHOWN


def test_sides_are_compared_round_by_round() -> None:
    ours, theirs = [1.0, 10.0], [2.0, 20.0]  # the machine slowed down in the second round, for both

    assert times(ours, theirs).values == [2.0, 2.0]
    assert fraction(ours, theirs).values == [0.5, 0.5]


def test_what_grows_with_the_square_has_a_slope_of_two() -> None:
    assert slope([10, 100, 1_000], [3, 300, 30_000]) == pytest.approx(2)


def test_numbers_have_three_digits_and_no_exponent() -> None:
    written = [number(value) for value in (0, 0.00345678, 0.5, 1.2345, 12.345, 123.45, 1_234_567.8)]

    assert written == ["0.00", "0.00346", "0.5", "1.23", "12.3", "123", "1,234,568"]


def test_a_series_tells_its_median_and_its_spread() -> None:
    assert str(Series([3.0, 1.0, 2.0], "ms")) == "2.00 (1.00–3.00) ms"
    assert str(Series([3.0], "ms")) == "3.00 ms"


def test_the_report_names_what_was_not_measured() -> None:
    series = Series([0.5], "×")
    figure = Figure("walk", "raw sockets", series, None, series, Goal(1.3, 1.1))
    run = Run({"walk": Outcome([figure])}, {"hot": "wrk is missing"}, {"walk": 2.0})

    text = report(run, ["a machine"], title="Measured.")

    assert "| walk | raw sockets | 0.5 × |  | 0.5 × | ≤ 1.30 | ≤ 1.10 | stretch |" in text
    assert "* Not measured: hot. wrk is missing" in text


def test_only_what_is_between_the_marks_is_rewritten() -> None:
    document = f"before\n{BEGIN}\nold\n{END}\nafter\n"

    assert rewritten(document, "new") == f"before\n{BEGIN}\n\nnew\n{END}\nafter\n"
    with pytest.raises(ValueError, match="no place"):
        rewritten("a document without marks", "new")


def test_the_document_has_a_place_for_what_is_measured() -> None:
    document = (Path(__file__).parents[2] / DOCUMENT).read_text()

    assert "new" in rewritten(document, "new")
