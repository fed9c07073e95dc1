"""A yardstick: the events of many organizations as parsed dicts, in a process of its own.

``python -m benchmarks.dicts ORGANIZATIONS EVENTS`` prints by how many bytes holding them made it grow.
"""

import gc
import os
import sys

import orjson

from benchmarks.amilia import Amilia, Window
from benchmarks.data import TODAY
from benchmarks.processes import resident_bytes


def held(organizations: int, events: int) -> int:
    """The growth of this process; one organization is parsed before, as the service has read one."""
    amilia = Amilia(Window(TODAY))
    kept = [[orjson.loads(page)["Items"] for page in amilia.pages(events, 0)]]
    gc.collect()
    before = resident_bytes(os.getpid())
    kept += [
        [orjson.loads(page)["Items"] for page in amilia.pages(events, number)]
        for number in range(1, organizations + 1)
    ]
    gc.collect()
    return resident_bytes(os.getpid()) - before


if __name__ == "__main__":
    print(held(int(sys.argv[1]), int(sys.argv[2])))
