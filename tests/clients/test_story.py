"""What people see in their calendars while a club cancels, moves and deletes, and while things break."""

import pytest

from tests.clients.client import Client
from tests.clients.matrix import promise, word
from tests.clients.presence import installed
from tests.clients.roster import CLIENTS
from tests.clients.story import STEPS, Step
from tests.clients.walk import View, Views

every_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
every_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)


@pytest.fixture
def view(request: pytest.FixtureRequest, client: type[Client], step: Step) -> View:
    """What the client showed after the step."""
    installed(client)
    views: Views = request.getfixturevalue("views")
    return views[client.name, step.name]


@every_step
@every_client
def test_a_person_sees_what_the_club_published(client: type[Client], step: Step, view: View) -> None:
    assert view.error == ""
    assert list(view.expected) == list(view.seen)
    assert promise(client, step) == word(view, step)


@every_client
def test_no_client_ever_gets_an_error_for_the_feed(
    request: pytest.FixtureRequest, client: type[Client]
) -> None:
    installed(client)
    views: Views = request.getfixturevalue("views")

    mine = [
        exchange for (name, _), view in views.items() if name == client.name for exchange in view.exchanges
    ]

    assert {exchange.status for exchange in mine if exchange.method in {"GET", "HEAD"}} <= {200, 304}
    assert {exchange.method for exchange in mine} <= {"GET", "HEAD", "PROPFIND"}
    assert any(exchange.cut for exchange in mine)
