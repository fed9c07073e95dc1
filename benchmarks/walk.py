"""A first walk, from the first call to a feed that can be served, against raw sockets that only fetch.

Fifty pages of 200 events, each after 50 ms, eight at a time. Each round loads an organization that the
service has never read; a HEAD for its whole feed is answered as soon as there is one, with length and ETag.
Told besides: the same for an organization whose every event has a title and a place of its own.
"""

import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from app.main import local_today
from benchmarks import raw
from benchmarks.amilia import USUAL_PAGE, slug
from benchmarks.data import CLUB, FUTURE_DAYS, PAST_DAYS
from benchmarks.figures import Figure, Goal, Outcome, fraction, milliseconds
from benchmarks.processes import Server
from benchmarks.scale import Scale
from benchmarks.service import calls, feed, imitation, loaded, service
from benchmarks.unpaced import AT_ONCE

LATENCY_SECONDS: Final = 0.05
RANGE_DAYS: Final = 31
KINDS: Final = (False, True)
VARIED: Final = ", every event with a title and a place of its own"


def measure(scale: Scale, directory: Path) -> Outcome:
    """Both sides in turn."""
    kinds = {
        varied: [slug(scale.events, n, varied=varied) for n in range(scale.rounds + 1)] for varied in KINDS
    }
    names = [name for some in kinds.values() for name in some]
    ours: dict[bool, list[float]] = {varied: [] for varied in KINDS}
    theirs: dict[bool, list[float]] = {varied: [] for varied in KINDS}
    with (
        imitation(directory, prepare=[scale.events], latency=LATENCY_SECONDS, largest_page=USUAL_PAGE) as api,
        service(directory, api.url, names, paced=False) as server,
    ):
        pages = {varied: targets(scale.events, varied=varied) for varied in KINDS}
        for varied in KINDS:
            raw.fetched(api.port, pages[varied], AT_ONCE)
            loaded(server, kinds[varied][0])
        for round_number in range(1, scale.rounds + 1):
            for varied in KINDS:
                theirs[varied].append(raw.fetched(api.port, pages[varied], AT_ONCE))
                ours[varied].append(_until_servable(server, kinds[varied][round_number]))
        asked = calls(api)[names[-1]]
    figures = [
        Figure(
            f"walk of {len(pages[varied])} pages at 50 ms each, 8 at a time, to servable{words}",
            "raw sockets, fetching alone",
            milliseconds(ours[varied]),
            milliseconds(theirs[varied]),
            fraction(ours[varied], theirs[varied]),
            goal,
        )
        for varied, words, goal in ((False, "", Goal(1.3, 1.1)), (True, VARIED, None))
    ]
    return Outcome(figures, notes=[f"The walk of the service makes {asked} calls, with the programmes."])


def targets(events: int, *, varied: bool = False) -> list[str]:
    """The pages of all events of an organization that is nobody's, as the service asks for them."""
    days = PAST_DAYS + 1 + FUTURE_DAYS
    first = local_today(CLUB.timezone or "UTC") - timedelta(days=PAST_DAYS)
    found = []
    for start in range(0, days, RANGE_DAYS):
        begin, end = (first + timedelta(days=start + more) for more in (0, RANGE_DAYS - 1))
        count = -(-events * RANGE_DAYS // days)
        query = f"from={begin}&to={end}&perPage={USUAL_PAGE}"
        path = f"/api/v3/fr/org/{slug(events, 999_999, varied=varied)}/events?{query}"
        found += [f"{path}&page={number}" for number in range(1, -(-count // USUAL_PAGE) + 1)]
    return found


def _until_servable(server: Server, name: str) -> float:
    begin = time.perf_counter()
    reply = server.get(feed(name), method="HEAD")
    seconds = time.perf_counter() - begin
    if reply.status != 200:  # noqa: PLR2004
        raise ValueError(f"{name}: {reply.status}")
    return seconds
