"""How the API behaves where its documentation is silent or two observations differ.

Each switch has its most likely setting as the default, and may be changed while the simulator runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

PastTheEnd: TypeAlias = Literal["empty", "404"]

YEAR_SECONDS = 365 * 24 * 3600


@dataclass(slots=True)
class Dialect:
    """The switches.

    ``events_wrapped``: events come as Items and Paging, as every other list was seen to; else as a bare
    array, as the reference page of events prints them. ``events_per_page``: the largest perPage of events.
    ``events_range_days``: longer ranges of events are refused with 400, as version 2 did at 50; None for no
    limit. ``archived_events``: events of archived programmes are listed too. ``text_booleans``: drop-in and
    session flags are the strings of the documentation's sample. ``past_the_end``: what a page after the last
    is. ``calls_per_second``: for each address (0 for no limit), 429 beyond, with ``retry_after`` seconds
    where given. ``token_seconds``: life of a token. ``new_id_on_move``: a moved occurrence gets a new Id, and
    the old one stays as Replaced. ``occurrence_webhooks``: editing one occurrence fires an Activity Update.
    """

    events_wrapped: bool = True
    events_per_page: int = 1000
    events_range_days: int | None = None
    archived_events: bool = False
    text_booleans: bool = False
    past_the_end: PastTheEnd = "empty"
    calls_per_second: int = 100
    retry_after: int | None = None
    token_seconds: int = YEAR_SECONDS
    new_id_on_move: bool = False
    occurrence_webhooks: bool = True

    def change(self, switches: Mapping[str, object]) -> None:
        """Set several switches, all or none. Raises ValueError naming the one that does not exist or fit."""
        known = {field.name: field for field in fields(self)}
        for name, value in switches.items():
            if name not in known:
                raise ValueError(f"The dialect has no switch {name!r}; it has {', '.join(known)}.")
            if not _fits(name, value):
                raise ValueError(f"The switch {name} cannot be {value!r}.")
        for name, value in switches.items():
            setattr(self, name, value)


_FLAGS = {"events_wrapped", "archived_events", "text_booleans", "new_id_on_move", "occurrence_webhooks"}
_NULLABLE = {"events_range_days", "retry_after"}


def _fits(name: str, value: object) -> bool:
    if name in _FLAGS:
        return isinstance(value, bool)
    if name == "past_the_end":
        return value in {"empty", "404"}
    if value is None:
        return name in _NULLABLE
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
