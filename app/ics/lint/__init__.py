"""The checker of iCalendar subscription feeds: what no parser notices and clients are known to choke on.

It judges anybody's feed, knows nothing of how ours is made, and reads octets, since most of what goes wrong
is lost once a parser has been kind. ``check`` finds, ``report`` and ``as_json`` tell; ``RULES`` lists all.
"""

from collections.abc import Mapping
from types import MappingProxyType

from app.ics.lint import (
    alarm,
    body,
    calendar,
    content,
    duration,
    event,
    headers,
    moments,
    once,
    physical,
    recurrence,
    text,
    times,
    tree,
    tzids,
    values,
    zones,
)
from app.ics.lint.examine import check
from app.ics.lint.finding import Client, Finding, Rule
from app.ics.lint.output import as_json, report

__all__ = ["RULES", "Client", "Finding", "Rule", "as_json", "check", "report"]

_MODULES = (
    alarm, body, calendar, content, duration, event, headers, moments, once,
    physical, recurrence, text, times, tree, tzids, values, zones,
)  # fmt: skip

RULES: Mapping[str, Rule] = MappingProxyType(
    {held.id: held for module in _MODULES for held in vars(module).values() if isinstance(held, Rule)}
)
"""Every rule by its id."""
