"""What wrk says is understood, and not believed where it met errors."""

import pytest

from benchmarks.wrk import LoadFailed, parsed

REPORT = """\
Running 1s test @ http://127.0.0.1:8000/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   634.42us  262.65us   5.63ms   85.81%
    Req/Sec    50.06k     2.47k   54.50k    70.00%
  Latency Distribution
     50%  591.00us
     75%  725.00us
     90%    0.90ms
     99%    1.53ms
  49800 requests in 1.00s, 244.87MB read
Requests/sec:  49792.27
Transfer/sec:    244.83MB
"""


def test_answers_and_latencies_are_read() -> None:
    seen = parsed(REPORT, share=0.5)

    assert (seen.answers, seen.rate, seen.share) == (49_800, 49792.27, 0.5)
    assert (seen.median, seen.p99) == pytest.approx((591e-6, 1.53e-3))


@pytest.mark.parametrize(
    "complaint",
    ["  Non-2xx or 3xx responses: 12\n", "  Socket errors: connect 0, read 3, write 0, timeout 0\n"],
)
def test_a_rate_of_errors_is_no_rate(complaint: str) -> None:
    with pytest.raises(LoadFailed):
        parsed(REPORT + complaint)


def test_an_unfinished_report_is_no_result() -> None:
    with pytest.raises(LoadFailed):
        parsed("Running 1s test")
