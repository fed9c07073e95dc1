"""Everything awkward that a calendar meets in real data, one named function for each case.

``scatter`` puts all of them into an organization. What a case shows is told by its function's name; the names
lead to the ids of the events, so a test can ask for one. Texts sound like those of a recreation centre,
because each of these comes from what staff type or from what the API was seen to send.
"""

from app.simulator.awkward import fields, states, texts, times
from app.simulator.awkward.bench import Bench, Case

CASES: tuple[Case, ...] = (*times.CASES, *states.CASES, *texts.CASES, *fields.CASES)


def scatter(bench: Bench) -> dict[str, tuple[int, ...]]:
    """Make every case; name of the case → ids of its events."""
    return {case.__name__: tuple(event.id for event in case(bench)) for case in CASES}
