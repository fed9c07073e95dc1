"""Events in the shape of Amilia's, the same in every run: accents, commas, 2 % whole days."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.model import Names, Organization, Program

TODAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CLUB = Organization(
    slug="club", number=1, name=Names("Club", "Club"), language="fr", timezone="America/Toronto"
)
PROGRAMS = [Program(20_000 + n, f"Programme {n}") for n in range(25)]
_WORDS = (
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


def records(count: int, seed: int = 1) -> list[bytes]:
    """The raw JSON of ``count`` events, about 1.2 kB each: 250 activities, 40 places, 500 titles."""
    chance = random.Random(seed)  # noqa: S311  # the same data in every run
    titles = [" ".join(chance.choices(_WORDS, k=3)) + f" {n}" for n in range(500)]
    return [json.dumps(_event(n, chance, titles), ensure_ascii=False).encode() for n in range(count)]


def _event(number: int, chance: random.Random, titles: list[str]) -> dict[str, Any]:
    activity = chance.randrange(250)
    place = chance.randrange(40)
    day = TODAY + timedelta(days=chance.randrange(-59, 399))
    whole_day = chance.random() < 0.02  # noqa: PLR2004  # as the docstring says
    hour = chance.randrange(7, 21)
    start = f"{day}T00:00:00-05:00" if whole_day else f"{day}T{hour:02}:30:00-05:00"
    end = f"{day}T23:59:59-05:00" if whole_day else f"{day}T{hour + 1:02}:45:00-05:00"
    return {
        "Start": start,
        "End": end,
        "AllDay": whole_day,
        "Title": titles[(activity * 2 + number) % 500],
        "Url": f"https://app.amilia.com/store/fr/club/shop/activities/{5_800_000 + activity}",
        "Activity": {
            "Id": 5_800_000 + activity,
            "Name": titles[activity * 2],
            "ProgramId": 20_000 + activity % 25,
            "ProgramName": f"Programme {activity % 25}",
            "CategoryId": 300 + activity % 12,
            "CategoryName": f"Catégorie {activity % 12}",
            "SubCategoryId": 700 + activity % 30,
            "SubCategoryName": f"Groupe d'âge {activity % 30}",
            "Url": None,
            "Status": "Normal",
            "HasDropInEnabled": False,
            "HasSessionEnabled": True,
        },
        "Participants": None,
        "State": "Normal",
        "PictureUrl": f"https://pictures.example.org/{activity}.jpg",
        "Price": activity % 40 * 5.5,
        "Tags": [{"Id": 4, "Name": "Familles", "Color": "Orange", "IsVisible": True}],
        "EventType": "Activity",
        "Id": 140_000_000 + number,
        "Location": {
            "Id": 9_000 + place,
            "Name": f"Salle {place}, pavillon « Été »",
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
        "Staff": [],
    }
