"""What the metrics tell of every catalogue: how large, how old, what is wrong with it."""

from app.domain.model import Lang
from app.feeds.catalogue import Catalogue
from app.feeds.service import Feeds
from app.telemetry.metrics import Metrics


class Gauges:
    """Sets the gauges from the shelves, whenever somebody is about to read them."""

    def __init__(self, feeds: Feeds, metrics: Metrics) -> None:
        self._feeds = feeds
        self._metrics = metrics
        self._octets: dict[tuple[str, Lang], tuple[Catalogue, int]] = {}

    def __repr__(self) -> str:
        return f"<Gauges of {self._feeds!r}>"

    def set(self) -> None:
        """Tell the metrics what there is now, and nothing of what is no more."""
        metrics = self._metrics
        metrics.forget_catalogues()
        metrics.store(failing=self._feeds.store_failing)
        for shelf in self._feeds.shelves:
            slug, lang = shelf.organization.slug, shelf.lang
            metrics.circuit(slug, lang, self._feeds.circuit(shelf).value, refused=shelf.refused)
            if shelf.trouble is not None:
                metrics.failing(slug, lang, shelf.trouble.since.timestamp())
            if shelf.catalogue is not None and shelf.began is not None:
                metrics.catalogue(
                    slug,
                    lang,
                    events=len(shelf.catalogue.entries),
                    octets=self._octets_of(shelf.catalogue),
                    fetched=shelf.began.timestamp(),
                )

    def _octets_of(self, catalogue: Catalogue) -> int:
        """What all events weigh; added up once for each copy."""
        key = catalogue.organization.slug, catalogue.lang
        known = self._octets.get(key)
        if known is None or known[0] is not catalogue:
            known = self._octets[key] = catalogue, catalogue.held.octets
        return known[1]
