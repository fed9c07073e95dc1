"""The event: one occurrence, as ``GET org/{org}/events`` lists it.

All but the time, the state and the Id is the activity's, and an activity has many occurrences, so its part is
printed once for each language and kept. Nothing is kept for a single event: it costs some five microseconds,
and memory stays flat however many there are.
"""

from dataclasses import dataclass

from app.simulator.dialect import Dialect
from app.simulator.jsontext import encode, encode_object
from app.simulator.model import Activity, Event, Lang
from app.simulator.organization import Organization
from app.simulator.people import participants
from app.simulator.records import parts


@dataclass(frozen=True, slots=True)
class _ActivityPart:
    """The JSON texts that all occurrences of an activity share; made from ``activity``."""

    activity: Activity
    title: str
    url: str
    summary: str
    picture: str
    tags: str
    place: str
    staff: str


class EventRecords:
    """Prints events; keeps the parts that they share."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._parts: dict[tuple[int, Lang, bool], _ActivityPart] = {}

    def record(
        self, organization: Organization, event: Event, lang: Lang, *, with_participants: bool = False
    ) -> str:
        """The JSON text of one event. Participants are null unless asked for, as in the documentation."""
        if event.raw is not None:
            return event.raw
        part = self._part(organization, event.activity, lang)
        fields = {
            "Start": f'"{event.start.isoformat()}"',
            "End": f'"{event.end.isoformat()}"',
            "AllDay": "true" if event.all_day else "false",
            "Title": encode(event.title.of(lang)) if event.title else part.title,
            "Url": part.url,
            "Activity": part.summary,
            "Participants": _participants(event) if with_participants else "null",
            "State": f'"{event.state}"',
            "PictureUrl": part.picture,
            "Price": event.activity.price,
            "Tags": part.tags,
            "EventType": '"Activity"',
            "Id": str(event.id),
            "Location": part.place,
            "Staff": part.staff,
        }
        return encode_object(fields | event.wire if event.wire else fields)

    def _part(self, organization: Organization, activity: Activity, lang: Lang) -> _ActivityPart:
        key = (activity.id, lang, self._dialect.text_booleans)
        part = self._parts.get(key)
        if part is None or part.activity is not activity:
            part = self._parts[key] = self._printed(organization, activity, lang)
        return part

    def _printed(self, organization: Organization, activity: Activity, lang: Lang) -> _ActivityPart:
        url = parts.store_url(organization, lang, "activities", activity.id)
        return _ActivityPart(
            activity,
            title=encode(activity.name.of(lang)),
            url=encode(url),
            summary=_summary(activity, lang, url, text_booleans=self._dialect.text_booleans),
            picture=encode(activity.picture),
            tags=parts.tags(activity.tags, lang),
            place=parts.place_summary(activity.place, lang),
            staff=parts.people(activity.staff),
        )


def _summary(activity: Activity, lang: Lang, url: str, *, text_booleans: bool) -> str:
    quote = '"' if text_booleans else ""
    fields = {
        "Id": str(activity.id),
        "Name": encode(activity.name.of(lang)),
        "ProgramId": str(activity.program.id),
        "ProgramName": encode(activity.program.name.of(lang)),
        **parts.shelf("Category", activity.category, lang),
        **parts.shelf("SubCategory", activity.subcategory, lang),
        "Url": encode(url),
        "Status": encode(activity.status),
        "HasDropInEnabled": quote + parts.flag(on=activity.drop_in) + quote,
        "HasSessionEnabled": quote + "true" + quote,
    }
    return encode_object(fields | (activity.wire or {}))


def _participants(event: Event) -> str:
    """People and their attendance. The fields are not documented; the names are what matters here."""
    return encode(
        [
            {
                "Person": {"Id": person.id, "FirstName": person.first, "LastName": person.last},
                "Attendance": "Unknown",
            }
            for person in participants(event.id)
        ]
    )
