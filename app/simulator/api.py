"""The routes of the V3 API: what each endpoint may be asked, and what it lists.

Parameters and defaults are those of Amilia's endpoint pages; what those do not say is in ``dialect``,
``visibility`` and ``paging``. The gate has checked the caller before any of these runs.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, hypot, radians
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from app.simulator.errors import JSON, ApiError
from app.simulator.faults import Stage
from app.simulator.journal import Call
from app.simulator.jsontext import encode
from app.simulator.model import LANGS, Activity, Lang, Place
from app.simulator.organization import Organization
from app.simulator.paging import bare, envelope, page_of, window_of
from app.simulator.parameters import Query
from app.simulator.records import activities as activity_records
from app.simulator.records import reservations as reservation_records
from app.simulator.records import shelves
from app.simulator.simulator import Simulator
from app.simulator.visibility import Flags, activity_listed, listed
from app.simulator.webhooks import Subscription

_PER_PAGE = 2000
_PER_PAGE_OF_PROGRAM_ACTIVITIES = 1000
_ONLY_WHEN_EDITED = ("Skipped", "Cancelled", "Replaced", "Archived")
_KILOMETRES_PER_DEGREE = 111.2

_Row = TypeVar("_Row")

entrance = APIRouter(prefix="/api/v3")
router = APIRouter(prefix="/api/v3/{language}/org/{identifier}")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for something of an organization, understood as far as all endpoints need it."""

    simulator: Simulator
    organization: Organization
    lang: Lang
    query: Query
    call: Call
    request: Request

    @property
    def today(self) -> date:
        return self.organization.today(self.call.time)

    def page(
        self,
        rows: Sequence[_Row],
        render: Callable[[_Row], str],
        *,
        most: int = _PER_PAGE,
        wrapped: bool = True,
    ) -> Response:
        """The page of ``rows`` that the query asks for, at most ``most`` items."""
        window = window_of(self.query, most=most)
        page = page_of(
            rows,
            window,
            render,
            faults=self.simulator.faults.take(Stage.PAGE, self.call.path, self.call.organization),
            past_the_end=self.simulator.dialect.past_the_end,
            answer=self.call.number,
        )
        return _json(envelope(page, self._following(window.number)) if wrapped else bare(page))

    def _following(self, number: int) -> str:
        """The absolute address of the page after ``number``, with the filters of this one."""
        others = [(name, value) for name, value in self.query.pairs if name.lower() != "page"]
        return str(self.request.url.replace(query=urlencode([*others, ("page", str(number + 1))])))


async def understood(request: Request, language: str, identifier: str) -> Ask:
    """What every organization's endpoint begins with. Raises ApiError 404 or 403."""
    simulator: Simulator = request.app.state.simulator
    organization = simulator.world.organization(identifier)
    lang = next((lang for lang in LANGS if lang == language), None)
    if organization is None or lang is None:
        raise ApiError(404)
    if request.scope["simulator.caller"] is not organization:
        raise ApiError(403)
    query = Query(request.query_params.multi_items())
    return Ask(simulator, organization, lang, query, request.scope["simulator.call"], request)


AskDep = Annotated[Ask, Depends(understood)]


@entrance.get("/authenticate")
async def authenticate(request: Request) -> Response:
    """A token for Basic credentials, good for a year."""
    simulator: Simulator = request.app.state.simulator
    call: Call = request.scope["simulator.call"]
    token = simulator.tokens.issue(
        request.headers.get("authorization", ""), now=call.time, seconds=simulator.dialect.token_seconds
    )
    if token is None:
        raise ApiError(401)
    return _json(encode({"Token": token}))


@router.get("/events")
async def events(ask: AskDep) -> Response:
    """Occurrences of the active programmes; of today when no range is given."""
    query, dialect = ask.query, ask.simulator.dialect
    first, last = query.span(ask.today)
    if dialect.events_range_days is not None and (last - first).days >= dialect.events_range_days:
        raise ApiError(400, f"The range of dates must not exceed {dialect.events_range_days} days")
    flags = Flags(
        hidden=query.flag("showHidden"),
        skipped=query.flag("showSkipped"),
        cancelled=query.flag("showCanceled"),
        archived=dialect.archived_events,
    )
    program = query.integer("programId")
    with_participants = query.flag("showParticipants")
    rows = [
        event
        for event in ask.organization.timetable.between(first, last)
        if listed(event, flags) and program in {None, event.activity.program.id}
    ]
    return ask.page(
        rows,
        lambda event: ask.simulator.records.record(
            ask.organization, event, ask.lang, with_participants=with_participants
        ),
        most=dialect.events_per_page,
        wrapped=dialect.events_wrapped,
    )


@router.get("/programs")
async def programs(ask: AskDep) -> Response:
    hidden, archived = ask.query.flag("showHidden"), ask.query.flag("showArchived")
    rows = [
        program
        for program in ask.organization.programs.values()
        if (hidden or program.visible) and (archived or not program.archived)
    ]
    return ask.page(rows, lambda program: shelves.program(ask.organization, program, ask.lang))


@router.get("/programs/{number}")
async def program(ask: AskDep, number: str) -> Response:
    found = _found(ask.organization.programs, number)
    return _json(shelves.program(ask.organization, found, ask.lang))


