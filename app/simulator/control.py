"""JSON endpoints beside the API, for tests: edit events, switch faults and the dialect, read what happened.

They need no credentials; the simulator holds nothing that is worth any. Bodies are JSON objects.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request, Response

from app.simulator.errors import JSON, ApiError
from app.simulator.faults import parse_fault
from app.simulator.jsontext import encode
from app.simulator.model import LANGS, Event, Lang, Text
from app.simulator.organization import Organization
from app.simulator.planting import window
from app.simulator.simulator import Simulator
from app.simulator.truth import truth

_Given = TypeVar("_Given")
_Value = TypeVar("_Value")

router = APIRouter(prefix="/control")


@dataclass(frozen=True, slots=True)
class Order:
    """One request to the control endpoints: the simulator and what was said to it."""

    simulator: Simulator
    said: Mapping[str, object]

    def text(self, name: str, default: str = "") -> str:
        return str(self.said.get(name, default))

    def number(self, name: str, default: int) -> int:
        return _read(int, self.text(name, str(default)), f"{name} must be a whole number.")

    def moment(self, name: str) -> datetime | None:
        return (
            _read(datetime.fromisoformat, self.text(name), f"{name} must be a date and time.")
            if name in self.said
            else None
        )

    def day(self, name: str, default: date) -> date:
        return (
            _read(date.fromisoformat, self.text(name), f"{name} must be a date.")
            if name in self.said
            else default
        )

    def title(self) -> Text:
        """A title: one text for both languages, or an object with ``fr`` and ``en``."""
        value = self.said.get("title")
        if isinstance(value, Mapping):
            return Text(str(value.get("fr", "")), str(value.get("en", "")))
        return Text(self.text("title"), self.text("title"))

    def organization(self) -> Organization:
        found = self.simulator.world.organization(self.text("org", "forest-explorers"))
        if found is None:
            raise ApiError(404, f"There is no organization {self.text('org')}.")
        return found

    def lang(self) -> Lang:
        for lang in LANGS:
            if lang == self.text("lang", "fr"):
                return lang
        raise ApiError(422, "lang must be fr or en.")


async def ordered(request: Request) -> Order:
    """The query and the body of a request, as one. Raises ApiError 422 for a body of another kind."""
    said: dict[str, object] = dict(request.query_params)
    body = await request.body()
    if body:
        value = _read(json.loads, body, "The body must be a JSON object.")
        if not isinstance(value, dict):
            raise ApiError(422, "The body must be a JSON object.")
        said |= value
    return Order(request.app.state.simulator, said)


OrderDep = Annotated[Order, Depends(ordered)]


@router.get("/world")
async def world(order: OrderDep) -> Response:
    """The organizations with their credentials, and where the awkward cases are."""
    the_world = order.simulator.world
    return _json(
        {
            "today": the_world.today.isoformat(),
            "seed": the_world.seed,
            "organizations": [_organization(each) for each in the_world.organizations.values()],
            "awkward": {name: list(ids) for name, ids in the_world.awkward.items()},
        }
    )


@router.get("/truth")
async def the_truth(order: OrderDep) -> Response:
    """What is publicly publishable: ``org``, ``lang``, ``from``, ``to``, ``skipped``."""
    first, last = window(order.simulator.world.today)
    found = truth(
        order.organization(),
        order.lang(),
        first=order.day("from", first),
        last=order.day("to", last),
        skipped=order.text("skipped").lower() == "true",
    )
    return _json({"events": found.events, "doubtful": found.doubtful})


@router.post("/events")
async def add(order: OrderDep) -> Response:
    """Add an event: ``org``, ``title``, ``start``, ``minutes``, ``allDay``, ``programId``, ``placeId``."""
    start = order.moment("start")
    if start is None:
        raise ApiError(422, "start is missing.")
    event = order.simulator.world.add(
        order.text("org", "forest-explorers"),
        order.title(),
        start,
        minutes=order.number("minutes", 60),
        all_day=order.said.get("allDay") is True,
        program_id=order.number("programId", 0) or None,
        place_id=order.number("placeId", 0) or None,
    )
    return _json(_event(event))


@router.get("/events/{number}")
async def show(order: OrderDep, number: int) -> Response:
    return _json(_event(order.simulator.world.find(number)[1]))


@router.delete("/events/{number}")
async def remove(order: OrderDep, number: int) -> Response:
    order.simulator.world.remove(number)
    return Response(status_code=204)


@router.post("/events/{number}/cancel")
async def cancel(order: OrderDep, number: int) -> Response:
    return _json(_event(order.simulator.world.cancel(number)))


@router.post("/events/{number}/restore")
async def restore(order: OrderDep, number: int) -> Response:
    return _json(_event(order.simulator.world.restore(number)))


@router.post("/events/{number}/rename")
async def rename(order: OrderDep, number: int) -> Response:
    """Give an event another ``title``."""
    return _json(_event(order.simulator.world.rename(number, order.title())))


@router.post("/events/{number}/move")
async def move(order: OrderDep, number: int) -> Response:
    """Move an event by ``minutes`` (60) or ``to`` a moment; ``newId`` overrules the dialect's switch."""
    new_id = order.said.get("newId", order.simulator.dialect.new_id_on_move)
    event = order.simulator.world.move(
        number, minutes=order.number("minutes", 60), to=order.moment("to"), new_id=new_id is True
    )
    return _json(_event(event))


