"""The rounds: every part of a set-up in turn, each by itself, and what was found told as soon as it is."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from urllib.parse import quote

import httpx

from app.amilia.client import DEFAULTS, AmiliaClient, programs_of
from app.amilia.limits import Limits
from app.amilia.offsets import offsets_in
from app.cli.doctor.address import on_address
from app.cli.doctor.clocks import on_clock, told_by
from app.cli.doctor.overheard import Heard, Listening, Overheard
from app.cli.doctor.storage import on_store
from app.cli.doctor.upstream import Access, Spoken, on_access, on_failure, on_languages, on_notices, on_zone
from app.cli.doctor.visits import visit
from app.domain.errors import StoreUnavailable, UnreadableRecord, UpstreamError
from app.domain.model import LANGS, Event, Lang, Organization
from app.domain.records import Harvest, Key, Status
from app.feeds.catalogue import Catalogue, window
from app.feeds.checkup import Level, Remark, Told, remarks_on, starts_on
from app.feeds.ports import EventSource
from app.feeds.service import Feeds
from app.feeds.shelf import Shelf
from app.feeds.trouble import DOUBTED, cure_for
from app.main import create_app, state_of
from app.settings import Settings
from app.store.examination import examine

SERVICE: Final = "-"
"""What is found about no organization alone."""
IMPATIENT: Final = replace(DEFAULTS, attempts=2, retry_seconds=20)
"""Somebody waits for the result."""
NEXT_MONTH: Final = timedelta(days=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outside:
    """All that the doctor may reach, and by what clock it lives."""

    amilia: httpx.AsyncBaseTransport
    web: httpx.AsyncBaseTransport
    clock: Callable[[], datetime]
    limits: Limits = IMPATIENT


class Report(Protocol):
    """Takes in what is found."""

    def begin(self, what: str) -> None:
        """What is looked at from now on."""
        ...

    def tell(self, organization: str, remarks: Iterable[Remark]) -> None:
        """What was found, about an organization or the ``SERVICE``."""
        ...


@dataclass(slots=True)
class _Ward:
    """What the parts of one round share."""

    settings: Settings
    outside: Outside
    calls: list[Heard]
    statuses: Mapping[Key, Status] = field(default_factory=dict)


async def make_rounds(settings: Settings, slugs: Sequence[str], outside: Outside, report: Report) -> None:
    """Examine the whole service and the organizations ``slugs``, and tell of every part."""
    report.tell(SERVICE, on_settings(settings))
    listening = Listening(outside.amilia, outside.clock)
    ward = _Ward(settings, outside, listening.calls)
    report.begin("the store")
    report.tell(SERVICE, await _by_itself("store", _store(ward)))
    report.begin(settings.public_url)
    report.tell(SERVICE, await _by_itself("public address", _public(ward, slugs[0])))
    sources: dict[str, Overheard] = {}

    def overhear(clients: Mapping[str, AmiliaClient]) -> Mapping[str, EventSource]:
        sources.update({slug: Overheard(client) for slug, client in clients.items()})
        return sources

    app = create_app(
        settings, transport=listening, clock=outside.clock, limits=outside.limits, overhear=overhear
    )
    async with state_of(app) as state:
        for slug in slugs:
            report.begin(slug)
            found = _organization(ward, state["feeds"], state["feeds"].organizations[slug], sources[slug])
            report.tell(slug, await _by_itself("organization", found))
    report.tell(SERVICE, _upstream_clock(ward))


async def _by_itself(subject: str, work: Awaitable[list[Remark]]) -> list[Remark]:
    try:
        return await work
    except Exception as error:  # one part that breaks must not hide what the others would tell
        log.exception("A part of the check broke")
        sentence = f"This could not be examined ({type(error).__name__})."
        return [Remark("failure", subject, sentence, "Report this, with the lines of the log above.")]


def on_settings(settings: Settings) -> list[Remark]:
    """That they can be used was known before; what is unusual about them."""
    count = len(settings.organizations)
    organizations = f"{count} organizations are" if count != 1 else "1 organization is"
    remarks = [Remark("ok", "settings", f"{organizations} configured.")]
    if settings.origin == Settings.model_fields["origin"].default:
        sentence = f"origin is {settings.origin}: Amilia cannot tell who calls."
        remarks.append(Remark("ok", "settings", sentence, "Set origin to an e-mail address of yours."))
    return remarks


async def _store(ward: _Ward) -> list[Remark]:
    try:
        facts = await examine(ward.settings.store, clock=ward.outside.clock)
    except StoreUnavailable as error:
        return [Remark("failure", "store", _head(str(error)), _tail(str(error)))]
    ward.statuses = facts.statuses
    return list(on_store(facts, ward.outside.clock()))


def _head(complaint: str) -> str:
    """What a store complains of: its sentences end with the cure, after a semicolon."""
    return f"{complaint.rpartition('; ')[0] or complaint.rstrip('.')}."


def _tail(complaint: str) -> str:
    cure = complaint.rpartition("; ")[2]
    return cure[:1].upper() + cure[1:] if cure != complaint else "See the log."


async def _public(ward: _Ward, slug: str) -> list[Remark]:
    visits = await visit(ward.settings.public_url, slug, ward.outside.web)
    now = ward.outside.clock()
    remarks = list(on_address(visits, now, notices=ward.settings.webhook_secret is not None))
    alive = visits.answers.get("alive")
    theirs = told_by(alive.headers) if alive is not None else None
    if theirs is not None:
        remarks.append(on_clock("the public address", theirs, now))
    return remarks


def _upstream_clock(ward: _Ward) -> list[Remark]:
    told = [call for call in ward.calls if call.theirs is not None]
    if not told or told[-1].theirs is None:
        return []
    return [on_clock("Amilia", told[-1].theirs, told[-1].ours)]


async def _organization(
    ward: _Ward, feeds: Feeds, organization: Organization, source: Overheard
) -> list[Remark]:
    table = ward.settings.organizations[organization.slug]
    access = Access(organization.slug, "user" if table.username else "key", ward.settings.api_url)
    before = len(ward.calls)
    shelf = await feeds.refreshed(organization)
    if source.failure is None and source.harvest is None:
        await _read_ourselves(source, organization, shelf)
    calls = ward.calls[before:]
    remarks = _on_refresh(shelf, source, calls, access, ward.statuses.get(shelf.key))
    if feeds.store_failing:
        sentence = "What was read could not be kept: a restart would lose it."
        remarks.append(Remark("failure", "store", sentence, "See what is said of the store."))
    copy = shelf.catalogue
    if copy is not None:
        remarks += await _on_zone(copy, source)
        remarks += await remarks_on(feeds, copy, _told(source))
    if source.failure is None:
        if copy is not None:
            remarks += await _on_languages(copy, source)
        remarks += await _on_notices(ward.settings, source, shelf)
    return remarks


async def _read_ourselves(source: Overheard, organization: Organization, shelf: Shelf) -> None:
    """Another process is refreshing just now: what it reads, it does not tell."""
    if shelf.catalogue is None:
        return
    days = window(shelf.catalogue.day, organization.past_days, organization.future_days)
    try:
        await source.walk(organization.language, *days, arrived=programs_of)
    except UpstreamError:
        return  # the source remembers it


def _on_refresh(
    shelf: Shelf, source: Overheard, calls: Sequence[Heard], access: Access, status: Status | None
) -> list[Remark]:
    served = "subscribers get the last good copy" if shelf.catalogue else "there is no copy to serve"
    if source.failure is not None:
        failure = on_failure(source.failure, calls, access)
        return [replace(failure, sentence=f"{failure.sentence} Meanwhile {served}.")]
    remarks = list(on_access(calls, access)) if source.harvest is not None else []
    trouble = shelf.trouble
    if trouble is not None:
        level: Level = "warning" if trouble.error == DOUBTED else "failure"
        remarks.append(Remark(level, "refresh", f"{cure_for(trouble)} Meanwhile {served}."))
    elif status is not None and status.trouble is not None:
        since = status.trouble.since.isoformat(timespec="minutes")
        sentence = f"The service had failed to refresh since {since}; this refresh was well."
        remarks.append(Remark("warning", "refresh", sentence, "If it fails again, see its log."))
    if shelf.catalogue is not None:
        count = len(shelf.catalogue.entries)
        remarks.append(Remark("ok", "events", f"{count} events are published."))
    return remarks


async def _on_zone(copy: Catalogue, source: Overheard) -> list[Remark]:
    used, configured = copy.zone.name, copy.organization.timezone is not None
    offsets = list(offsets_in(source.harvest.records)) if source.harvest is not None else []

    def judged(schedules: str | None) -> list[Remark]:
        found = source.zone is not None
        return list(on_zone(used, configured=configured, found=found, offsets=offsets, schedules=schedules))

    remarks = judged(source.zone)
    if configured and len(remarks) > 1:
        try:
            return judged(await source.timezone())
        except UpstreamError:
            source.failure = None  # a suggestion would have been welcome, no more
    return remarks


def _told(source: Overheard) -> Told | None:
    if source.harvest is None:
        return None
    return Told(source.harvest.programs, list(_readable(source, source.harvest)))


def _readable(source: Overheard, harvest: Harvest) -> Iterable[Event]:
    for record in harvest.records:
        try:
            yield source.read(record)
        except UnreadableRecord:
            continue  # counted where the catalogue was made


async def _on_languages(copy: Catalogue, source: Overheard) -> list[Remark]:
    own: Lang = copy.organization.language
    (other,) = (lang for lang in LANGS if lang != own)
    if source.harvest is None:
        return []
    try:
        harvest = await source.client.walk(other, copy.day, copy.day + NEXT_MONTH)
    except UpstreamError as error:
        return [Remark("warning", "languages", f"{error}.", "Offer one language only while this lasts.")]
    days = (copy.day, copy.day + NEXT_MONTH)
    ours = Spoken(own, source.harvest.programs, _titles(_readable(source, source.harvest), *days))
    theirs = Spoken(other, harvest.programs, _titles(_readable(source, harvest), *days))
    return [on_languages(ours, theirs)]


def _titles(events: Iterable[Event], first: date, last: date) -> Mapping[int, str]:
    """By the number of each event that begins in these days (of UTC: it is about names)."""
    return {event.id: event.about.title for event in events if first <= starts_on(event) <= last}


async def _on_notices(settings: Settings, source: Overheard, shelf: Shelf) -> list[Remark]:
    ours = f"{settings.public_url}/webhooks/amilia/"
    secret = settings.webhook_secret
    address = f"{ours}{quote(secret.get_secret_value(), safe='')}" if secret is not None else None
    try:
        subscriptions = await source.client.subscriptions()
    except UpstreamError as error:
        if address is None:
            return [Remark("ok", "webhooks", f"None are expected, and none could be listed: {error}.")]
        cure = "Let the account read and write webhooks in Amilia."
        return [Remark("warning", "webhooks", f"They cannot be listed: {error}.", cure)]
    return list(on_notices(subscriptions, ours=ours, address=address, heard=shelf.mark))
