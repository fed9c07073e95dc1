"""Limits on what strangers can cause, on a clock that is turned by hand."""

from dataclasses import dataclass

from app.web.limits import Bucket, Gathering


@dataclass(slots=True)
class Timer:
    """Seconds."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_so_many_at_once_and_then_one_at_a_time() -> None:
    timer = Timer()
    bucket = Bucket(at_once=3, seconds=10, timer=timer)

    at_once = [bucket.take() for _ in range(5)]
    timer.now += 9.9
    early = bucket.take()
    timer.now += 0.2
    later = [bucket.take() for _ in range(2)]
    timer.now += 1000
    full_again = [bucket.take() for _ in range(5)]

    assert at_once == [True, True, True, False, False]
    assert (early, later) == (False, [True, False])
    assert full_again == [True, True, True, False, False]


def test_an_empty_bucket_says_when_to_come_again() -> None:
    timer = Timer()
    bucket = Bucket(at_once=2, seconds=10, timer=timer)
    for _ in range(2):
        bucket.take()

    told = bucket.retry_after()
    timer.now += told - 1
    early = bucket.take()
    timer.now += 1
    on_time = bucket.take()

    assert told == 10
    assert (early, on_time) == (False, True)


def test_the_first_goes_at_once_and_the_rest_together() -> None:
    timer = Timer()
    gathering = Gathering(5, timer=timer)

    first = gathering.turn("club")
    timer.now += 2
    second, third = gathering.turn("club"), gathering.turn("club")
    timer.now += 3
    gathering.begun("club")
    fourth, fifth = gathering.turn("club"), gathering.turn("club")

    assert (first, second, third) == (0.0, 3.0, None)
    assert (fourth, fifth) == (5.0, None)


def test_after_a_while_of_silence_nobody_waits() -> None:
    timer = Timer()
    gathering = Gathering(5, timer=timer)
    gathering.turn("club")
    timer.now += 60

    assert gathering.turn("club") == 0.0


def test_organizations_do_not_wait_for_each_other() -> None:
    gathering = Gathering(5, timer=Timer())

    assert (gathering.turn("one"), gathering.turn("two")) == (0.0, 0.0)
