"""The ways to subscribe to a selection: an address for each calendar, in the form that it wants."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, urlsplit

from app.domain.model import Lang, NamedFeed, Organization
from app.domain.selection import Selection, canonical, parse
from app.feeds.budget import Budget, Window
from app.web.query import with_saved


@dataclass(frozen=True, slots=True)
class Offer:
    """One selection and its addresses; all of them absolute.

    ``feed`` is the address to copy, ``webcal`` the same as calendars open it, ``page`` that of the page that
    shows the selection. ``excess`` is the size of a calendar that has grown too large, None for all others;
    ``narrower`` is the address of fewer days, empty where no fewer days would do.
    """

    name: str
    feed: str
    webcal: str
    google: str
    outlook: str
    microsoft: str
    page: str
    excess: Budget | None
    narrower: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of an organization's selections; ``page`` is the absolute one of its page."""

    organization: Organization
    page: str

    def feed(self, selection: Selection, named: NamedFeed | None = None) -> str:
        """The feed of a selection: under the short name, if that and a few parameters mean the same."""
        if named is not None:
            beyond = _beyond(named, selection, self.organization)
            if beyond is not None:
                return _joined(f"{self.page}/{named.slug}.ics", beyond)
        return _joined(f"{self.page}/calendar.ics", canonical(selection, self.organization))

    def shown(self, selection: Selection) -> str:
        """The page of a selection."""
        return _joined(self.page, canonical(selection, self.organization))

    def beside(self, name: str, selection: Selection) -> str:
        """The same selection under another ``name`` of the organization's, such as ``calendar.json``."""
        return _joined(f"{self.page}/{name}", canonical(selection, self.organization))

    def page_in(self, lang: Lang, selection: Selection) -> str:
        """The page of a selection in another language."""
        return self.shown(replace(selection, lang=lang))

    def offer(self, name: str, selection: Selection, named: NamedFeed | None, size: Budget) -> Offer:
        """All ways to subscribe to ``selection``, which is called ``name``."""
        feed = self.feed(selection, named)
        seen_by_google = _for_google(selection, size, self.organization)
        return Offer(
            name=name,
            feed=feed,
            webcal=webcal(feed),
            google=google(self.feed(seen_by_google, named)),
            outlook=outlook(feed, name),
            microsoft=microsoft(feed, name),
            page=self.shown(selection),
            excess=size if size.over else None,
            narrower=(
                self.feed(_narrowed(selection, size.narrower, self.organization), named)
                if size.narrower
                else ""
            ),
        )


def webcal(feed: str) -> str:
    """The address as calendars open it. ``webcals`` is an invalid address to iOS."""
    return f"webcal://{feed.partition('://')[2]}"


def google(feed: str) -> str:
    """The page on which Google Calendar offers to subscribe; it takes a ``webcal`` address only."""
    return f"https://calendar.google.com/calendar/u/0/r?cid={quote(webcal(feed), safe='')}"


def outlook(feed: str, name: str) -> str:
    """The page on which Outlook.com offers to subscribe."""
    return _add_from_web("https://outlook.live.com", feed, name)


def microsoft(feed: str, name: str) -> str:
    """The same for Microsoft 365, the Outlook of work and school."""
    return _add_from_web("https://outlook.office.com", feed, name)


def saved_selection(named: NamedFeed, organization: Organization, lang: Lang) -> Selection:
    """What a named feed selects, in ``lang`` where it leaves the language open."""
    return parse(with_saved(named, [("lang", lang)]), organization)


def named_as(selection: Selection, organization: Organization) -> NamedFeed | None:
    """The named feed that means exactly this selection, the one that needs the fewest parameters besides."""
    meant = [
        it for it in organization.feeds if saved_selection(it, organization, selection.lang) == selection
    ]
    return max(meant, key=lambda named: len(named.query), default=None)


def reachable(public_url: str) -> bool:
    """False of an address on the visitor's own computer, where Google and Microsoft find nothing."""
    host = urlsplit(public_url).hostname or ""
    return host not in {"localhost", "::1"} and not host.startswith("127.")


def _add_from_web(origin: str, feed: str, name: str) -> str:
    return f"{origin}/calendar/0/addfromweb?url={quote(feed, safe='')}&name={quote(name, safe='')}"


def _for_google(selection: Selection, size: Budget, organization: Organization) -> Selection:
    """Google hides what is marked as cancelled, and what lies beyond its megabyte."""
    shown = replace(selection, cancelled="show") if selection.cancelled == "status" else selection
    return _narrowed(shown, size.for_google, organization) if size.for_google else shown


def _narrowed(selection: Selection, window: Window, organization: Organization) -> Selection:
    whole_past, whole_future = organization.past_days, organization.future_days
    return replace(
        selection,
        past_days=window.past_days if window.past_days < whole_past else None,
        future_days=window.future_days if window.future_days < whole_future else None,
    )


def _beyond(named: NamedFeed, selection: Selection, organization: Organization) -> str | None:
    """The parameters to add to a named feed so that it selects ``selection``; None where none can."""
    saved = canonical(parse(named.query, organization), organization).split("&")
    parts = canonical(selection, organization).split("&")
    beyond = "&".join(part for part in parts if part not in saved)
    meant = parse(with_saved(named, parse_qsl(beyond)), organization)
    return beyond if meant == selection else None


def _joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
