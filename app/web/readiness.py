"""What there is to serve, how old it is, since when refreshing fails: for ``/readyz`` and the status page.

Each worker knows the catalogues that it was asked for. Whoever is asked tells its own view, and of what it
does not have the view of another worker that does.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, TypedDict

from app.feeds.service import Feeds
from app.feeds.shelf import Shelf
from app.feeds.trouble import Circuit, cure_for

UNAVAILABLE: Final = "unavailable"
DEGRADED: Final = "degraded"
OK: Final = "ok"


class CatalogueFacts(TypedDict):
    """One catalogue, as JSON tells it; moments as ISO 8601 texts in UTC."""

    organization: str
    lang: str
    worker: int
    events: int | None
    left_out: dict[str, int]
    fetched_at: str | None
    notices: int
    circuit: str
    failing_since: str | None
    retry_at: str | None
    error: str | None
    failures: int
    cure: str | None


class Readiness(TypedDict):
    """All of them, and what that comes to."""

    status: str
    worker: int
    store: str
    refused: list[str]
    catalogues: list[CatalogueFacts]


def own_catalogues(feeds: Feeds, worker: int) -> list[CatalogueFacts]:
    """The catalogues that somebody asked this worker for, or that it has."""
    return [
        _facts(shelf, feeds.circuit(shelf), worker)
        for shelf in feeds.shelves
        if shelf.asked_at or shelf.catalogue
    ]


def readiness(feeds: Feeds, worker: int, others: Mapping[int, Iterable[CatalogueFacts]]) -> Readiness:
    """What the service as a whole can serve; ``others`` are the catalogues of other workers.

    An organization that nobody asked for yet has no data and is no trouble. ``refused`` names those of which
    Amilia does not accept the credentials or the settings: time does not heal that, the operator must.
    """
    catalogues = united(own_catalogues(feeds, worker), others)
    failing = [facts for facts in catalogues if facts["failing_since"]]
    empty_handed = bool(failing) and not any(facts["events"] is not None for facts in catalogues)
    word = UNAVAILABLE if empty_handed else DEGRADED if failing or feeds.store_failing else OK
    return Readiness(
        status=word,
        worker=worker,
        store="failing" if feeds.store_failing else "ok",
        refused=sorted({it["organization"] for it in catalogues if it["error"] == "UpstreamRefused"}),
        catalogues=catalogues,
    )


def united(
    own: Iterable[CatalogueFacts], others: Mapping[int, Iterable[CatalogueFacts]]
) -> list[CatalogueFacts]:
    """``own`` facts, and those of others about catalogues that this worker has no copy of. Pure."""
    found = {(facts["organization"], facts["lang"]): facts for facts in own}
    for told in others.values():
        for facts in told:
            key = facts["organization"], facts["lang"]
            known = found.get(key)
            if known is None or (known["events"] is None and facts["events"] is not None):
                found[key] = facts
    return [found[key] for key in sorted(found)]


def _facts(shelf: Shelf, circuit: Circuit, worker: int) -> CatalogueFacts:
    trouble = shelf.trouble
    return CatalogueFacts(
        organization=shelf.organization.slug,
        lang=shelf.lang,
        worker=worker,
        events=len(shelf.catalogue.entries) if shelf.catalogue else None,
        left_out=dict(shelf.catalogue.left_out) if shelf.catalogue else {},
        fetched_at=_moment(shelf.began),
        notices=shelf.mark,
        circuit=circuit.value,
        failing_since=_moment(trouble.since if trouble else None),
        retry_at=_moment(trouble.retry_at if trouble else None),
        error=trouble.error if trouble else None,
        failures=trouble.failures if trouble else 0,
        cure=cure_for(trouble) if trouble else None,
    )


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
