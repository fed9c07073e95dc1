"""Events in the shape of Amilia's, the same in every run: accents, commas, 2 % whole days."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from app.domain.model import Names, Organization, Program

TODAY: Final = date(2026, 11, 22)
MOMENT: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAST_DAYS: Final = 60
FUTURE_DAYS: Final = 249
"""Together with today 310 days, which the client asks for in ten ranges of 31."""
CLUB: Final = Organization(
    slug="club",
    number=1,
    name=Names("Club", "Club"),
    language="fr",
    timezone="America/Toronto",
    past_days=PAST_DAYS,
    future_days=FUTURE_DAYS,
)
PROGRAMS: Final = tuple(Program(20_000 + n, f"Programme {n}") for n in range(25))
ACTIVITIES: Final = 250
FIRST_ACTIVITY: Final = 5_800_000
MARK: Final = "§§§"
"""Stands in every text for the organization, so that no two organizations share any."""

_PLACES: Final = 40
_TITLES: Final = 500
_TAGS: Final = ("Familles", "Aînés", "Compétition", "Nouveau", "Extérieur")
_WORDS: Final = (
    "Natation",
    "Aquaforme",
    "Hockey",
    "Poterie",
    "Échecs",
    "Judo",
    "Été",
    "Jeunes,",
    "adultes;",
    "Débutants",
)
_WHOLE_DAYS: Final = 0.02
_CHANGED_EVERY: Final = 100


def records(
    count: int,
    *,
    today: date = TODAY,
    past_days: int = PAST_DAYS,
    future_days: int = FUTURE_DAYS,
    varied: bool = False,
) -> list[bytes]:
    """The raw JSON of ``count`` events, about 1.2 kB each, spread evenly over the days of a window.

    250 activities in 25 programmes, each at one of 40 places and under two titles of its own; in the order of
    their days, as the API tells them. ``varied`` ones have any of the places and of the 500 titles, whatever
    their activity: hardly any two of them share all but number and time.
    """
    chance = random.Random(1)  # noqa: S311  # the same data in every run
    titles = [f"{' '.join(chance.choices(_WORDS, k=3))} {MARK}{n}" for n in range(_TITLES)]
    first, days = today - timedelta(days=past_days), past_days + 1 + future_days
    return [
        _written(_event(n, first + timedelta(days=n * days // count), chance, titles, varied=varied))
        for n in range(count)
    ]


def with_changes(raw: Sequence[bytes]) -> list[bytes]:
    """The same events, of which every hundredth begins a quarter of an hour later and says so."""
    return [_changed(record) if n % _CHANGED_EVERY == 0 else record for n, record in enumerate(raw)]


def day_of(record: bytes) -> date:
    """The local day on which a record's event begins."""
    return date.fromisoformat(json.loads(record)["Start"][:10])


def _changed(record: bytes) -> bytes:
    event = json.loads(record)
    start = datetime.fromisoformat(event["Start"]) + timedelta(minutes=15)
    return _written({**event, "Start": start.isoformat(), "Title": f"{event['Title']} bis", "State": "Moved"})


def _written(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _event(
    number: int, day: date, chance: random.Random, titles: Sequence[str], *, varied: bool
) -> dict[str, Any]:
    activity, anywhere = chance.randrange(ACTIVITIES), chance.randrange(_PLACES)
    place = anywhere if varied else activity % _PLACES
    title = activity * 2 + number if varied else activity * 2 + number % 2
    whole_day = chance.random() < _WHOLE_DAYS
    hour = chance.randrange(7, 21)
    start = f"{day}T00:00:00-05:00" if whole_day else f"{day}T{hour:02}:30:00-05:00"
    end = f"{day}T23:59:59-05:00" if whole_day else f"{day}T{hour + 1:02}:45:00-05:00"
    tag = activity % len(_TAGS)
    return {
        "Start": start,
        "End": end,
        "AllDay": whole_day,
        "Title": titles[title % len(titles)],
        "Url": f"https://app.amilia.com/store/fr/club-{MARK}/shop/activities/{FIRST_ACTIVITY + activity}",
        "Activity": {
            "Id": FIRST_ACTIVITY + activity,
            "Name": titles[activity * 2],
            "ProgramId": 20_000 + activity % 25,
            "ProgramName": f"Programme {MARK} {activity % 25}",
            "CategoryId": 300 + activity % 12,
            "CategoryName": f"Catégorie {MARK} {activity % 12}",
            "SubCategoryId": 700 + activity % 30,
            "SubCategoryName": f"Groupe d'âge {MARK} {activity % 30}",
            "Url": None,
            "Status": "Normal",
            "HasDropInEnabled": False,
            "HasSessionEnabled": True,
        },
        "Participants": None,
        "State": "Normal",
        "PictureUrl": f"https://pictures.example.org/{MARK}/{activity}.jpg",
        "Price": activity % 40 * 5.5,
        "Tags": [{"Id": 4 + tag, "Name": _TAGS[tag], "Color": "Orange", "IsVisible": True}],
        "EventType": "Activity",
        "Id": 140_000_000 + number,
        "Location": {
            "Id": 9_000 + place,
            "Name": f"Salle {place}, pavillon {MARK} « Été »",
            "TopParentName": None,
            "Address": {
                "Latitude": 45.4 + place / 1000,
                "Longitude": -73.5,
                "Address1": f"{place} rue Joseph-Gravel",
                "Address2": "",
                "City": "Chambly",
                "Country": "Canada",
                "StateProvince": "QC",
                "ZipPostalCode": "J3L 0C7",
            },
        },
        "Staff": [
            {
                "Id": 31_000 + activity % 60,
                "FullName": f"Moniteur {MARK} {activity % 60}",
                "FirstName": "Moniteur",
                "LastName": f"{MARK} {activity % 60}",
                "State": "Normal",
            }
        ],
    }
