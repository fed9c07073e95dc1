"""Where ids come from: rising, with gaps, of the number of digits that Amilia's have."""

import random


class Numbering:
    """Draws ids for one world. They rise for the whole platform, so no two organizations share one."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"ids of {seed}")
        self._last = {
            "place": 9_008,
            "tag": 400,
            "program": 41_207,
            "shelf": 152_340,
            "activity": 5_836_164,
            "event": 138_583_647,
            "webhook": 310,
        }

    def place(self) -> int:
        return self._next("place", 9)

    def tag(self) -> int:
        return self._next("tag", 5)

    def program(self) -> int:
        return self._next("program", 40)

    def shelf(self) -> int:
        return self._next("shelf", 30)

    def activity(self) -> int:
        return self._next("activity", 60)

    def event(self) -> int:
        return self._next("event", 40)

    def webhook(self) -> int:
        return self._next("webhook", 4)

    def _next(self, kind: str, gap: int) -> int:
        self._last[kind] += self._random.randint(1, gap)
        return self._last[kind]
