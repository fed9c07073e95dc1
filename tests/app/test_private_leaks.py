"""Nothing public knows of what is hidden: every public answer is the same with private feeds and without."""

import logging
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode

import pytest

from app.domain.grants import Kind, Scope
from app.domain.model import LANGS
from app.ics.identity import uid_for
from app.simulator.organization import Organization
from app.simulator.world import World
from tests.support.private import desk
from tests.support.seeded import chance_of
from tests.support.service import Service, running

HIDDEN: Final = ("activity_hidden", "program_hidden", "program_with_password")
ROUTES: Final = ("calendar.ics", "calendar.json", "changes.atom", "", "embed", "qr.svg")
SELECTIONS: Final = 40


def hidden_numbers(world: World) -> list[int]:
    """The ids of the events that nobody may know of."""
    return [number for case in HIDDEN for number in world.awkward[case]]


def forbidden_words(world: World) -> set[str]:
    """What would give a hidden event away, wherever it stood: titles, programmes, UIDs and addresses."""
    words: set[str] = set()
    for number in hidden_numbers(world):
        _, event = world.find(number)
        program = event.activity.program
        words |= {
            event.activity.name.fr,
            event.activity.name.en,
            uid_for(number),
            f"activities/{event.activity.id}",
        }
        if not program.public:
            words |= {program.name.fr, program.name.en}
    return words


def parameters(chance: Random, forest: Organization, hidden: Sequence[int], world: World) -> str:
    """A selection such as somebody might try who suspects something."""
    _, event = world.find(chance.choice(hidden))
    tries = {
        "programId": str(event.activity.program.id),
        "activityId": str(event.activity.id),
        "locationId": str(chance.choice(list(forest.places))),
        "q": chance.choice(event.activity.name.en.split()),
        "lang": chance.choice(LANGS),
        "cancelled": chance.choice(["show", "hide", "status"]),
        "weekday": chance.choice(["mon", "tue", "sat,sun"]),
        "futureDays": str(chance.randrange(400)),
        "alarm": "15",
    }
    return urlencode({name: tries[name] for name in chance.sample(sorted(tries), k=chance.randrange(1, 4))})


def public_addresses(world: World) -> list[str]:
    """Every kind of public answer, plain and for selections that aim at what is hidden."""
    chance, hidden = chance_of(22), hidden_numbers(world)
    forest = world.organizations["forest-explorers"]
    page = "/orgs/forest-explorers"
    plain = [f"{page}/{route}?lang={lang}".replace("/?", "?") for route in ROUTES for lang in LANGS]
    aimed = [
        f"{page}/{chance.choice(ROUTES)}?{parameters(chance, forest, hidden, world)}".replace("/?", "?")
        for _ in range(SELECTIONS)
    ]
    single = [f"{page}/events/{number}.ics" for number in hidden]
    return [*plain, *aimed, *single, "/", "/robots.txt"]


async def answers(service: Service, addresses: Sequence[str]) -> Mapping[str, tuple[int, str]]:
    """Status and text of each; the lines of a page that change with every start are left out."""
    found = {}
    for address in addresses:
        answer = await service.get(address)
        found[address] = (answer.status_code, answer.text)
    return found


async def test_public_answers_are_the_same_whether_or_not_private_feeds_are_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "without").mkdir()
    (tmp_path / "with").mkdir()
    async with running(tmp_path / "without") as service:
        addresses = public_addresses(service.world)
        without = await answers(service, addresses)
        ready_without = (await service.get("/readyz")).json()

    caplog.clear()
    async with running(tmp_path / "with") as service, desk(tmp_path / "with", service.clock) as office:
        words = forbidden_words(service.world)
        made = [await office.make(Scope(Kind.HIDDEN, headcount=headcount)) for headcount in (False, True)]
        service.clock.advance(seconds=-4)
        private = [await service.get(f"{path}?lang={lang}") for _, path in made for lang in LANGS]
        beside = await answers(service, addresses)
        ready_with = (await service.get("/readyz")).json()
        metrics = (await service.get("/metrics")).text

    said = "\n".join(
        f"{line.getMessage()} {line.__dict__}" for line in caplog.records if line.name.startswith("app")
    )
    assert [answer.status_code for answer in private] == [200] * 4
    assert all(len(re.findall("BEGIN:VEVENT", answer.text)) > 380 for answer in private)
    assert {word for word in words if any(word in unfolded(answer.text) for answer in private)} >= {
        uid_for(number) for number in hidden_numbers(service.world)
    }
    assert beside == without
    assert ready_with == ready_without
    assert {
        word for word in words for _, text in [*beside.values(), (200, metrics)] if word in unfolded(text)
    } == set()
    assert "private" not in metrics.replace('route="/private/{token}/{name}.ics"', "")
    assert {word for word in words if word in said} == set()
    assert [path for _, path in made if path.split("/")[2] in said] == []


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")
