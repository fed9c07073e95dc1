"""What stands between the service and its readers: judged from what a visitor at the public address gets.

A proxy may add, drop and keep for too long; a guard against robots may turn calendars away; and whatever
answers there may be somebody else altogether.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from app.cli.doctor.visits import GOOGLE, Answer, Visits, plain_address
from app.feeds.checkup import Remark
from app.web.http import CACHE_CONTROL

SUBJECT: Final = "public address"
OURS: Final = b"PRODID:-//Amilia Calendar Feeds//"
SOON: Final = timedelta(days=14)
"""Renewal by ACME comes a month before the end: what is later than this has failed for weeks."""
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
STAYS: Final = (301, 308)
"""Redirects that clients remember as the new address."""
_MAX_AGE: Final = re.compile(r"(?:^|[,\s])(?:s-maxage|max-age)\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)


def on_address(visits: Visits, now: datetime, *, notices: bool) -> Iterator[Remark]:
    """Everything about the public address; ``notices`` of change are expected there, or not."""
    alive = visits.answers.get("alive")
    if alive is None:
        yield _unreachable(visits)
    elif not _is_ours(visits):
        yield _somebody_else(visits)
    else:
        yield Remark("ok", SUBJECT, f"{visits.public_url} is this service.")
        yield from _on_feed(visits)
        yield from _on_robots(visits)
        if notices:
            yield from _on_notices(visits)
    yield from _on_encryption(visits, now)


def _unreachable(visits: Visits) -> Remark:
    why = visits.troubles.get("alive", "")
    sentence = f"{visits.public_url} cannot be reached from here: {why}."
    if "CERTIFICATE_VERIFY_FAILED" in why:
        cure = "Renew or complete the certificate: calendars refuse it, too."
        return Remark("failure", SUBJECT, sentence, cure)
    if _is_local(visits.public_url):
        cure = "Start amilia-feeds serve; for others to subscribe, set public_url to an address of the web."
        return Remark("warning", SUBJECT, sentence, cure)
    cure = "Correct public_url, or start the service and the proxy in front; open the firewall."
    return Remark("failure", SUBJECT, sentence, cure)


def _is_ours(visits: Visits) -> bool:
    alive, feed = visits.answers["alive"], visits.answers.get("feed")
    return (alive.status == HTTPStatus.OK and alive.body == b"ok\n") or (
        feed is not None and OURS in feed.body
    )


def _somebody_else(visits: Visits) -> Remark:
    alive = visits.answers["alive"]
    moved = alive.headers.get("Location")
    if moved and alive.status in (301, 302, 303, 307, 308):
        host = urlsplit(moved).netloc
        sentence = f"{visits.public_url} redirects to {host or 'another path'} ({alive.status})."
        return Remark("failure", SUBJECT, sentence, "Set public_url to the address that answers itself.")
    sentence = f"{visits.public_url} answers, but it is not this service (status {alive.status})."
    return Remark("failure", SUBJECT, sentence, "Correct public_url, or where the proxy leads to.")


def _on_feed(visits: Visits) -> Iterator[Remark]:
    feed = visits.answers.get("feed")
    if feed is None:
        why = visits.troubles.get("feed", "")
        yield Remark("failure", SUBJECT, f"{visits.feed_path} gets no answer: {why}.", "See the proxy's log.")
        return
    if feed.status != HTTPStatus.OK or OURS not in feed.body:
        yield _refused(visits, feed)
        return
    faults = [*_faults_of_head(feed), *_faults_of_manners(visits, feed)]
    yield from faults
    if not faults:
        yield Remark("ok", SUBJECT, f"{visits.feed_path} comes through with its headers; HEAD and 304 work.")


def _refused(visits: Visits, feed: Answer) -> Remark:
    """The process lives, but its feed does not get through."""
    said = f"{visits.feed_path} answers {feed.status} to Google's importer"
    if feed.status in (401, 403, 429) or b"<html" in feed.body[:4096].lower():
        cure = "Let the paths below /orgs/ through: no login, no challenge, no limit by address."
        return Remark("failure", SUBJECT, f"{said}: something in front turns calendars away.", cure)
    if feed.status == HTTPStatus.NOT_FOUND:
        cure = "Restart it with these settings (SIGHUP is enough)."
        return Remark("failure", SUBJECT, f"{said}: the running service has other settings.", cure)
    if feed.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Remark("failure", SUBJECT, f"{said}: it has no copy yet.", "See what is said of Amilia.")
    return Remark("failure", SUBJECT, f"{said}.", "A feed answers 200 itself: see the proxy's configuration.")


def _faults_of_head(feed: Answer) -> Iterator[Remark]:
    """What the headers of a good answer lack, or have too much."""
    if not feed.headers.get("Content-Type", "").lower().startswith("text/calendar"):
        found = feed.headers.get("Content-Type", "none")
        yield _fault(f"The feed's Content-Type is {found}.", "Have the proxy pass text/calendar on.")
    for name in ("ETag", "Last-Modified"):
        if name not in feed.headers:
            told = f"The feed has lost its {name}: every look costs the whole feed."
            yield _fault(told, f"Have the proxy pass {name} on.")
    if "Set-Cookie" in feed.headers:
        told = "Something in front sets a cookie: caches cannot share the feed."
        yield _fault(told, "Switch cookies (stickiness, protection) off for the paths below /orgs/.")
    ours = _longest(CACHE_CONTROL)
    longest = _longest(feed.headers.get("Cache-Control", ""))
    if longest is None or longest > (ours or 0):
        how_long = "for as long as they like" if longest is None else f"for {longest} s"
        told = f"Browsers and caches may keep a feed {how_long}; the service says {ours} s."
        yield _fault(told, "Have the proxy pass Cache-Control on as it is.")
    age = feed.headers.get("Age", "0")
    if age.isascii() and age.isdigit() and int(age) > 2 * (ours or 0):
        told = f"A cache in front answered with a copy that is {int(age)} s old."
        yield _fault(told, f"Let it keep feeds for {ours} s at most.")
    if not feed.body.rstrip().endswith(b"END:VCALENDAR"):
        told = "The feed arrives cut off: some calendars would lose all events."
        yield Remark("failure", SUBJECT, told, "See the proxy's limits on the size and time of an answer.")


def _faults_of_manners(visits: Visits, feed: Answer) -> Iterator[Remark]:
    """How it answers those who ask in another way."""
    again, head, packed = (visits.answers.get(name) for name in ("again", "head", "packed"))
    if again is not None and again.status != HTTPStatus.NOT_MODIFIED:
        told = f"Who has the same copy gets {again.status} instead of 304."
        yield _fault(told, "Have the proxy pass If-None-Match on, and ETag back.")
    if head is None or head.status != HTTPStatus.OK:
        answer = head.status if head is not None else visits.troubles.get("head", "nothing")
        yield _fault(f"HEAD gets {answer}: Thunderbird asks so first.", "Let HEAD pass as GET does.")
    if "Content-Encoding" in feed.headers:
        told = "The feed comes compressed to those who cannot read that."
        yield _fault(told, "Let the proxy compress only where Accept-Encoding asks.")
    if packed is not None and "Content-Encoding" in packed.headers:
        vary = packed.headers.get("Vary", "").lower()
        if "accept-encoding" not in vary and "*" not in vary:
            told = "Compressed answers lack Vary: Accept-Encoding: caches would give them to anybody."
            yield _fault(told, "Have the proxy add Vary: Accept-Encoding where it compresses.")
        if packed.headers.get("ETag") == feed.headers.get("ETag"):
            told = "Compressed and plain answers have the same strong ETag."
            yield _fault(told, "Leave compression to the service, or have the proxy weaken the ETag.")
    missing = visits.answers.get("missing")
    if missing is not None and missing.status != HTTPStatus.NOT_FOUND:
        told = f"A feed that does not exist gets {missing.status} instead of 404."
        yield _fault(told, "Have the proxy pass the service's errors on: a page would wipe calendars.")


def _fault(sentence: str, cure: str) -> Remark:
    return Remark("warning", SUBJECT, sentence, cure)


def _on_robots(visits: Visits) -> Iterator[Remark]:
    """Google does not subscribe where robots.txt forbids it; a 5xx forbids everything (RFC 9309 §2.3.1)."""
    robots = visits.answers.get("robots")
    if robots is None or robots.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        told = "robots.txt cannot be read, which robots take for a ban on everything."
        yield Remark("failure", "robots.txt", told, "Lead /robots.txt to the service.")
        return
    rules = RobotFileParser()
    rules.parse(robots.body.decode("utf-8", "replace").splitlines() if robots.status == HTTPStatus.OK else [])
    if rules.can_fetch(GOOGLE["User-Agent"], visits.public_url + visits.feed_path):
        yield Remark("ok", "robots.txt", "It lets Google's calendar in.")
    else:
        told = "It keeps Google's calendar out: nobody can subscribe there."
        yield Remark("failure", "robots.txt", told, "Allow /orgs/ for Google-Calendar-Importer.")


def _on_notices(visits: Visits) -> Iterator[Remark]:
    """Amilia posts its notices here; who only looks gets the service's own 405, if nothing is in the way."""
    answer = visits.answers.get("notices")
    if answer is None or answer.status != HTTPStatus.METHOD_NOT_ALLOWED:
        got = answer.status if answer is not None else "no answer"
        told = f"The path of change notices is closed: it gets {got} before the service sees it."
        yield Remark("warning", "webhooks", told, "Let POST pass below /webhooks/amilia/, unchanged.")


