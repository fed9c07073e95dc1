"""When to ask again after a refresh that failed."""

from datetime import UTC, datetime, timedelta

from app.domain.errors import UpstreamRefused, UpstreamThrottled, UpstreamUnavailable, UpstreamUnreadable
from app.domain.records import Trouble
from app.feeds.trouble import (
    DOUBTED,
    LONGEST,
    LONGEST_REFUSED,
    Circuit,
    after_doubt,
    after_failure,
    circuit,
    convinced,
    cure_for,
)
from tests.support.fakes import no_jitter

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIFE = timedelta(minutes=10)


def failed(error: Exception, times: int) -> Trouble:
    trouble: Trouble | None = None
    for _ in range(times):
        trouble = after_failure(trouble, error, now=NOW, jitter=no_jitter)
    assert trouble is not None
    return trouble


def test_the_first_failure_is_tried_again_soon() -> None:
    assert failed(UpstreamUnavailable("x"), 1) == Trouble(
        1, NOW, NOW + timedelta(seconds=2), "UpstreamUnavailable"
    )


def test_each_further_failure_waits_twice_as_long_up_to_a_limit() -> None:
    assert failed(UpstreamUnavailable("x"), 4).retry_at == NOW + timedelta(seconds=16)
    assert failed(UpstreamUnavailable("x"), 5_000).retry_at == NOW + LONGEST


def test_jitter_spreads_the_retries() -> None:
    early = after_failure(None, UpstreamUnavailable("x"), now=NOW, jitter=lambda: 0.0)
    late = after_failure(None, UpstreamUnavailable("x"), now=NOW, jitter=lambda: 1.0)

    assert NOW < early.retry_at < late.retry_at


def test_refused_credentials_are_not_hammered() -> None:
    assert failed(UpstreamRefused("x"), 1).retry_at == NOW + timedelta(seconds=30)
    assert failed(UpstreamRefused("x"), 50).retry_at == NOW + LONGEST_REFUSED


def test_amilias_own_word_on_when_to_ask_again_is_kept() -> None:
    assert failed(UpstreamThrottled("x", retry_after=42), 1).retry_at == NOW + timedelta(seconds=42)


def test_the_beginning_of_the_trouble_is_remembered() -> None:
    first = after_failure(None, UpstreamUnavailable("x"), now=NOW, jitter=no_jitter)

    second = after_failure(first, UpstreamRefused("x"), now=NOW + LIFE, jitter=no_jitter)

    assert (second.since, second.error) == (NOW, "UpstreamRefused")


def test_one_refusal_after_an_outage_waits_no_longer_than_a_first_refusal() -> None:
    outage = failed(UpstreamUnavailable("x"), 6)

    refusal = after_failure(outage, UpstreamRefused("x"), now=NOW, jitter=no_jitter)
    outage_again = after_failure(refusal, UpstreamUnavailable("x"), now=NOW, jitter=no_jitter)

    assert (refusal.failures, refusal.retry_at) == (1, NOW + timedelta(seconds=30))
    assert (outage_again.failures, outage_again.retry_at) == (1, NOW + timedelta(seconds=2))


def test_other_failures_of_the_upstream_are_counted_together() -> None:
    unavailable = failed(UpstreamUnavailable("x"), 3)

    unreadable = after_failure(unavailable, UpstreamUnreadable("x"), now=NOW, jitter=no_jitter)

    assert (unreadable.failures, unreadable.retry_at) == (4, NOW + timedelta(seconds=16))


def test_the_incredible_is_believed_when_it_was_told_twice_before() -> None:
    once = after_doubt(None, now=NOW, life=LIFE)
    twice = after_doubt(once, now=NOW + LIFE, life=LIFE)

    assert (once.error, once.retry_at) == (DOUBTED, NOW + LIFE)
    assert [convinced(trouble) for trouble in (None, once, twice)] == [False, False, True]


def test_a_failure_between_two_doubts_starts_the_count_again() -> None:
    once = after_doubt(None, now=NOW, life=LIFE)

    failure = after_failure(once, UpstreamUnavailable("x"), now=NOW, jitter=no_jitter)
    again = after_doubt(failure, now=NOW, life=LIFE)

    assert (failure.failures, again.failures) == (1, 1)


def test_the_circuit_is_open_until_it_may_be_tried_again_and_then_half_open() -> None:
    trouble = failed(UpstreamUnavailable("x"), 3)

    states = [circuit(trouble, NOW + timedelta(seconds=seconds)) for seconds in (0, 7.9, 8, 900)]

    assert states == [Circuit.OPEN, Circuit.OPEN, Circuit.HALF_OPEN, Circuit.HALF_OPEN]


def test_the_circuit_is_closed_while_the_upstream_answers_even_the_incredible() -> None:
    assert circuit(None, NOW) is Circuit.CLOSED
    assert circuit(after_doubt(None, now=NOW, life=LIFE), NOW) is Circuit.CLOSED


def test_every_trouble_has_a_cure_of_its_own() -> None:
    errors = (UpstreamRefused, UpstreamThrottled, UpstreamUnavailable, UpstreamUnreadable, ValueError)
    cures = {cure_for(failed(error("x"), 1)) for error in errors}

    assert len(cures) == len(errors)
