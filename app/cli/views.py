"""What the readers of a calendar program see of each feed, as lines or as JSON."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl

from rich.console import Console
from rich.text import Text

from app.cli.console import refuse, say_json
from app.configured import organizations_from
from app.domain.errors import InvalidQuery, UpstreamError
from app.domain.model import NamedFeed, Organization
from app.domain.selection import parse
from app.feeds.checkup import file_name
from app.feeds.readers import READERS, Reader, View, seen_by
from app.feeds.service import Feeds
from app.main import create_app, state_of
from app.settings import Settings
from app.telemetry.logs import visible


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose view of which feeds: by organization, each named feed, or None for the whole one.

    ``query`` is a selection of the whole feed, as in an address.
    """

    reader: Reader
    feeds: Sequence[tuple[str, NamedFeed | None]]
    query: str

    @classmethod
    def of(
        cls, settings: Settings, slugs: Sequence[str], reader: str, feed: str | None, query: str | None
    ) -> "Wish":
        """What was asked for; whatever makes no sense is refused with one sentence."""
        if reader not in READERS:
            refuse(f"--as knows {', '.join(READERS)}.")
        if feed is not None and query is not None:
            refuse("--feed and --query exclude each other.")
        organizations = [it for it in organizations_from(settings) if it.slug in slugs]
        asked = query.lstrip("?") if query else ""
        try:
            for organization in organizations:
                parse(parse_qsl(asked), organization)
        except InvalidQuery as error:
            refuse(f"--query: {error}.")
        chosen = [
            (organization.slug, named)
            for organization in organizations
            for named in ([None] if asked else [None, *organization.feeds])
            if feed is None or file_name(named) == f"{feed.removesuffix('.ics')}.ics"
        ]
        if not chosen:
            refuse(f"There is no feed named {feed}.")
        return cls(READERS[reader], chosen, asked)


def show(wish: Wish, settings: Settings, *, as_json: bool) -> None:
    """Print what the wish is for."""
    try:
        views = asyncio.run(_views(wish, settings))
    except UpstreamError as error:
        refuse(f"{error}: amilia-feeds check says more.")
    if as_json:
        say_json([asdict(view) for view in views])
        return
    out = Console(soft_wrap=True, highlight=False)
    for view in views:
        for line in lines_of(wish.reader, view):
            out.print(line)


def lines_of(reader: Reader, view: View) -> Iterator[Text]:
    """A view for people: what is shown of how many, then each effect with its source."""
    yield Text(f"{view.feed}: {reader.name} shows {view.shown} of {view.events} events.", "bold")
    for effect in view.effects:
        count = f"{effect.count} " if effect.count is not None else ""
        examples = f" ({visible('; '.join(effect.examples), '')})" if effect.examples else ""
        yield Text(f"  {count}{effect.sentence}{examples}  [{effect.source}]")


async def _views(wish: Wish, settings: Settings) -> list[View]:
    async with state_of(create_app(settings)) as state:
        feeds = state["feeds"]
        return [await _view(feeds, feeds.organizations[slug], named, wish) for slug, named in wish.feeds]


async def _view(feeds: Feeds, organization: Organization, named: NamedFeed | None, wish: Wish) -> View:
    selection = parse(named.query if named else parse_qsl(wish.query), organization)
    feed, copy = await feeds.calendar(organization, selection, named)
    address = f"{organization.slug}/{file_name(named)}{f'?{wish.query}' if wish.query else ''}"
    return seen_by(wish.reader, address, feed.body, copy.catalogue, selection)
