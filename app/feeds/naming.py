"""What a calendar is called: the organization, then what was chosen."""

from app.domain.model import NamedFeed
from app.domain.selection import Selection
from app.feeds.catalogue import COLUMNS, Catalogue

MOST_NAMES = 3
"""More names than this make no title any more."""


def title_of(catalogue: Catalogue, selection: Selection, named: NamedFeed | None) -> str:
    """Such as "Forest Explorers – Swimming": a name that tells two subscriptions apart."""
    organization = catalogue.organization.name.of(catalogue.lang)
    if named is not None:
        return f"{organization} – {named.name.of(catalogue.lang)}"
    chosen = _chosen(catalogue, selection)
    return f"{organization} – {', '.join(chosen)}" if chosen else organization


def _chosen(catalogue: Catalogue, selection: Selection) -> list[str]:
    names = []
    for kind in (*COLUMNS, "tags"):
        ids: frozenset[int] = getattr(selection, kind)
        found = [catalogue.names[kind, number] for number in sorted(ids) if (kind, number) in catalogue.names]
        if len(found) > MOST_NAMES:
            return []
        names.extend(found)
    return names if len(names) <= MOST_NAMES else []
