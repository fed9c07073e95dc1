"""Properties become components: every BEGIN has its END, all inside one VCALENDAR (RFC 5545 §3.4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.ics.lint.content import Property
from app.ics.lint.finding import Client, Notes, error, warning
from app.ics.lint.physical import NOT_EXAMINED

_MAX_DEPTH = 16
_MAX_PROPERTIES = 5000
_MAX_CHILDREN = 1000

# What stands directly in a VCALENDAR and nowhere else.
_TOP_LEVEL = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})

OUTSIDE = error(
    "outside-calendar",
    "This line stands outside BEGIN:VCALENDAR and END:VCALENDAR and reads {text}; take it out.",
    "RFC 5545 §3.4",
    Client.HOME_ASSISTANT,
)
SEVERAL_CALENDARS = error(
    "several-calendars",
    "This is another VCALENDAR; put all events into one, as readers take the first or refuse the file.",
    "RFC 5545 §3.4 allows several; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)
UNBALANCED = error(
    "unbalanced",
    "{what}; give each BEGIN its own END, the innermost first.",
    "RFC 5545 §3.4 and §3.6",
    Client.HOME_ASSISTANT,
)
TRUNCATED = error(
    "truncated",
    "The file ends inside the {name} that begins on line {begin}, and subscribers lose every event; "
    "serve complete files only, with their Content-Length.",
    "RFC 5545 §3.4; measured with Thunderbird 153 and Evolution 3.46",
    Client.THUNDERBIRD,
    Client.EVOLUTION,
    Client.VDIRSYNCER,
    Client.FULLCALENDAR,
)
TOO_DEEP = warning(
    "nested-too-deep",
    f"Components are nested more than {_MAX_DEPTH} deep here, and those below were not read; nest fewer.",
    "limit of this checker",
)
TOO_MANY_PROPERTIES = warning(
    "too-many-properties",
    f"{{name}} has more than {_MAX_PROPERTIES:,} properties, and those after them were not read.",
    "limit of this checker",
)


@dataclass(slots=True, eq=False)
class Component:
    """A component as read so far; ``complete`` turns True at its own END, so never where that is missing."""

    name: str
    line: int
    parent: "Component | None" = None
    properties: list[Property] = field(default_factory=list)
    children: "list[Component]" = field(default_factory=list)
    named: dict[str, list[Property]] = field(default_factory=dict)
    complete: bool = False

    def all(self, name: str) -> list[Property]:
        return self.named.get(name, [])

    def first(self, name: str) -> Property | None:
        found = self.named.get(name)
        return found[0] if found else None

    def value(self, name: str) -> str:
        """The first property's value without surrounding blanks; empty when there is none."""
        found = self.named.get(name)
        return found[0].value.strip() if found else ""


def nest(properties: Iterable[Property], notes: Notes) -> Iterator[Component]:
    """Every component that stands directly in a VCALENDAR when it ends, then that VCALENDAR.

    A component is let go of once it has been judged, so a long file needs no more memory than a short one.
    """
    builder = _Builder(notes)
    for item in properties:
        yield from builder.feed(item)
    yield from builder.end_of_file()


class _Builder:
    """The open components, outermost first, and how many BEGINs deeper than we read are open."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._open: list[Component] = []
        self._deeper = 0
        self._calendars = 0
        self._line = 1

    def __repr__(self) -> str:
        return f"<_Builder {'/'.join(component.name for component in self._open)} line {self._line}>"

    def feed(self, item: Property) -> Iterator[Component]:
        self._line = item.line
        match item.name:
            case "BEGIN":
                yield from self._begin(item.value.strip().upper())
            case "END":
                yield from self._end(item.value.strip().upper())
            case _ if not self._open:
                self._notes.add(OUTSIDE, item.line, text=f"{item.name}:{item.value}")
            case _:
                self._keep(item)

    def end_of_file(self) -> Iterator[Component]:
        if self._open and not self._notes.has(NOT_EXAMINED):
            last = self._open[-1]
            self._notes.add(TRUNCATED, self._line, name=last.name, begin=last.line)
        if self._open:
            yield self._open[0]

    def _begin(self, name: str) -> Iterator[Component]:
        if name == "VCALENDAR":
            yield from self._close_down_to(0, f"BEGIN:{name} stands inside an open component")
            self._calendars += 1
            if self._calendars > 1:
                self._notes.add(SEVERAL_CALENDARS, self._line)
        elif not self._open:
            self._notes.add(OUTSIDE, self._line, text=f"BEGIN:{name}")
            return
        elif name in _TOP_LEVEL:
            yield from self._close_down_to(1, f"BEGIN:{name} stands inside an open component")
        if len(self._open) >= _MAX_DEPTH:
            self._deeper += 1
            self._notes.add(TOO_DEEP, self._line)
            return
        self._open.append(Component(name, self._line, self._open[-1] if self._open else None))

    def _end(self, name: str) -> Iterator[Component]:
        if self._deeper:
            self._deeper -= 1
            return
        if not self._open:
            self._notes.add(OUTSIDE, self._line, text=f"END:{name}")
            return
        depths = [depth for depth, component in enumerate(self._open) if component.name == name]
        if not depths:
            self._notes.add(UNBALANCED, self._line, what=f"END:{name} ends nothing that is open")
            return
        yield from self._close_down_to(
            depths[-1] + 1, f"END:{name} stands before the end of an inner component"
        )
        self._open[-1].complete = True
        yield from self._close()

    def _close_down_to(self, depth: int, reason: str) -> Iterator[Component]:
        self._deeper = 0 if len(self._open) > depth else self._deeper
        while len(self._open) > depth:
            left = self._open[-1]
            what = f"{reason}, {left.name} of line {left.line}"
            self._notes.add(UNBALANCED, self._line, what=what)
            yield from self._close()

    def _close(self) -> Iterator[Component]:
        done = self._open.pop()
        if len(self._open) <= 1:
            yield done
        elif len(self._open[-1].children) < _MAX_CHILDREN:
            self._open[-1].children.append(done)

    def _keep(self, item: Property) -> None:
        component = self._open[-1]
        if self._deeper:
            return
        if len(component.properties) < _MAX_PROPERTIES:
            component.properties.append(item)
            component.named.setdefault(item.name, []).append(item)
        elif not self._notes.has(TOO_MANY_PROPERTIES):
            self._notes.add(TOO_MANY_PROPERTIES, item.line, name=component.name)
