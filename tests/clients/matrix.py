"""The matrix of docs/clients.md: what was seen of each client at each step, as words in a table.

``python -m tests.clients.matrix`` writes it from the facts of the last full run.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from tests.clients.client import Client
from tests.clients.limits import KEEPERS, LIMITS
from tests.clients.roster import CLIENTS
from tests.clients.story import STEPS, Step
from tests.clients.walk import View

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs/clients.md"
FACTS: Final = ROOT / "test-artefacts/clients/facts.json"

SHOWN: Final = "✓"
UNCHANGED: Final = "✓ 304"
KEPT: Final = "kept"
BLANK: Final = "nothing"
UNASKED: Final = "–"

CENTRE: Final = "whole centre"
CENTRE_SENTENCE: Final = "another feed: 600 events of a year, with every oddity that Amilia is known for"

Cells: TypeAlias = Mapping[str, Mapping[str, str]]
"""Client → step → word."""


def promise(client: type[Client], step: Step) -> str:
    """The word that the matrix promises."""
    match step.kind:
        case "away":
            return KEPT if client.when_away == "kept" else BLANK
        case "cut":
            return KEPT if client.when_cut == "kept" else BLANK
        case "unasked":
            return SHOWN if client.polls else UNASKED
        case "same":
            return UNCHANGED if client.conditional else SHOWN
        case "changed":
            return SHOWN


def word(view: View, step: Step) -> str:
    """The word for what was seen; a sentence where it is not what should have been."""
    if view.error or list(view.expected) != list(view.seen):
        return view.error or "something else than was published"
    if step.kind in {"away", "cut"}:
        return KEPT if view.seen else BLANK
    if step.kind == "unasked" and not view.statuses:
        return UNASKED
    if view.statuses == {304}:
        return UNCHANGED
    return SHOWN if view.statuses <= {200, 304} else f"statuses {sorted(view.statuses)}"


def render(cells: Cells, versions: Mapping[str, str]) -> str:
    """The page. Raises KeyError for a cell or a version that is not known."""
    story = [
        [f"**{name}**: {sentence}", *(cells[client.name][name] for client in CLIENTS)]
        for name, sentence in _rows()
    ]
    limits = [[limit.sentence, *limit.reactions] for limit in LIMITS]
    clients = [_paragraph(client, versions[client.name]) for client in CLIENTS]
    parts = [_OPENING, *_table(CLIENTS, story), _LEGEND, *clients, _LIMITS, *_table(KEEPERS, limits), ""]
    return "\n".join(parts)


def _table(clients: Sequence[type[Client]], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table with a column for each client."""
    heads = ["", *(client.title for client in clients)], ["---", *(":-:" for _ in clients)]
    return [f"| {' | '.join(cells)} |" for cells in (*heads, *rows)]


def names() -> list[str]:
    """The rows of the matrix."""
    return [name for name, _ in _rows()]


def _rows() -> Sequence[tuple[str, str]]:
    return [*((step.name, step.sentence) for step in STEPS), (CENTRE, CENTRE_SENTENCE)]


def _paragraph(client: type[Client], version: str) -> str:
    asking = "Asks whether its copy is still good. " if client.conditional else ""
    return f"**{client.title}** {version}, clock of {client.zone}. {asking}{client.manner}\n"


def main() -> int:
    """Write the page from the facts. Returns the exit status."""
    if not FACTS.exists():
        sys.stderr.write("There are no facts; run the tests of tests/clients first.\n")
        return 1
    facts: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    try:
        page = render(facts["cells"], facts["versions"])
    except KeyError as missing:
        sys.stderr.write(f"The last run did not see all: {missing} is missing.\n")
        return 1
    PAGE.write_text(page, encoding="utf-8")
    return 0


_OPENING: Final = """\
# Calendar clients

What people see in real calendar clients that are subscribed to this service. Each column is the program
itself, or the library that it reads feeds with; it gets the feed over HTTP from a running service, which
reads a running simulator of Amilia that staff edit meanwhile. Each row is one thing that happens; the
clients live through all of them in this order, at the same time.

`make test` repeats all of it and fails when a client shows anything else than this table says: another
title, another hour by the clock of its machine, another place or state, one event more or less. The table
is written by `python -m tests.clients.matrix` from what the last run of `tests/clients` saw.
"""
_LEGEND: Final = f"""
* **{SHOWN}** shows exactly what the club published.
* **{UNCHANGED}** the same, and the service had only to say that nothing changed.
* **{KEPT}** gets no good answer and goes on showing what it had.
* **{BLANK}** gets no good answer and shows nothing until the next one. Libraries and importers keep nothing.
* **{UNASKED}** looks only when it is told to.

The service answered every request for the feed with 200 or 304. The clients' clocks are set to different
zones, and one event is in the weeks in which America has changed its clocks and Europe has not.

## The clients
"""
_LIMITS: Final = """\
## Why the service answers as it does

What the clients that keep a copy make of answers which the service takes care not to give; tests see this
again in the clients, too. Hence its last good copy instead of an error, one notice instead of no events, new
stamps with every change, and no length for what is compressed.
"""

if __name__ == "__main__":
    sys.exit(main())
