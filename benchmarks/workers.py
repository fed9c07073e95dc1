"""Two workers against one, on all cores, with the load beside them; what the load itself takes is told."""

import time
from pathlib import Path

from benchmarks.amilia import slug
from benchmarks.figures import Figure, Outcome, Series, Table, number, times
from benchmarks.machine import CORES
from benchmarks.scale import Scale
from benchmarks.service import COMPRESSED, feed, imitation, loaded, service
from benchmarks.wrk import load

WARM_REQUESTS = 40
"""So many connections of their own that every worker has seen some of them."""


def measure(scale: Scale, directory: Path) -> Outcome:
    """Both in turn, each in processes of its own."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    rows = []
    name = slug(scale.hot_events, 0)
    with imitation(directory, prepare=[scale.hot_events]) as api:
        for turn in range(scale.fresh):
            for workers, seen_rates in rates.items():
                place = directory / f"{workers}-workers-{turn}"
                place.mkdir()
                with service(place, api.url, [name], workers=workers, cores=CORES) as server:
                    for _ in range(WARM_REQUESTS):
                        loaded(server, name, headers=COMPRESSED)
                    used, began = server.busy_seconds(), time.perf_counter()
                    seen = load(server.url + feed(name), COMPRESSED, seconds=2 * scale.seconds, cores=CORES)
                    share = (server.busy_seconds() - used) / (time.perf_counter() - began)
                seen_rates.append(seen.rate)
                rows.append(
                    [str(workers), f"{number(seen.rate)} /s", f"{share:.2f} cores", f"{seen.share:.2f} cores"]
                )
    one, two = rates[1], rates[2]
    figure = Figure(
        f"two workers on {len(CORES)} cores that they share with the load",
        "one worker",
        Series(two, "/s"),
        Series(one, "/s"),
        times(one, two),
    )
    columns = ["workers", "answers", "used by the service", "used by wrk"]
    return Outcome([figure], [Table(f"Workers, on {len(CORES)} cores", columns, rows)])
