"""Webhooks: who subscribed to which changes, what they are told, and how often it is tried.

As observed of the real ones: dates of an activity carry the offset of Amilia's server (Eastern) with the
wall clock of the organization; a Create is followed by an Update of the same content eleven seconds later; a
Delete has nothing but an Id, as a string; deliveries overtake each other; the signature is base 64 of 32
bytes made with a key that nobody was told. What does not answer 200 is tried again until 72 hours are over;
then the subscription is switched off and its queue dropped.
"""

import asyncio
import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import anyio

from app.simulator.dialect import Dialect
from app.simulator.errors import ApiError
from app.simulator.jsontext import encode, encode_object
from app.simulator.model import Lang
from app.simulator.organization import Organization
from app.simulator.records.activities import UNLIMITED, activity_fields, schedule_lines
from app.simulator.world import Change, World

Deliver: TypeAlias = Callable[[str, bytes, dict[str, str]], Awaitable[int]]
"""Posts a body with headers to an address and returns the status of the answer."""

CONTEXTS = (
    "Program",
    "Account",
    "Person",
    "FacilityBooking",
    "MembershipPurchased",
    "MerchandisePurchased",
    "MultiPassPurchased",
    "DonationPurchased",
    "Activity",
    "Registration",
    "WaitListRegistration",
    "Alert",
    "Block",
)
ACTIONS = ("Create", "Update", "Delete")

RETRY_SECONDS = 300
GIVE_UP_AFTER = timedelta(hours=72)
UPDATE_AFTER_CREATE = timedelta(seconds=11)

_OK = 200
_KEPT_ATTEMPTS = 500
_SERVER_ZONE = ZoneInfo("America/Toronto")
_NOT_IN_PAYLOADS = ("Url", "SecretUrl", "LocationLabel")
_LANG: Lang = "en"


