"""The way of a feed through the checker: octets, lines, properties, components, and each is judged once."""

from collections.abc import Iterable, Iterator, Mapping

from app.ics.lint.body import check_size, is_calendar
from app.ics.lint.calendar import check_calendar
from app.ics.lint.census import Census
from app.ics.lint.content import read_properties
from app.ics.lint.event import check_event, check_identity
from app.ics.lint.finding import Finding, Notes
from app.ics.lint.headers import check_headers
from app.ics.lint.iana import Iana
from app.ics.lint.moments import read_moments
from app.ics.lint.once import check_once
from app.ics.lint.physical import check_byte_order_mark, unfold
from app.ics.lint.text import check_text
from app.ics.lint.times import check_stamps
from app.ics.lint.tree import Component, nest
from app.ics.lint.tzids import check_zones
from app.ics.lint.values import check_value
from app.ics.lint.zones import read_zone


def check(feed: bytes, *, headers: Mapping[str, str] | None = None) -> list[Finding]:
    """Every rule that a feed breaks, by line; the headers of the HTTP answer too where they are given.

    Pure, and never raises: any octets may come. Takes time in proportion to their number, reads at most
    ``physical.MAX_LINES`` lines, and lists at most ``finding.LISTED`` places per rule.
    """
    notes = Notes()
    if headers is not None:
        check_headers(headers, notes)
    if is_calendar(feed, notes):
        check_size(feed, notes)
        check_byte_order_mark(feed, notes)
        _examine(nest(read_properties(unfold(feed, notes), notes), notes), notes)
    return notes.findings()


def _examine(components: Iterable[Component], notes: Notes) -> None:
    iana, census = Iana(), Census()
    for component in components:
        for part in _with_children(component):
            _check_properties(part, notes)
        if component.name == "VCALENDAR":
            check_zones(census, component.first("X-WR-TIMEZONE"), iana, notes)
            check_calendar(component, census, notes)
            census = Census()
        else:
            _count(component, census, iana, notes)


def _with_children(component: Component) -> Iterator[Component]:
    yield component
    for child in component.children:
        yield from _with_children(child)


def _check_properties(component: Component, notes: Notes) -> None:
    check_once(component, notes)
    check_stamps(component, notes)
    for item in component.properties:
        check_value(item, component.name, notes)
        check_text(item, notes)


def _count(component: Component, census: Census, iana: Iana, notes: Notes) -> None:
    """Judge what stands in a VCALENDAR, and add it to what the calendar amounts to."""
    census.components[component.name] += 1
    match component.name:
        case "VEVENT":
            census.first_event = census.first_event or component.line
            check_event(component, census, iana, notes)
        case "VTIMEZONE":
            census.zones.append(read_zone(component, notes))
        case "VTODO" | "VJOURNAL":
            check_identity(component, census, notes)
            moments = (
                moment
                for name in ("DTSTART", "DUE")
                for item in component.all(name)
                for moment in read_moments(item, notes)
            )
            census.count_uses(moments)
        case _:
            pass
