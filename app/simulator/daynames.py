"""Names of days and months in both languages."""

from datetime import date

from app.simulator.model import Lang, Text

WEEKDAYS = (
    Text("Lundi", "Monday"),
    Text("Mardi", "Tuesday"),
    Text("Mercredi", "Wednesday"),
    Text("Jeudi", "Thursday"),
    Text("Vendredi", "Friday"),
    Text("Samedi", "Saturday"),
    Text("Dimanche", "Sunday"),
)
_MONTHS = (
    Text("janvier", "January"),
    Text("février", "February"),
    Text("mars", "March"),
    Text("avril", "April"),
    Text("mai", "May"),
    Text("juin", "June"),
    Text("juillet", "July"),
    Text("août", "August"),
    Text("septembre", "September"),
    Text("octobre", "October"),
    Text("novembre", "November"),
    Text("décembre", "December"),
)


def long_date(day: date, lang: Lang) -> str:
    """``Mardi 6 octobre 2026`` or ``Tuesday, October 6, 2026``."""
    weekday, month = WEEKDAYS[day.weekday()].of(lang), _MONTHS[day.month - 1].of(lang)
    if lang == "fr":
        number = "1er" if day.day == 1 else str(day.day)
        return f"{weekday} {number} {month} {day.year}"
    return f"{weekday}, {month} {day.day}, {day.year}"
