"""A whole centre in one feed, with everything odd that Amilia is known to send: clients read all of it."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from app.ics.text import one_line
from tests.clients.client import Client
from tests.clients.club import WHOLE, Club
from tests.clients.facts import Facts
from tests.clients.matrix import CENTRE, SHOWN
from tests.clients.presence import installed
from tests.clients.processes import TooLate, eventually
from tests.clients.roster import CLIENTS
from tests.clients.sightings import MARK, Published, Sighting


def mended(event: Published) -> Published:
    """The event with its texts in one line, as the service publishes them; other tests look at that alone."""
    mark = MARK if event.title.startswith(MARK) else ""
    title = one_line(event.title.removeprefix(mark).strip())
    return replace(event, title=mark + title if title else "", place=one_line(event.place.strip()))


def says_where_and_what(event: Published) -> bool:
    """False for the few events whose title or place the service has to find elsewhere."""
    return bool(event.title and event.place)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_all_events_of_a_year_are_shown_at_their_hours(
    client: type[Client], centre: Club, tmp_path: Path, logs: Path, facts: Facts
) -> None:
    installed(client)
    truth, doubtful = centre.truth()
    events = [mended(event) for event in truth]

    with client(tmp_path, logs) as subscribed:
        plain = Counter(subscribed.would_show(event) for event in events if says_where_and_what(event))
        subscribed.subscribe(centre.url + WHOLE)
        seen = Counter(_shown(subscribed, len(events)))
        others = Counter(
            _times(subscribed.would_show(event)) for event in events if not says_where_and_what(event)
        )

    assert sorted(plain - seen) == []
    assert others - Counter(map(_times, (seen - plain).elements())) == Counter()
    assert len(events) <= seen.total() <= len(events) + doubtful
    facts.see(client, CENTRE, SHOWN)


def _shown(client: Client, count: int) -> list[Sighting]:
    """What the client shows once it shows that many events, or after a while."""
    try:
        return eventually(
            lambda: seen if len(seen := client.seen()) >= count else None, "all events are shown"
        )
    except TooLate:
        return client.seen()


def _times(sighting: Sighting) -> tuple[str, str]:
    return sighting.start, sighting.end
