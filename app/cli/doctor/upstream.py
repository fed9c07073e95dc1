"""What Amilia's answers mean for the operator: who must grant, correct or wait for what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from app.amilia.answers import BadParameters, NotFound, Unauthorized
from app.amilia.offsets import Told as Offset
from app.amilia.webhook import CONCERNED, Subscription
from app.cli.doctor.overheard import Heard
from app.domain.errors import (
    UpstreamError,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnreadable,
)
from app.domain.model import Lang, Program
from app.feeds.checkup import Remark

Kind: TypeAlias = Literal["user", "key"]
_CREDENTIALS: Final[Mapping[Kind, str]] = {"user": "user name and password", "key": "API key and secret"}
_CORRECT: Final[Mapping[Kind, str]] = {
    "user": "Correct username and password (or password_file) of orgs.{slug}; try them at Amilia's login.",
    "key": "Correct api_key and api_secret of orgs.{slug}, or make a new pair: Account → API Tokens.",
}
_WHO: Final[Mapping[Kind, str]] = {"user": "the account", "key": "the API key"}
_SPELL: Final = (
    "Name orgs.{slug} as in the address of the organization's store (…/store/en/NAME/…), or by its number."
)
_LANGUAGES: Final[Mapping[Lang, str]] = {"fr": "French", "en": "English"}


@dataclass(frozen=True, slots=True)
class Access:
    """How an organization is read: the kind of its credentials, never they themselves."""

    slug: str
    kind: Kind
    api_url: str

    @property
    def credentials(self) -> str:
        """In words."""
        return _CREDENTIALS[self.kind]


def on_failure(failure: UpstreamError, calls: Sequence[Heard], access: Access) -> Remark:
    """Why nothing could be read, and whose turn it is; ``calls`` are those that were made for it."""
    last = _culprit(calls)
    return Remark("failure", "amilia", _why(failure, last), _cure(failure, last, access))


def _culprit(calls: Sequence[Heard]) -> Heard | None:
    """The call that failed: others may have been answered after it."""
    failed = [call for call in calls if call.status is None or call.status >= HTTPStatus.BAD_REQUEST]
    return (failed or [*calls])[-1] if calls else None


def _why(failure: UpstreamError, last: Heard | None) -> str:
    if isinstance(failure, UpstreamRefused):
        return f"Amilia refuses. {failure}."
    if last is not None and last.status is None:
        detail = f": {last.trouble}" if last.trouble else ""
        return f"Amilia cannot be reached. {failure}{detail}."
    return f"Amilia cannot be read. {failure}."


def _cure(failure: UpstreamError, last: Heard | None, access: Access) -> str:
    match failure:
        case UpstreamRefused():
            return _cure_of_refusal(failure, last.endpoint if last is not None else "", access)
        case UpstreamThrottled():
            return "Lower calls_per_second, and see what else calls Amilia from this address."
        case UpstreamUnreadable():
            return f"Correct api_url ({access.api_url}), or wait until Amilia's maintenance is over."
        case _ if last is not None and last.status is not None:
            return "Wait: the fault is Amilia's. Subscribers keep the last good copy."
        case _:
            return f"Check api_url ({access.api_url}), this host's network, its firewall and name service."


def _cure_of_refusal(failure: UpstreamRefused, endpoint: str, access: Access) -> str:
    match failure:
        case Unauthorized():
            return _CORRECT[access.kind].format(slug=access.slug)
        case NotFound() if endpoint == "authenticate":
            return f"Correct api_url ({access.api_url})."
        case NotFound():
            return _SPELL.format(slug=access.slug)
        case BadParameters():
            return "Report this: the API has changed."
        case _:
            who, what = _WHO[access.kind], f" and let it read {endpoint}" if endpoint else ""
            return f"Let {who} into this organization{what}, or correct the name of orgs.{access.slug}."


def on_access(calls: Iterable[Heard], access: Access) -> Iterator[Remark]:
    """The credentials are good; but what may they not read?"""
    heard = list(calls)
    yield Remark("ok", "amilia", f"The {access.credentials} are accepted; {len(heard)} calls were made.")
    refused = [call.endpoint.rpartition("/")[2] for call in heard if call.status == HTTPStatus.FORBIDDEN]
    for endpoint in dict.fromkeys(refused):
        yield Remark(
            "warning",
            "permissions",
            f"Amilia answers 403 for {endpoint}: {_WHO[access.kind]} may not read them.",
            f"Grant it the right to read {endpoint} in Amilia{_INSTEAD.get(endpoint, '')}.",
        )


_INSTEAD: Final = {"activities": ", or set timezone, for which they are read"}


def on_zone(
    used: str, *, configured: bool, found: bool, offsets: Iterable[Offset], schedules: str | None
) -> Iterator[Remark]:
    """Whose zone is used, and whether Amilia's own offsets agree with it.

    ``found`` is True where the activity schedules told it; ``schedules`` is what they tell, where known.
    """
    if configured:
        yield Remark("ok", "zone", f"{used}, as configured.")
    elif found:
        yield Remark(
            "ok", "zone", f"{used}, found in the activity schedules; set timezone to choose another."
        )
    else:
        sentence = f"{used} is assumed: no activity tells its time zone."
        yield Remark("warning", "zone", sentence, "Set timezone if another is right.")
    told = list(offsets)
    zone = ZoneInfo(used)
    contrary = [(instant, ahead) for instant, ahead in told if instant.astimezone(zone).utcoffset() != ahead]
    if not contrary:
        return
    instant, ahead = contrary[0]
    here = instant.astimezone(zone).utcoffset() or timedelta(0)
    sentence = (
        f"{len(contrary)} of {len(told)} events contradict {used}: on {instant.date().isoformat()} Amilia is "
        f"{_hours(ahead)} from UTC, {used} {_hours(here)}. Hours stay right; days and weekdays may not."
    )
    other = (
        f'Set timezone = "{schedules}", as the activity schedules say.' if schedules else "Correct timezone."
    )
    few = 2 * len(contrary) <= len(told)
    if few:
        yield Remark("warning", "zone", sentence, "Look at these events in Amilia.")
    else:
        yield Remark("failure", "zone", sentence, "Correct timezone." if schedules == used else other)


def _hours(ahead: timedelta) -> str:
    minutes = round(abs(ahead).total_seconds() / 60)
    return f"{'-' if ahead < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What Amilia tells in one language: programmes, and titles by the number of their event."""

    lang: Lang
    programs: Sequence[Program]
    titles: Mapping[int, str]