@router.get("/faults")
async def faults(order: OrderDep) -> Response:
    """The faults that are on: number → fault as it is written."""
    return _json({str(number): str(fault) for number, fault in order.simulator.faults.active.items()})


@router.post("/faults")
async def add_faults(order: OrderDep) -> Response:
    """Switch faults on: ``faults``, a list of faults as they are written, or ``fault``, one."""
    written = order.said.get("faults", [order.said.get("fault", "")])
    if not isinstance(written, list):
        raise ApiError(422, "faults must be a list of texts.")
    for fault in [_read(parse_fault, str(each)) for each in written]:
        order.simulator.faults.add(fault)
    return await faults(order)


@router.delete("/faults")
async def clear_faults(order: OrderDep) -> Response:
    order.simulator.faults.clear()
    return Response(status_code=204)


@router.delete("/faults/{number}")
async def remove_fault(order: OrderDep, number: int) -> Response:
    order.simulator.faults.remove(number)
    return Response(status_code=204)


@router.get("/dialect")
async def dialect(order: OrderDep) -> Response:
    return _json(asdict(order.simulator.dialect))


@router.post("/dialect")
async def change_dialect(order: OrderDep) -> Response:
    """Set the switches that the body names."""
    _read(order.simulator.dialect.change, order.said)
    return await dialect(order)


@router.get("/calls")
async def calls(order: OrderDep) -> Response:
    """The calls so far: ``org`` (a slug) and ``path`` (a part of it) choose among them."""
    journal = order.simulator.journal
    found = journal.calls(organization=order.text("org"), path=order.text("path"))
    listed = [asdict(call) | {"time": call.time.isoformat()} for call in found]
    return _json({"count": len(found), "peak": journal.peak, "calls": listed})


@router.delete("/calls")
async def clear_calls(order: OrderDep) -> Response:
    order.simulator.journal.clear()
    return Response(status_code=204)


@router.get("/webhooks")
async def webhooks(order: OrderDep) -> Response:
    """Every attempt to deliver, oldest first; status 0 where there was no answer."""
    attempts = order.simulator.courier.attempts
    return _json([asdict(attempt) | {"time": attempt.time.isoformat()} for attempt in attempts])


@router.post("/webhooks/drain")
async def drain(order: OrderDep) -> Response:
    """Deliver all that is waiting, and answer when that is done."""
    await order.simulator.courier.drain()
    return await webhooks(order)


def _json(value: object) -> Response:
    return Response(encode(value).encode(), media_type=JSON)


def _event(event: Event) -> Mapping[str, object]:
    return {
        "Id": event.id,
        "Start": event.start.isoformat(),
        "End": event.end.isoformat(),
        "AllDay": event.all_day,
        "State": event.state,
        "Title": {"fr": event.name.fr, "en": event.name.en},
    }


def _organization(organization: Organization) -> Mapping[str, object]:
    account = organization.account
    return {
        "number": organization.number,
        "slug": organization.slug,
        "zone": organization.zone.key,
        "events": len(organization.timetable),
        "username": account.username,
        "password": account.password,
        "apiKey": account.api_key,
        "apiSecret": account.api_secret,
    }


def _read(reader: Callable[[_Given], _Value], given: _Given, problem: str = "") -> _Value:
    """What a reader makes of something. Raises ApiError 422, with ``problem`` or its own message."""
    try:
        return reader(given)
    except ValueError as error:
        raise ApiError(422, problem or str(error)) from error
