"""The committed matrix is complete and is what the tests of the story enforce."""

import re

import pytest

from tests.clients.client import Client
from tests.clients.matrix import CENTRE, PAGE, SHOWN, names, promise, render, word
from tests.clients.proxy import Exchange
from tests.clients.roster import CLIENTS
from tests.clients.sightings import Sighting
from tests.clients.story import STEPS, Step
from tests.clients.thunderbird import Thunderbird
from tests.clients.walk import View

PROMISED = {
    client.name: {**{step.name: promise(client, step) for step in STEPS}, CENTRE: SHOWN} for client in CLIENTS
}
YOGA = Sighting("2026-11-24 18:30", "2026-11-24 19:30", "Yoga", "Gymnase", "confirmed")


def step(name: str) -> Step:
    return next(each for each in STEPS if each.name == name)


def got(status: int) -> Exchange:
    return Exchange("GET", "/feed.ics", {}, status)


def test_the_page_tells_of_every_client_at_every_step_what_the_story_enforces() -> None:
    page = PAGE.read_text(encoding="utf-8")
    versions = {
        client.name: match[1]
        for client in CLIENTS
        if (match := re.search(rf"^\*\*{re.escape(client.title)}\*\* (\S.*), clock of ", page, re.MULTILINE))
    }

    assert render(PROMISED, versions) == page
    assert len(names()) * len(CLIENTS) == sum(len(cells) for cells in PROMISED.values())


def test_a_cell_that_nobody_has_seen_leaves_no_page() -> None:
    lacking = {**PROMISED, Thunderbird.name: {}}

    with pytest.raises(KeyError):
        render(lacking, dict.fromkeys(PROMISED, "1"))


@pytest.mark.parametrize(
    ("name", "view", "said"),
    [
        ("moved", View([YOGA], [YOGA], [got(200)]), "✓"),
        ("unchanged", View([YOGA], [YOGA], [got(304)]), "✓ 304"),
        ("moved", View([YOGA], [], [got(200)]), "something else than was published"),
        ("moved", View([YOGA], [YOGA], [got(200)], error="TooLate: it asks"), "TooLate: it asks"),
        ("moved", View([YOGA], [YOGA], [got(200), got(503)]), "statuses [200, 503]"),
        ("away", View([YOGA], [YOGA], []), "kept"),
        ("away", View([], [], []), "nothing"),
        ("by-itself", View([YOGA], [YOGA], []), "–"),
    ],
)
def test_a_view_becomes_a_word(name: str, view: View, said: str) -> None:
    assert said == word(view, step(name))


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_missing_client_is_one_sentence(client: type[Client]) -> None:
    assert "\n" not in client.missing()
