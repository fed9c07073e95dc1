"""The tables as Markdown, for the terminal and for docs/performance.md."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure, Goal, Table, number
from benchmarks.suite import Run

BEGIN: Final = "<!-- measured: everything up to the end mark is written by `make bench` -->"
END: Final = "<!-- end of what was measured -->"
COLUMNS: Final = ("figure", "yardstick", "service", "yardstick's", "compared", "reach", "stretch", "verdict")


def report(run: Run, machine: Sequence[str], *, title: str) -> str:
    """Everything that a run found."""
    figures = [figure for outcome in run.outcomes.values() for figure in outcome.figures]
    pieces = [title, "\n".join(f"* {line}" for line in machine), table(COLUMNS, map(_row, figures))]
    notes = [note for outcome in run.outcomes.values() for note in outcome.notes]
    notes += [f"Not measured: {name}. {reason}" for name, reason in run.failures.items()]
    if notes:
        pieces.append("\n".join(f"* {note}" for note in notes))
    for outcome in run.outcomes.values():
        for further in outcome.tables:
            pieces.append(f"### {further.title}")
            pieces.append(_further(further))
    taken = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in run.seconds.items())
    pieces.append(f"Taken: {taken}; {sum(run.seconds.values()):.0f} s in all.")
    return "\n\n".join(pieces) + "\n"


def rewritten(document: str, text: str) -> str:
    """The document with ``text`` between its marks. Raises ``ValueError`` where it has none."""
    before, mark, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError("the document has no place for what is measured")
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def write(path: Path, text: str) -> None:
    """Put ``text`` in its place in the document."""
    path.write_text(rewritten(path.read_text(encoding="utf-8"), text), encoding="utf-8")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _further(further: Table) -> str:
    return table(further.columns, further.rows)


def _row(figure: Figure) -> Sequence[str]:
    reach, stretch = _bounds(figure.goal)
    theirs = str(figure.theirs) if figure.theirs else ""
    return (
        figure.name,
        figure.yardstick,
        str(figure.ours),
        theirs,
        str(figure.compared),
        reach,
        stretch,
        str(figure.verdict),
    )


def _bounds(goal: Goal | None) -> Iterator[str]:
    for bound in (goal.reach, goal.stretch) if goal else (None, None):
        sign = "≥" if goal and goal.least else "≤"
        yield "" if bound is None else f"{sign} {number(bound)}"