@router.get("/programs/{number}/activities")
async def program_activities(ask: AskDep, number: str) -> Response:
    wanted = _found(ask.organization.programs, number)
    flags = Flags(hidden=ask.query.flag("showHidden"), cancelled=ask.query.flag("showCancelled"))
    rows = [
        activity
        for activity in ask.organization.activities.values()
        if activity.program.id == wanted.id and activity_listed(activity, flags)
    ]
    return ask.page(rows, _activity_printer(ask), most=_PER_PAGE_OF_PROGRAM_ACTIVITIES)


@router.get("/activities")
async def activities(ask: AskDep) -> Response:
    """Activities that are not over, or all with showPastActivities, within a range of dates when given."""
    past, first, last = ask.query.flag("showPastActivities"), ask.query.day("from"), ask.query.day("to")
    earliest = first or (date.min if past else ask.today)
    rows = [
        activity
        for activity in ask.organization.activities.values()
        if activity_listed(activity, Flags())
        and _held(ask.organization, activity, earliest, last or date.max)
    ]
    return ask.page(rows, _activity_printer(ask))


@router.get("/activities/{number}")
async def activity(ask: AskDep, number: str) -> Response:
    found = _found(ask.organization.activities, number)
    return _json(_activity_printer(ask)(found))


@router.get("/activities/{number}/occurrences")
async def occurrences(ask: AskDep, number: str) -> Response:
    """All occurrences of an activity; without a range the whole list. showEdited adds the modified ones."""
    wanted = _found(ask.organization.activities, number)
    edited = ask.query.flag("showEdited")
    first, last = ask.query.day("from") or date.min, ask.query.day("to") or date.max
    rows = [
        event
        for event in ask.organization.timetable.of_activity(wanted.id)
        if (edited or event.state not in _ONLY_WHEN_EDITED)
        and event.first_day <= last
        and event.last_day >= first
    ]
    return ask.page(rows, lambda event: activity_records.occurrence(event, ask.lang))


@router.get("/locations")
async def locations(ask: AskDep) -> Response:
    """All places, or those within ``radius`` kilometres of ``coordinates`` (latitude,longitude)."""
    centre, radius = _coordinates(ask.query.text("coordinates")), ask.query.integer("radius")
    rows = [
        place
        for place in ask.organization.places.values()
        if centre is None or radius is None or _distance(centre, place) <= radius
    ]
    return ask.page(rows, lambda place: shelves.location(ask.organization, place, ask.lang))


@router.get("/locations/{number}")
async def location(ask: AskDep, number: str) -> Response:
    found = _found(ask.organization.places, number)
    return _json(shelves.location(ask.organization, found, ask.lang))


@router.get("/reservations")
async def reservations(ask: AskDep) -> Response:
    """Uses of places, activities among them; of today when no range is given."""
    cancelled = ask.query.flag("showCancelled")
    rows = [
        row
        for row in reservation_records.between(ask.organization, *ask.query.span(ask.today))
        if cancelled or not row.cancelled
    ]
    return ask.page(rows, lambda row: reservation_records.reservation(row, ask.lang))


@router.get("/webhooks")
async def webhooks(ask: AskDep) -> Response:
    return ask.page(ask.simulator.courier.of(ask.organization), Subscription.record)


@router.post("/webhooks")
async def subscribe(ask: AskDep) -> Response:
    try:
        wish = json.loads(await ask.request.body())
    except ValueError:
        raise ApiError(400) from None
    if not isinstance(wish, dict):
        raise ApiError(422)
    return _json(ask.simulator.courier.subscribe(ask.organization, wish).record())


@router.get("/webhooks/{number}")
async def subscription(ask: AskDep, number: str) -> Response:
    return _json(_subscription(ask, number).record())


@router.delete("/webhooks/{number}")
async def unsubscribe(ask: AskDep, number: str) -> Response:
    del ask.simulator.courier.subscriptions[_subscription(ask, number).id]
    return Response(status_code=204)


def _json(text: str) -> Response:
    return Response(text.encode(), media_type=JSON)


def _found(shelf: dict[int, _Row], number: str) -> _Row:
    """What has this id. Raises ApiError 404, also for an id that is no number."""
    found = shelf.get(int(number)) if number.isdecimal() else None
    if found is None:
        raise ApiError(404)
    return found


def _subscription(ask: Ask, number: str) -> Subscription:
    own = {each.id: each for each in ask.simulator.courier.of(ask.organization)}
    return _found(own, number)


def _activity_printer(ask: Ask) -> Callable[[Activity], str]:
    taxes, with_occurrences = ask.query.flag("showTaxes"), ask.query.flag("showOccurrences")
    return lambda activity: activity_records.activity(
        ask.organization, activity, ask.lang, taxes=taxes, occurrences=with_occurrences
    )


def _held(organization: Organization, activity: Activity, first: date, last: date) -> bool:
    """Whether an activity has an occurrence between two days, both included."""
    events = organization.timetable.of_activity(activity.id)
    return any(event.first_day <= last and event.last_day >= first for event in events)


def _coordinates(text: str) -> tuple[float, float] | None:
    """Degrees of latitude and longitude, None for an empty text. Raises ApiError 400 for another."""
    if not text:
        return None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise ApiError(400, f"The value '{text}' is not valid for coordinates.") from None
    return latitude, longitude


def _distance(centre: tuple[float, float], place: Place) -> float:
    """Kilometres from a point to a place, as on flat land; infinite where the place has no coordinates."""
    address = place.address
    if address is None or address.latitude is None or address.longitude is None:
        return float("inf")
    north = address.latitude - centre[0]
    east = (address.longitude - centre[1]) * cos(radians(centre[0]))
    return hypot(north, east) * _KILOMETRES_PER_DEGREE