@dataclass(slots=True)
class Subscription:
    """One address that wants to hear of one action on one context of an organization."""

    id: int
    organization: Organization
    name: str
    url: str
    context: str
    action: str
    active: bool = True

    def record(self) -> str:
        """Its JSON text, as the API answers it."""
        return encode(
            {
                "Id": self.id,
                "Name": self.name,
                "Url": self.url,
                "Context": self.context,
                "Action": self.action,
                "Version": "V1",
                "IsActive": self.active,
            }
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one subscriber, to be sent at ``due`` at the earliest."""

    subscription: Subscription
    change: Change
    due: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver; ``status`` is 0 when there was no answer."""

    time: datetime
    url: str
    context: str
    action: str
    status: int


@dataclass(slots=True)
class Courier:
    """Keeps the subscriptions and delivers. ``run`` does so for ever; ``drain`` delivers what is waiting now.

    Without ``deliver`` nothing is sent, and nothing waits.
    """

    world: World
    dialect: Dialect
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    deliver: Deliver | None = None
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    attempts: deque[Attempt] = field(default_factory=lambda: deque(maxlen=_KEPT_ATTEMPTS))
    _waiting: asyncio.Queue[Delivery] = field(default_factory=asyncio.Queue)

    def subscribe(self, organization: Organization, wish: Mapping[str, object]) -> Subscription:
        """A new subscription from the body of a request. Raises ApiError 422 naming a wrong field."""
        name, url, context, action = (_field(wish, field) for field in ("Name", "Url", "Context", "Action"))
        _field(wish, "Version")
        number = self.world.numbering.webhook()
        subscription = Subscription(number, organization, name, url, context, action)
        self.subscriptions[number] = subscription
        return subscription

    def of(self, organization: Organization) -> list[Subscription]:
        return [each for each in self.subscriptions.values() if each.organization is organization]

    def notice(self, change: Change) -> None:
        """Queue what an edit has to be told: a listener of the world."""
        if change.action == "Update" and not self.dialect.occurrence_webhooks:
            return
        now = self.clock()
        self._queue(change, now)
        if change.action == "Create":
            follow_up = Change(change.organization, change.activity, "Update", schedule_changed=True)
            self._queue(follow_up, now + UPDATE_AFTER_CREATE)

    async def run(self) -> None:
        """Deliver for ever, each message on its own, so that one in trouble holds up no other."""
        async with anyio.create_task_group() as tasks:
            while True:
                tasks.start_soon(self._bring, await self._waiting.get())

    async def drain(self) -> None:
        """Deliver all that is waiting, with all waits and retries; returns when the last is done."""
        async with anyio.create_task_group() as tasks:
            while not self._waiting.empty():
                tasks.start_soon(self._bring, self._waiting.get_nowait())

    def _queue(self, change: Change, due: datetime) -> None:
        if self.deliver is None:
            return
        for subscription in self.of(change.organization):
            wanted = (subscription.context, subscription.action) == ("Activity", change.action)
            if wanted and subscription.active:
                self._waiting.put_nowait(Delivery(subscription, change, due))

    async def _bring(self, delivery: Delivery) -> None:
        await self.sleep(max(0.0, (delivery.due - self.clock()).total_seconds()))
        body = message(delivery.subscription, delivery.change, self.clock())
        while self._wanted(delivery.subscription):
            if await self._attempt(delivery.subscription, body) == _OK:
                return
            if self.clock() - delivery.due >= GIVE_UP_AFTER:
                delivery.subscription.active = False
                return
            await self.sleep(RETRY_SECONDS)

    def _wanted(self, subscription: Subscription) -> bool:
        return subscription.active and subscription.id in self.subscriptions

    async def _attempt(self, subscription: Subscription, body: bytes) -> int:
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Amilia-Signature": _signature(body)}
        status = 0
        if self.deliver is not None:
            try:
                status = await self.deliver(subscription.url, body, headers)
            except Exception:  # noqa: BLE001  # whatever a client raises, it is a delivery that failed
                status = 0
        self.attempts.append(
            Attempt(self.clock(), subscription.url, subscription.context, subscription.action, status)
        )
        return status


def message(subscription: Subscription, change: Change, now: datetime) -> bytes:
    """The body of one delivery, in the order of fields that was seen."""
    moment = now.astimezone(_SERVER_ZONE)
    text = moment.isoformat(timespec="microseconds")
    offset = len("-04:00")
    return encode_object(
        {
            "OrganizationId": str(change.organization.number),
            "Context": encode(subscription.context),
            "Action": encode(change.action),
            "Name": encode(subscription.name),
            "EventTime": encode(f"{text[:-offset]}7{text[-offset:]}"),
            "Payload": _payload(change),
        }
    ).encode()


def _payload(change: Change) -> str:
    organization, activity = change.organization, change.activity
    if change.action == "Delete":
        return encode({"Id": str(activity.id)})
    fields = activity_fields(organization, activity, _LANG)
    for name in _NOT_IN_PAYLOADS:
        del fields[name]
    events = organization.timetable.of_activity(activity.id)
    fields["ScheduleSummary"] = encode(schedule_lines(events, _LANG))
    if fields["SpotsRemaining"] == "null":
        fields["SpotsRemaining"] = str(UNLIMITED)
    if events:
        fields["StartDate"] = _with_server_offset(min(event.start for event in events))
        fields["EndDate"] = _with_server_offset(max(event.end for event in events))
    fields["HasScheduleChanged"] = encode(change.schedule_changed)
    fields["BillingLabel"] = '""'
    return encode_object(fields)


def _with_server_offset(moment: datetime) -> str:
    """The organization's wall clock labelled with the offset of Amilia's server: wrong as an instant."""
    return encode(moment.replace(tzinfo=_SERVER_ZONE).isoformat())


def _signature(body: bytes) -> str:
    key = hashlib.sha256(b"a key that subscribers are not told").digest()
    return base64.b64encode(hmac.digest(key, body, "sha256")).decode()


def _field(wish: Mapping[str, object], name: str) -> str:
    text = wish.get(name)
    if not isinstance(text, str) or not _valid(name, text):
        raise ApiError(422, f"The field {name} is missing or invalid.")
    return text


def _valid(name: str, text: str) -> bool:
    match name:
        case "Context":
            return text in CONTEXTS
        case "Action":
            return text in ACTIONS
        case "Url":
            return text.startswith(("http://", "https://"))
        case "Version":
            return text == "V1"
        case _:
            return bool(text.strip())
