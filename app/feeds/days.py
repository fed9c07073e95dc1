"""Calendar days of an organization: the windows they make, and when they begin."""

from datetime import date, datetime, time, timedelta

from app.ics.zones import Zone


def window(day: date, past_days: int, future_days: int) -> tuple[date, date]:
    """The first and the last day of a window around ``day``, both included."""
    return day - timedelta(days=past_days), day + timedelta(days=future_days)


def midnight(day: date, zone: Zone) -> int:
    """The second since 1970 at which ``day`` begins in ``zone``."""
    return int(datetime.combine(day, time(), zone.tzinfo).timestamp())
