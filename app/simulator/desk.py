"""The desk: a page on which a person runs the imaginary centre, cancels, moves and adds, and switches faults.

Plain forms and redirects, no script. Every form posts to an address below ``/desk``, with the place on the
page (``Spot``) to come back to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, RedirectResponse

from app.simulator.daynames import long_date
from app.simulator.desk_words import known, word
from app.simulator.faults import KINDS, parse_fault
from app.simulator.model import LANGS, Event, Lang
from app.simulator.organization import Organization
from app.simulator.simulator import Simulator
from app.simulator.world import ImpossibleEdit, NoSuchEvent

_ROWS = 40
_CALLS = 12
_SPANS = (7, 35, 140, 500)
"""Days to look ahead, the next when the one before had not enough events for the page."""
_HOUR, _DAY = 60, 24 * 60
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"

router = APIRouter()
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where on the desk a person is."""

    org: str
    lang: Lang
    first: date
    search: str = ""
    skip: int = 0

    def address(self, **changes: str) -> str:
        """The address of the desk at this spot, with some of the parameters changed."""
        here = {
            "org": self.org,
            "lang": self.lang,
            "from": self.first.isoformat(),
            "q": self.search,
            "skip": str(self.skip),
        }
        return "/?" + urlencode(here | changes)


@dataclass(frozen=True, slots=True)
class Row:
    """One event as the desk shows it."""

    id: int
    title: str
    state: str
    time: str
    machine_time: str
    all_day: bool
    hidden: bool
    place: str
    program: str
    input_start: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to the desk: the form's fields, and the spot to show or to come back to."""

    simulator: Simulator
    organization: Organization
    spot: Spot
    fields: Mapping[str, str]


async def visited(request: Request) -> Visit:
    """What all routes of the desk begin with. What cannot be understood counts as not given."""
    simulator: Simulator = request.app.state.simulator
    fields = dict(request.query_params)
    fields |= parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True)
    world = simulator.world
    organization = world.organization(fields.get("org", "")) or next(iter(world.organizations.values()))
    spot = Spot(
        org=organization.slug,
        lang="en" if fields.get("lang") == "en" else "fr",
        first=_day(fields.get("from", "")) or organization.today(simulator.clock()),
        search=fields.get("q", "").strip(),
        skip=_count(fields.get("skip", "")),
    )
    return Visit(simulator, organization, spot, fields)


VisitDep = Annotated[Visit, Depends(visited)]


@router.get("/")
async def page(visit: VisitDep) -> Response:
    return _page(visit, done=visit.fields.get("done", ""))


@router.post("/desk/events")
async def add(visit: VisitDep) -> Response:
    def added() -> None:
        fields = visit.fields
        visit.simulator.world.add(
            visit.organization.slug,
            _title(fields),
            datetime.fromisoformat(fields.get("start", "")),
            minutes=int(fields.get("minutes", "") or _HOUR),
            all_day=fields.get("all_day") == "on",
            program_id=_count(fields.get("program", "")) or None,
            place_id=_count(fields.get("place", "")) or None,
        )

    return _done(visit, "add", added)


@router.post("/desk/events/{number}/{edit}")
async def edit_event(visit: VisitDep, number: int, edit: str) -> Response:
    """One of the edits: cancel, restore, later (an hour, or a day when all day), move, rename, remove."""
    return _done(visit, edit, lambda: _edit(visit, number, edit))


@router.post("/desk/faults")
async def add_fault(visit: VisitDep) -> Response:
    fields = visit.fields
    marks = (("kind", ""), ("value", "="), ("path", "@"), ("count", "*"))
    written = "".join(mark + fields[name].strip() for name, mark in marks if fields.get(name, "").strip())
    return _done(visit, "fault", lambda: visit.simulator.faults.add(parse_fault(written)))


@router.post("/desk/faults/clear")
async def clear_faults(visit: VisitDep) -> Response:
    return _done(visit, "fault", visit.simulator.faults.clear)


@router.post("/desk/faults/{number}/remove")
async def remove_fault(visit: VisitDep, number: int) -> Response:
    return _done(visit, "fault", lambda: visit.simulator.faults.remove(number))


