"""What the address of an organization's page asks for: a selection, and how it is to be shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from app.domain.model import Lang, Organization
from app.domain.selection import Selection, canonical, parse
from app.web.query import pairs

VIEWS: Final = ("agenda", "week", "month")
FIELDS: Final = frozenset(
    {"programId", "categoryId", "subCategoryId", "locationId", "tagId", "q", "weekday", "alarm", "cancelled"}
)
"""What the form has fields for."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at the page; ``words`` are those of ``q`` as they were written."""

    organization: Organization
    selection: Selection
    words: str = ""
    view: str = VIEWS[0]
    day: date | None = None

    def in_view(self, view: str) -> str:
        """The address of the same in another view, around the same day."""
        return replace(self, view=view).address()

    def on(self, day: date | None) -> str:
        """The address of the same view on another day; None is today."""
        return replace(self, day=day).address()

    def choosing(self, selection: Selection) -> str:
        """The address of the page of another selection, in the same view."""
        words = self.words if selection.words == self.selection.words else " ".join(selection.words)
        return replace(self, selection=selection, words=words, day=None).address()

    def speaking(self, lang: Lang) -> str:
        """The address of the same in another language."""
        return replace(self, selection=replace(self.selection, lang=lang)).address()

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that the form must not lose although it has no field for them."""
        query = canonical(self.selection, self.organization)
        beside = [(name, value) for name, value in pairs(query) if name not in FIELDS]
        return [*beside, ("view", self.view)] if self.view != VIEWS[0] else beside

    def address(self) -> str:
        """The address of this visit, from the root of the host."""
        # A selection knows its words without accents and in order; people are shown what they wrote.
        query = [
            urlencode({"q": self.words}) if part.startswith("q=") else part
            for part in canonical(self.selection, self.organization).split("&")
        ]
        if self.view != VIEWS[0]:
            query.append(f"view={self.view}")
        if self.day:
            query.append(f"day={self.day.isoformat()}")
        return f"/orgs/{self.organization.slug}?{'&'.join(filter(None, query))}".removesuffix("?")


def visit_of(query: Sequence[tuple[str, str]], organization: Organization) -> Visit:
    """The visit that these decoded pairs describe.

    A view or a day that makes no sense is as if it were not there. Raises ``InvalidQuery`` for the rest.
    """
    given = {name.lower(): value.strip() for name, value in query}
    view = given.get("view", "")
    return Visit(
        organization,
        parse(query, organization),
        words=" ".join(value for name, value in query if name.lower() == "q").strip(),
        view=view if view in VIEWS else VIEWS[0],
        day=_day(given.get("day", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