def on_languages(own: Spoken, other: Spoken) -> Remark:
    """Whether the other language has events, and names of its own."""
    names = {program.id: program.name for program in own.programs}
    told = [program for program in other.programs if program.id in names]
    apart = sum(program.name != names[program.id] for program in told)
    both = own.titles.keys() & other.titles.keys()
    titles = sum(own.titles[number] != other.titles[number] for number in both)
    language = _LANGUAGES[other.lang]
    if own.titles and not other.titles:
        sentence = f"Amilia tells no events in {language}, but {len(own.titles)} in {_LANGUAGES[own.lang]}."
        return Remark("warning", "languages", sentence, f"Offer the feeds in {_LANGUAGES[own.lang]} only.")
    if not apart and not titles:
        sentence = "Amilia gives the same names in French and English; feeds differ in their own words only."
        return Remark("ok", "languages", sentence)
    sentence = (
        f"{apart} of {len(told)} programmes and {titles} of {len(both)} events of the next month have "
        f"{language} names of their own."
    )
    return Remark("ok", "languages", sentence)


def on_notices(
    subscriptions: Sequence[Subscription], *, ours: str, address: str | None, heard: int
) -> Iterator[Remark]:
    """Whether Amilia announces changes here. ``ours`` begins every address of this service's notices.

    ``address`` is the whole of it, secret included, and None where no secret is set; neither is ever shown.
    """
    here = [it for it in subscriptions if it.url == address]
    astray = [it for it in subscriptions if it.url.startswith(ours) and it.url != address]
    if address is None and astray:
        sentence = (
            f"Amilia sends {len(astray)} kinds of notices here, but without webhook_secret all are refused."
        )
        cure = "Set webhook_secret as it was, or run amilia-feeds webhooks delete."
        yield Remark("warning", "webhooks", sentence, cure)
        return
    if address is None:
        sentence = "None: changes are seen within refresh_seconds."
        cure = "To see them within seconds: set webhook_secret, then run amilia-feeds webhooks create."
        yield Remark("ok", "webhooks", sentence, cure)
        return
    missing = set(CONCERNED) - {(it.context, it.action) for it in here}
    if missing:
        told = ", ".join(" ".join(pair) for pair in sorted(missing))
        sentence = (
            f"Amilia does not announce all changes here; missing: {told}."
            if len(missing) < len(CONCERNED)
            else "Amilia announces no change here."
        )
        yield Remark("warning", "webhooks", sentence, "Run amilia-feeds webhooks create.")
    else:
        often = f"{heard} notices heard so far" if heard else "none heard so far"
        sentence = f"Amilia announces changes of programmes and activities here; {often}."
        yield Remark("ok", "webhooks", sentence)
    if astray:
        sentence = f"{len(astray)} subscriptions carry another secret than webhook_secret and are refused."
        cure = "Run amilia-feeds webhooks list, and delete them by their numbers."
        yield Remark("warning", "webhooks", sentence, cure)