def _edit(visit: Visit, number: int, edit: str) -> None:
    world, fields = visit.simulator.world, visit.fields
    new_id = visit.simulator.dialect.new_id_on_move
    match edit:
        case "cancel":
            world.cancel(number)
        case "restore":
            world.restore(number)
        case "later":
            minutes = _DAY if world.find(number)[1].all_day else _HOUR
            world.move(number, minutes=minutes, new_id=new_id)
        case "move":
            world.move(number, to=datetime.fromisoformat(fields.get("to", "")), new_id=new_id)
        case "rename":
            world.rename(number, _title(fields))
        case "remove":
            world.remove(number)
        case _:
            raise ImpossibleEdit(f"There is no edit {edit!r}.")


def _done(visit: Visit, what: str, action: Callable[[], object]) -> Response:
    """Do it and go back to the page, which then says so; or show the page with what went wrong."""
    try:
        action()
    except NoSuchEvent:
        return _page(visit, problem="bad_event", status=404)
    except ValueError:
        return _page(visit, problem="bad_edit", status=422)
    return RedirectResponse(visit.spot.address(done=what), status_code=303)


def _page(visit: Visit, *, done: str = "", problem: str = "", status: int = 200) -> Response:
    simulator, organization, spot = visit.simulator, visit.organization, visit.spot
    found, more = _coming(organization, spot)
    html = _templates.get_template("desk.html").render(
        t=lambda key: word(key, spot.lang),
        spot=spot,
        langs=LANGS,
        organization=organization,
        organizations=list(simulator.world.organizations.values()),
        days=[
            (long_date(day, spot.lang), day.isoformat(), [_row(event, spot.lang) for event in events])
            for day, events in groupby(found, key=lambda event: max(event.first_day, spot.first))
        ],
        later=spot.address(skip=str(spot.skip + _ROWS)) if more else "",
        earlier=spot.address(skip="0") if spot.skip else "",
        message=word(f"done_{done}", spot.lang) if known(f"done_{done}") else "",
        problem=word(problem, spot.lang) if problem else "",
        tomorrow=f"{organization.today(simulator.clock()) + timedelta(days=1)}T18:00",
        faults=list(simulator.faults.active.items()),
        kinds=list(KINDS.values()),
        calls=simulator.journal.calls()[: -_CALLS - 1 : -1],
        zone=organization.zone,
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


def _coming(organization: Organization, spot: Spot) -> tuple[list[Event], bool]:
    """The events of one page in the order of time, and whether there are more."""
    words = spot.search.casefold()
    found: list[Event] = []
    for span in _SPANS:
        found = [
            event
            for event in organization.timetable.between(spot.first, spot.first + timedelta(days=span))
            if event.raw is None and words in event.name.of(spot.lang).casefold()
        ]
        if len(found) > spot.skip + _ROWS:
            break
    found.sort(key=lambda event: (max(event.first_day, spot.first), event.start, event.id))
    return found[spot.skip : spot.skip + _ROWS], len(found) > spot.skip + _ROWS


def _row(event: Event, lang: Lang) -> Row:
    activity = event.activity
    last = long_date(event.last_day, lang) if event.last_day > event.first_day else ""
    hours = word("all_day", lang) if event.all_day else f"{event.start:%H:%M} – {event.end:%H:%M}"
    return Row(
        id=event.id,
        title=event.name.of(lang),
        state=event.state,
        time=f"{hours} ({word('until', lang)} {last})" if last else hours,
        machine_time=event.first_day.isoformat() if event.all_day else event.start.isoformat(),
        all_day=event.all_day,
        hidden=activity.status == "Hidden" or not activity.program.visible,
        place=activity.place.name.of(lang) if activity.place and activity.place.name else "",
        program=activity.program.name.of(lang),
        input_start=f"{event.start:%Y-%m-%dT%H:%M}",
    )


def _title(fields: Mapping[str, str]) -> str:
    """The title of a form. Raises ImpossibleEdit when there is none."""
    title = fields.get("title", "").strip()
    if not title:
        raise ImpossibleEdit("An event needs a title.")
    return title


def _day(text: str) -> date | None:
    """A day from ``YYYY-MM-DD``, with room after it for the longest look ahead; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year < date.max.year - 1 else None


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0