def _on_encryption(visits: Visits, now: datetime) -> Iterator[Remark]:
    if _is_local(visits.public_url):
        return
    if not visits.secure:
        told = (
            f"{visits.public_url} is not https: what people subscribe to can be read and changed on the way."
        )
        yield Remark("warning", SUBJECT, told, "Put TLS in front (Caddy does it alone) and set public_url.")
        return
    yield from _on_plain(visits)
    ends = [answer.expires for answer in visits.answers.values() if answer.expires is not None]
    if ends:
        yield _on_certificate(min(ends), now)


def _on_plain(visits: Visits) -> Iterator[Remark]:
    """Thunderbird, Evolution and ICSx5 make http of webcal: port 80 must lead on, with path and query."""
    address, plain = plain_address(visits.public_url), visits.answers.get("plain")
    lead = f"Have port 80 answer 308 to {visits.public_url} with the same path and query."
    if plain is None:
        why = visits.troubles.get("plain", "")
        told = f"{address} does not answer ({why}): webcal links begin there in several calendars."
        yield Remark("failure", "http to https", told, lead)
        return
    wanted = f"{visits.public_url}{visits.feed_path}?lang=en"
    location = plain.headers.get("Location", "")
    if plain.status == HTTPStatus.OK and OURS in plain.body:
        told = f"{address} answers itself, unencrypted."
        yield Remark("warning", "http to https", told, lead)
    elif location != wanted:
        told = f"{address} answers {plain.status} and does not lead to the same path and query on https."
        yield Remark("failure", "http to https", told, lead)
    elif plain.status not in STAYS:
        told = f"{address} leads to https by {plain.status}: calendars ask there again each time."
        yield Remark("warning", "http to https", told, lead)
    else:
        yield Remark("ok", "http to https", f"{address} leads to https by {plain.status}.")


def _on_certificate(end: datetime, now: datetime) -> Remark:
    days = (end - now).days
    sentence = f"It is good until {end.date().isoformat()} ({days} days)."
    if end - now < SOON:
        cure = "Renew it now, and see why that did not happen by itself."
        return Remark("warning" if end > now else "failure", "certificate", sentence, cure)
    return Remark("ok", "certificate", sentence)


def _longest(cache_control: str) -> int | None:
    """The longest time that it allows to keep an answer, in seconds; None where it sets no limit."""
    if re.search(r"no-store|no-cache|private", cache_control, re.IGNORECASE):
        return 0
    found = [int(seconds) for seconds in _MAX_AGE.findall(cache_control)]
    return max(found, default=None)


def _is_local(public_url: str) -> bool:
    return (urlsplit(public_url).hostname or "") in LOCAL
