"""The matrix as a page to read (docs/faults.md): what readers got in each cell, in a word or two."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.simulator.faults import parse_fault
from tests.faults.matrix import UPSETS, Cell, Play, State, Store, Upset

TITLE: Final = """\
# What subscribers get when something fails

Played and written by `tests/faults/test_matrix.py`; to write it anew:
`UPDATE_GOLDEN=1 .venv/bin/pytest tests/faults/test_matrix.py`. Each cell is a service over a simulated
Amilia: a state of the catalogue is brought about, staff move one event, rename one and cancel one, and at
that moment every call to Amilia begins to fail in the way of the row. Readers ask at once, again after the
refresh that this may have begun, and once more eleven minutes later.

| word | the answer |
|---|---|
| last | 200, the last good copy, as it was before the edits |
| new | 200, the truth of now |
| other language | 200, the last good copy of the other language |
| 503 | 503 with `Retry-After`: there is nothing to serve |
| “no events” | 200, the one all-day event which says that there are none |
| new, other ids | 200, the truth of now under the ids that Amilia told: to a calendar, other events |
| new, bare | 200, the events of now as Amilia told them: their ids and their times, and nothing else |

In every cell, besides: no other error; no calendar that is cut, empty, older than the one served before,
of another organization, or in a language that `Content-Language` does not name; SEQUENCE and LAST-MODIFIED
never fall; Amilia is read at most once at once and once later, in each language that is read; no secret in
an answer or in the log; and when all is well again, one refresh brings the truth back.

Amilia may also lie so well that nobody can see it. `empty-page` is an organization without events: where
there is a copy, that is believed when it has been told three times, after the end of these plays. `nulls`
and `churn` are whole and well-formed lists that say something else, and are published as told.
"""
INTRODUCTIONS: Final[Mapping[Store, str]] = {
    Store.SQLITE: "The store is a file, and nothing is wrong with it.",
    Store.SQLITE_BROKEN: "The store breaks at the same moment, for good. What differs from SQLite:",
    Store.REDIS: "Hosts share the store, and nothing is wrong with it. What differs from SQLite:",
    Store.REDIS_BROKEN: (
        "The server is gone at the same moment and comes back when Amilia does. A host that has a copy\n"
        "leaves it as it is meanwhile: it cannot know what other hosts publish. What differs from SQLite:"
    ),
    Store.REDIS_SILENT: (
        "The server is there and, from the same moment on, answers nothing, which is worse than being gone.\n"
        "Played with some of the faults. What differs from SQLite:"
    ),
}


def page(plays: Sequence[Play]) -> dict[str, str]:
    """The sections of the page by heading, those of the stores that took part; the opening under ""."""
    stories = {play.cell: play.story for play in plays}
    sections = {"": TITLE}
    for store in Store:
        if any(cell.store is store for cell in stories):
            body = _differences(stories, store) if store is not Store.SQLITE else _whole(stories)
            sections[f"## {store}"] = f"{INTRODUCTIONS[store]}\n\n{body}"
    return sections


def sections_of(text: str) -> dict[str, str]:
    """A page that was written, by heading."""
    opening, *others = text.split("\n## ")
    parts = (part.partition("\n\n") for part in others)
    return {"": opening, **{f"## {heading}": body.rstrip("\n") + "\n" for heading, _, body in parts}}


def written(sections: Mapping[str, str]) -> str:
    """The page as a file has it."""
    opening, *others = sections.items()
    return opening[1] + "".join(f"\n{heading}\n\n{body}" for heading, body in others)


def _whole(stories: Mapping[Cell, str]) -> str:
    rows = [
        [_named(upset), *(stories[Cell(upset, state, Store.SQLITE)] for state in State)] for upset in UPSETS
    ]
    return _table(["Amilia", *State], rows)


def _differences(stories: Mapping[Cell, str], store: Store) -> str:
    """Only the rows and columns in which something differs from SQLite."""
    other = {
        (upset, state): story
        for upset in UPSETS
        for state in State
        if (story := stories.get(Cell(upset, state, store)))
        and story != stories[Cell(upset, state, Store.SQLITE)]
    }
    columns = [state for state in State if any(state is its for _, its in other)]
    rows = [
        [_named(upset), *(other.get((upset, state), "") for state in columns)]
        for upset in UPSETS
        if any(upset == its for its, _ in other)
    ]
    return _table(["Amilia", *columns], rows) if rows else "Nothing.\n"


def _named(upset: Upset) -> str:
    """The word for a fault, and the sentence that says what it is."""
    return f"`{upset.word}` {parse_fault(upset.word).kind.sentence}{' Several pages.' if upset.pages else ''}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
