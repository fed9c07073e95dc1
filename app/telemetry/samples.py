"""What a worker counted, as plain values, and how the values of several become one. Pure.

Counters and histograms are added up, gauges as ``families`` says. The times at which counters were created,
which the library tells of as well, are left out: nothing of ours reads them and they are a third of the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias, TypedDict

from prometheus_client import Metric

from app.telemetry.families import Join, join_of

Labels: TypeAlias = tuple[tuple[str, str], ...]
Totals: TypeAlias = Mapping[tuple[str, Labels], float]
"""Values by the name of the sample and its labels."""

GROWING: Final = ("counter", "histogram")
_CREATED: Final = "_created"


class Sample(TypedDict):
    """One value."""

    name: str
    labels: dict[str, str]
    value: float


class ToldFamily(TypedDict):
    """One metric and its values."""

    name: str
    type: str
    help: str
    samples: list[Sample]


Told: TypeAlias = Sequence[ToldFamily]
"""Everything that one worker has to tell; JSON can write it."""


def told_by(metrics: Iterable[Metric], *, before: Totals) -> Told:
    """The values of ``metrics``, those that only grow added to what was counted ``before``."""
    told: list[ToldFamily] = []
    rest = dict(before)
    for metric in metrics:
        grows = metric.type in GROWING
        samples = [
            Sample(
                name=sample.name,
                labels=dict(sample.labels),
                value=sample.value + (rest.pop((sample.name, _key(sample.labels)), 0.0) if grows else 0.0),
            )
            for sample in metric.samples
            if not sample.name.endswith(_CREATED)
        ]
        if grows:  # what a predecessor saw and this worker did not yet
            names = {metric.name, *(f"{metric.name}_{end}" for end in ("total", "bucket", "count", "sum"))}
            left = [key for key in rest if key[0] in names]
            samples += [Sample(name=key[0], labels=dict(key[1]), value=rest.pop(key)) for key in left]
        told.append(
            ToldFamily(name=metric.name, type=metric.type, help=metric.documentation, samples=samples)
        )
    return told


def totals_of(told: Told) -> Totals:
    """What of it only grows."""
    return {
        (sample["name"], _key(sample["labels"])): sample["value"]
        for family in told
        if family["type"] in GROWING
        for sample in family["samples"]
    }


def without_gauges(told: Told) -> Told:
    """What stays true of a worker that is no more."""
    return [family for family in told if family["type"] in GROWING]


def joined(workers: Iterable[Told]) -> list[Metric]:
    """The metrics of all workers as one; the first one's order."""
    metrics: dict[str, Metric] = {}
    values: dict[str, dict[tuple[str, Labels], float]] = {}
    for told in workers:
        for family in told:
            name, how = family["name"], join_of(family["name"])
            metrics.setdefault(name, Metric(name, family["help"], family["type"]))
            found = values.setdefault(name, {})
            for sample in family["samples"]:
                key = (sample["name"], _key(sample["labels"]))
                value = sample["value"]
                found[key] = _joined(how, found[key], value) if key in found else value
    for name, metric in metrics.items():
        for (sample_name, labels), value in values[name].items():
            metric.add_sample(sample_name, dict(labels), value)
    return list(metrics.values())


def _joined(how: Join, one: float, other: float) -> float:
    match how:
        case Join.SUM:
            return one + other
        case Join.MAX:
            return max(one, other)
        case Join.MIN:
            return min(one, other)


def _key(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))
