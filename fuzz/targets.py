"""What is fuzzed: each target reads any octets, and raises only where the service would be wrong."""

import contextlib
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from app.amilia.answers import transaction_of
from app.amilia.paging import read_page
from app.amilia.programs import program_named_by, read_programs
from app.amilia.tokens import expiry, read_token
from app.amilia.translate import event_from
from app.amilia.webhook import read_notice, read_subscription
from app.domain.errors import InvalidQuery, UnreadableRecord, UpstreamUnreadable
from app.domain.model import LANGS, Event, Names, Organization
from app.domain.selection import canonical, parse
from app.ics.calendar import assemble, head
from app.ics.event import EventRenderer
from app.ics.lint import check
from app.ics.zones import publish_zone
from app.web.events_json import written
from app.web.looks import looks_of, style
from app.web.query import pairs, spoken_language
from app.web.visit import visit_of
from fuzz.cursor import FIRST, LAST, Cursor, event_of, revision_of
from tests.support.press import Records, finished, press_of, printed

CLUB: Final = Organization(
    slug="club", number=8008, name=Names("Club", "Club"), language="en", timezone="America/Toronto"
)
ZONES: Final = tuple(publish_zone(name, FIRST, LAST) for name in ("America/Toronto", "Asia/Kolkata", "UTC"))
GIVEN: Final = ("text-damaged",)
"""Rules that tell of what stood in the text before, which is not ours to mend."""
RECORDS: Final = 20
"""Of one page that are read; coverage needs no more."""


def parser(octets: bytes) -> None:
    """Amilia's JSON: whatever comes is understood, or refused by the one error that callers expect."""
    for reader, refusal in (
        (lambda: read_token(octets), UpstreamUnreadable),
        (lambda: read_notice(octets), ValueError),
    ):
        with contextlib.suppress(refusal):
            reader()
    read_subscription(octets)
    expiry(octets.decode("latin-1"))
    transaction_of([], octets)
    read_programs([octets])
    program_named_by(octets)
    for record in _records(octets):
        with contextlib.suppress(UnreadableRecord):
            _publish(event_from(record, show_staff=True))


def _records(octets: bytes) -> tuple[bytes, ...]:
    try:
        page = read_page(octets, "GET fuzz")
    except UpstreamUnreadable:
        return (octets,)
    return page.records[:RECORDS]


def _publish(event: Event) -> None:
    """As a refresh does it: into a catalogue where it belongs there, and out of it as JSON."""
    records = Records()
    catalogue = printed(press_of(records, CLUB), records.of(event), programs=())
    selection = parse([], CLUB)
    body, _ = finished(written(catalogue, catalogue.select(selection), "status"))
    json.loads(body)


def selection(octets: bytes) -> None:
    """A query: understood as one selection that every spelling of it leads back to, or refused by name."""
    query = octets.decode("latin-1")
    spoken_language(query)
    try:
        given = pairs(query)
    except InvalidQuery:
        return
    with contextlib.suppress(InvalidQuery):
        told = parse(given, CLUB)
        again = canonical(told, CLUB)
        assert parse(pairs(again), CLUB) == told, again  # noqa: S101  # what is being looked for
    with contextlib.suppress(InvalidQuery):
        looks = looks_of(given)
        assert looks_of(looks.pairs()).pairs() == looks.pairs()  # noqa: S101
        assert not set(style(looks, CLUB.color)) & set("<\\/")  # noqa: S101
    with contextlib.suppress(InvalidQuery):
        visit_of(given, CLUB)


def renderer(octets: bytes) -> None:
    """Any event becomes a calendar in which the checker finds nothing."""
    cursor = Cursor(octets)
    zone, lang = cursor.one_of(ZONES), cursor.one_of(LANGS)
    made = EventRenderer(zone, lang, "CAD").render(
        event_of(cursor), revision_of(cursor), "show" if cursor.number(1) else "status"
    )
    alarm = cursor.number(10_080) if cursor.number(1) else None
    feed = assemble(head(None, zone), [made], lang=lang, alarm=alarm)
    findings = [finding for finding in check(feed) if finding.rule not in GIVEN]
    assert findings == [], findings  # noqa: S101  # what is being looked for


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = MappingProxyType(
    {"parser": parser, "selection": selection, "renderer": renderer}
)
