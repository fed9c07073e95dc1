"""From JSON to the bytes of a feed: at first, when a hundredth has changed, and when nothing has.

The yardstick of a first render is orjson and naive icalendar; that of a refresh is our own full render, with
every memory of finished lines warm, which makes it the shorter of the two full renders.
"""

from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks import naive
from benchmarks.amilia import Amilia, Window, slug
from benchmarks.data import TODAY
from benchmarks.figures import Figure, Goal, Outcome, Table, fraction, milliseconds, number, times
from benchmarks.pipeline import Pipeline, forget, joined
from benchmarks.rounds import Side, interleaved
from benchmarks.scale import Scale

NAIVE_ROUNDS: Final = 3
NUMBER: Final = 1
VARIED: Final = ", every one with a title and a place of its own"


def measure(scale: Scale, _directory: Path) -> Outcome:
    """Each row with its yardstick in turn."""
    told, changed = Amilia(Window(TODAY)), Amilia(Window(TODAY), changed=True)
    first, refreshes = _first_render(scale, told), _refreshes(scale, told, changed)
    varied = _first_render(scale, told, varied=True)
    events = f"{scale.events:,} events"
    figures = [
        *(
            Figure(
                f"first render of {events} from JSON{words}",
                "orjson + naive icalendar",
                milliseconds(some["ours"]),
                milliseconds(some["naive"]),
                times(some["ours"], some["naive"]),
                goal,
            )
            for some, words, goal in ((first, "", Goal(5, 9, least=True)), (varied, VARIED, None))
        ),
        *(
            Figure(
                f"refresh of {events}, {what}, JSON to new bytes",
                "own full render",
                milliseconds(refreshes[what]),
                milliseconds(refreshes["full"]),
                fraction(refreshes[what], refreshes["full"]),
                goal,
            )
            for what, goal in (("1 % changed", Goal(0.25, 0.15)), ("nothing changed", Goal(0.08, 0.03)))
        ),
    ]
    each = [
        [label, str(milliseconds(some)), f"{number(min(some) / scale.events * 1e6)} µs"]
        for label, some in (
            ("orjson + naive icalendar", first["naive"]),
            ("first render", first["ours"]),
            ("first render, titles and places varied", varied["ours"]),
            ("full render, warm", refreshes["full"]),
            ("1 % changed", refreshes["1 % changed"]),
            ("nothing changed", refreshes["nothing changed"]),
        )
    ]
    return Outcome(
        figures, [Table(f"From JSON to a feed of {events}", ["what", "time", "an event, at best"], each)]
    )


def _first_render(scale: Scale, told: Amilia, *, varied: bool = False) -> dict[str, list[float]]:
    pages = told.pages(scale.events, NUMBER, varied=varied)
    with closing(Pipeline(told, slug(scale.events, NUMBER, varied=varied))) as pipeline:
        catalogue = pipeline.refresh()
        opening = naive.opening_of(joined(catalogue)[0])

        def forgotten() -> None:
            pipeline.anew()
            forget()

        ours = Side(pipeline.feed, before=forgotten)
        theirs = Side(lambda: naive.rendered(opening, naive.parsed(pages), catalogue.zone))
        return interleaved({"ours": ours, "naive": theirs}, min(scale.rounds, NAIVE_ROUNDS), warm=False)


def _refreshes(scale: Scale, told: Amilia, changed: Amilia) -> dict[str, list[float]]:
    name = slug(scale.events, NUMBER)
    with closing(Pipeline(told, name)) as full, closing(Pipeline(told, name)) as other:

        def back() -> None:
            other.tell(told)
            other.refresh()

        def back_and_changed() -> None:
            back()
            other.tell(changed)

        return interleaved(
            {
                "full": Side(full.feed, before=full.anew),
                "1 % changed": Side(other.feed, before=back_and_changed),
                "nothing changed": Side(other.feed, before=back),
            },
            scale.rounds,
        )
