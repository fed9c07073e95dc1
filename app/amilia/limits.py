"""How long, how much and how often: the bounds within which Amilia is read."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one client. Seconds, bytes and counts; the defaults suit the real API."""

    connect_seconds: float = 5
    read_seconds: float = 15
    """The longest silence within an answer."""
    call_seconds: float = 45
    """One whole answer: a server that trickles its bytes is never silent for long, and yet never done."""
    walk_seconds: float = 90
    """One whole errand, its retries included; waiting for other organizations' errands is not counted."""

    answer_bytes: int = 32 * MEBIBYTE
    """Of one answer, after decompression."""
    answer_values: int = 2_000_000
    """Of one answer, by its commas; real ones have one for every 30 bytes. What is nothing but commas would
    become fifty times its size once it is read: 32 MiB of ``{},`` take a gigabyte."""
    errand_bytes: int = 256 * MEBIBYTE
    """Of all answers to one errand: a hundred thousand events and their repetitions."""
    records: int = 500_000
    """Of one list, and of one walk."""
    pages: int = 2_500
    """Of one list."""

    large_page: int = 1_000
    """The most that a paged endpoint of the API is known to accept as perPage; 2,000 gives a 400."""
    usual_page: int = 200
    """The documented default of perPage, which every endpoint accepts."""

    attempts: int = 4
    """Of one call, the first included."""
    retry_seconds: float = 60
    """No further attempt of a call begins once this long has passed since the first."""
    wait_initial: float = 0.5
    wait_jitter: float = 1.0
    wait_longest: float = 8.0
    throttled_seconds: float = 1.0
    """The pause after a 429 that does not say how long: Amilia counts calls by the second."""
    rereadings: int = 3
    """How often a list whose pages contradict each other is read anew before it is given up."""
