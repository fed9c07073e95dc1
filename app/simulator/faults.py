"""What may go wrong between the API and its client: switches that can be changed while the simulator runs.

A fault is written as one word, for the command line (``--fault``), the desk and the control endpoints::

    KIND[=VALUE][@[ORGANIZATION:]PATH][*COUNT][~CHANCE]

    latency=0.3               every answer comes 0.3 s late
    500@events*3              the next three answers to paths that contain "events" are 500
    429=2@lakeside:events     429 with Retry-After: 2, for the events of lakeside only
    cut~0.1                   one answer in ten breaks off in the middle

``KINDS`` lists the kinds. Of the status faults, 429 and 503 send Retry-After when they have a value.
"""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto


class Stage(Enum):
    """When a fault strikes."""

    WAIT = auto()
    """Before anything else: the answer comes late."""
    REFUSAL = auto()
    """Instead of the answer."""
    PAGE = auto()
    """In what a page of a list holds."""
    BODY = auto()
    """In the bytes of a good answer."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault. ``unit`` says what its value is, empty for none; ``default`` is for none given."""

    name: str
    stage: Stage
    sentence: str
    unit: str = ""
    default: float | None = None


_ALL = (
    Kind("latency", Stage.WAIT, "The answer comes late.", "seconds", 1.0),
    Kind("hang", Stage.REFUSAL, "No answer, until the client gives up."),
    Kind("400", Stage.REFUSAL, "Bad Request."),
    Kind("401", Stage.REFUSAL, "Unauthorized: the token is called invalid."),
    Kind("403", Stage.REFUSAL, "Forbidden."),
    Kind("404", Stage.REFUSAL, "Not Found."),
    Kind("422", Stage.REFUSAL, "Unprocessable entity."),
    Kind("429", Stage.REFUSAL, "Too Many Requests.", "seconds of Retry-After"),
    Kind("500", Stage.REFUSAL, "Internal Server Error."),
    Kind("502", Stage.REFUSAL, "Bad Gateway."),
    Kind("503", Stage.REFUSAL, "Service Unavailable.", "seconds of Retry-After"),
    Kind("504", Stage.REFUSAL, "Gateway Timeout."),
    Kind("cut", Stage.BODY, "The connection breaks off in the middle of the body."),
    Kind("truncated", Stage.BODY, "Half of the JSON, as if it were all."),
    Kind("html", Stage.BODY, "A web page, with status 200."),
    Kind("empty-body", Stage.BODY, "Status 200 and not one byte."),
    Kind("huge", Stage.BODY, "The answer and much more of it.", "megabytes", 64.0),
    Kind("deep", Stage.BODY, "Arrays within arrays.", "levels", 100_000.0),
    Kind("empty-page", Stage.PAGE, "No items, and a total of none."),
    Kind("moving", Stage.PAGE, "Items change order between pages: one comes twice, one never."),
    Kind("totals", Stage.PAGE, "The total is another on each page."),
    Kind("churn", Stage.PAGE, "Every Id is new in each answer."),
    Kind("endless", Stage.PAGE, "Next never ends, and every page has items."),
    Kind("malformed", Stage.PAGE, "Records that make no sense among the good ones."),
    Kind("nulls", Stage.PAGE, "Every field null but Id, Start and End."),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}

_SPEC = re.compile(
    r"(?P<kind>[a-z0-9-]+)(?:=(?P<value>\d+(?:\.\d+)?))?"
    r"(?:@(?:(?P<organization>[a-z0-9-]+):)?(?P<path>[^*~]*))?"
    r"(?:\*(?P<count>\d+))?(?:~(?P<probability>\d?\.?\d+))?"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch.

    It strikes where ``path`` is part of the path (lower case) and, when ``organization`` is given, on that
    slug only: always (``count`` None) or the next ``count`` times, with ``probability``.
    """

    kind: Kind
    value: float | None = None
    path: str = ""
    organization: str = ""
    count: int | None = None
    probability: float = 1.0

    def __str__(self) -> str:
        value = "" if self.value is None else f"={self.value:g}"
        organization = f"{self.organization}:" if self.organization else ""
        scope = f"@{organization}{self.path}" if organization or self.path else ""
        count = "" if self.count is None else f"*{self.count}"
        chance = "" if self.probability == 1 else f"~{self.probability:g}"
        return f"{self.kind.name}{value}{scope}{count}{chance}"

    @property
    def amount(self) -> float:
        """The value, or the kind's default."""
        return self.value if self.value is not None else self.kind.default or 0.0

    def covers(self, stage: Stage, path: str, organization: str) -> bool:
        return (
            self.kind.stage is stage and self.path in path.lower() and self.organization in {"", organization}
        )


def parse_fault(text: str) -> Fault:
    """The fault that a word describes; the grammar is at the top of this module.

    Raises ValueError with one sentence that says what is wrong with it.
    """
    match = _SPEC.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(
            f"The fault {text!r} is not of the form KIND[=VALUE][@[ORGANIZATION:]PATH][*COUNT][~CHANCE]."
        )
    kind = KINDS.get(match["kind"])
    if kind is None:
        raise ValueError(f"There is no fault {match['kind']!r}: choose one of {', '.join(KINDS)}.")
    if match["value"] and not kind.unit:
        raise ValueError(f"The fault {kind.name} takes no value.")
    probability = float(match["probability"] or 1)
    if not 0 < probability <= 1:
        raise ValueError(f"The probability of {text!r} must be above 0 and at most 1.")
    if match["count"] and int(match["count"]) == 0:
        raise ValueError(f"The count of {text!r} must be at least 1.")
    return Fault(
        kind,
        float(match["value"]) if match["value"] else None,
        match["path"] or "",
        match["organization"] or "",
        int(match["count"]) if match["count"] else None,
        probability,
    )


class Faults:
    """The faults that are on, each under a number, and the chance that decides when they strike."""

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int = 1) -> None:
        self._random = random.Random(f"faults {seed}")
        self._faults: dict[int, Fault] = {}
        self._last = 0
        for fault in faults:
            self.add(fault)

    def __repr__(self) -> str:
        return f"<Faults {', '.join(str(fault) for fault in self._faults.values()) or 'none'}>"

    @property
    def active(self) -> Mapping[int, Fault]:
        """Number → fault, with the count that is left."""
        return dict(self._faults)

    def add(self, fault: Fault) -> int:
        """Switch a fault on; returns its number."""
        self._last += 1
        self._faults[self._last] = fault
        return self._last

    def remove(self, number: int) -> None:
        """Switch a fault off; it may be gone already."""
        self._faults.pop(number, None)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, stage: Stage, path: str, organization: str) -> list[Fault]:
        """The faults that strike now, each counted as having struck once."""
        return [
            fault
            for number, fault in self.active.items()
            if self._strikes(number, fault, stage, path, organization)
        ]

    def _strikes(self, number: int, fault: Fault, stage: Stage, path: str, organization: str) -> bool:
        if not fault.covers(stage, path, organization):
            return False
        if fault.probability < 1 and self._random.random() >= fault.probability:
            return False
        if fault.count == 1:
            self.remove(number)
        elif fault.count is not None:
            self._faults[number] = replace(fault, count=fault.count - 1)
        return True
