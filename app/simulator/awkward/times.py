"""Awkward times: the changes of the clock, whole days, odd ends, odd ways to write an instant."""

from datetime import UTC, datetime, time, timedelta, timezone

from app.simulator.awkward.bench import Bench, Case
from app.simulator.jsontext import encode
from app.simulator.model import Event, Text

_LAST_SECOND = time(23, 59, 59)


def starts_in_the_hour_that_does_not_exist(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.spring, "02:30")  # zoneinfo writes it with the winter offset, as .NET does
    return (bench.event(Text("Course de nuit – départ", "Night run – start"), start=start),)


def ends_in_the_hour_that_does_not_exist(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.spring, "01:00")
    end = start.replace(hour=2, minute=15)
    return (bench.event(Text("Nuit des étoiles", "Night of the stars"), start=start, end=end),)


def spans_the_clock_going_forward(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.spring, "00:30")
    return (bench.event(Text("Nuit blanche", "All-nighter"), start=start, end=start.replace(hour=4)),)


def both_readings_of_the_repeated_hour(bench: Bench) -> tuple[Event, ...]:
    activity = bench.activity(Text("Quart de nuit au refuge", "Night watch at the hut"))
    first = bench.hour(bench.autumn, "01:30")
    half_hour = timedelta(minutes=29)
    return tuple(
        bench.event(activity, start=each, end=(each + half_hour).replace(fold=each.fold))
        for each in (first, first.replace(fold=1))
    )


def spans_the_repeated_hour(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.autumn, "00:30")
    return (bench.event(Text("Danse d'automne", "Autumn dance"), start=start, end=start.replace(hour=3)),)


def all_day_on_the_day_the_clock_goes_back(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.autumn, "00:00")
    end = datetime.combine(bench.autumn, _LAST_SECOND, bench.zone)
    return (bench.event(Text("On recule l'heure", "Clocks go back"), start=start, end=end, all_day=True),)


def offset_contradicts_the_zone(bench: Bench) -> tuple[Event, ...]:
    elsewhere = timezone(timedelta(hours=-6))
    start = datetime.combine(bench.day(), time(10), elsewhere)
    return (bench.event(Text("Conférence à distance", "Remote lecture"), start=start),)


def offset_is_utc(bench: Bench) -> tuple[Event, ...]:
    start = datetime.combine(bench.day(), time(16), UTC)
    return (bench.event(Text("Webinaire international", "International webinar"), start=start),)


def all_day_single(bench: Bench) -> tuple[Event, ...]:
    day = bench.day()
    start, end = bench.hour(day, "00:00"), datetime.combine(day, _LAST_SECOND, bench.zone)
    return (bench.event(Text("Journée pédagogique", "Professional day"), start=start, end=end, all_day=True),)


def all_day_over_several_days(bench: Bench) -> tuple[Event, ...]:
    day = bench.day()
    start = bench.hour(day, "00:00")
    end = datetime.combine(day + timedelta(days=2), _LAST_SECOND, bench.zone)
    return (
        bench.event(
            Text("Tournoi de trois jours", "Three-day tournament"), start=start, end=end, all_day=True
        ),
    )


def all_day_ending_a_tick_before_midnight(bench: Bench) -> tuple[Event, ...]:
    day = bench.day()
    start, end = bench.hour(day, "00:00"), datetime.combine(day, _LAST_SECOND, bench.zone)
    wire = {"End": encode(_with_fraction(end, "9999999"))}
    return (
        bench.event(
            Text("Relâche municipale", "Civic holiday"), start=start, end=end, all_day=True, wire=wire
        ),
    )


def all_day_across_the_new_year(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.autumn.replace(month=12, day=24), "00:00")
    end = datetime.combine(
        start.date().replace(year=start.year + 1, month=1, day=2), _LAST_SECOND, bench.zone
    )
    return (bench.event(Text("Congé des Fêtes", "Holiday closure"), start=start, end=end, all_day=True),)


def crosses_midnight(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.day(), "22:30")
    return (
        bench.event(
            Text("Hockey des oiseaux de nuit", "Night owls' hockey"),
            start=start,
            end=start + timedelta(hours=3),
        ),
    )


def ends_at_midnight(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.day(), "20:00")
    return (bench.event(Text("Soirée dansante", "Dance night"), start=start, end=start + timedelta(hours=4)),)


def lasts_no_time(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.day(), "12:00")
    return (bench.event(Text("Ouverture des inscriptions", "Registration opens"), start=start, end=start),)


def ends_before_it_starts(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.day(), "13:30")
    end = start.replace(hour=2, minute=30)  # 2:30 was typed for 14:30
    return (bench.event(Text("Peinture à l'huile", "Oil painting"), start=start, end=end, doubtful=True),)


def ends_twelve_hours_late(bench: Bench) -> tuple[Event, ...]:
    start = bench.hour(bench.day(), "11:00")  # 11:00 AM to 11:45 PM was typed for 11:45 AM
    return (
        bench.event(
            Text("Nageur 3 – rattrapage", "Swimmer 3 – make-up"),
            start=start,
            end=start.replace(hour=23, minute=45),
        ),
    )


def fraction_of_seven_digits(bench: Bench) -> tuple[Event, ...]:
    return (_fractional(bench, Text("Chorale", "Choir"), "1234567"),)


def fraction_of_two_digits(bench: Bench) -> tuple[Event, ...]:
    return (_fractional(bench, Text("Échecs", "Chess"), "01"),)


def fraction_of_six_digits(bench: Bench) -> tuple[Event, ...]:
    return (_fractional(bench, Text("Scrabble", "Scrabble"), "340258"),)


def _fractional(bench: Bench, name: Text, digits: str) -> Event:
    start = bench.hour(bench.day(), "18:00")
    end = start + timedelta(hours=2)
    wire = {"Start": encode(_with_fraction(start, digits)), "End": encode(_with_fraction(end, digits))}
    return bench.event(name, start=start, end=end, wire=wire)


def _with_fraction(moment: datetime, digits: str) -> str:
    """``2026-10-03T18:00:00.01-04:00``: .NET prints as many digits as the value has, up to seven."""
    text = moment.isoformat()
    seconds = len("2026-10-03T18:00:00")
    return f"{text[:seconds]}.{digits}{text[seconds:]}"


CASES: tuple[Case, ...] = (
    starts_in_the_hour_that_does_not_exist,
    ends_in_the_hour_that_does_not_exist,
    spans_the_clock_going_forward,
    both_readings_of_the_repeated_hour,
    spans_the_repeated_hour,
    all_day_on_the_day_the_clock_goes_back,
    offset_contradicts_the_zone,
    offset_is_utc,
    all_day_single,
    all_day_over_several_days,
    all_day_ending_a_tick_before_midnight,
    all_day_across_the_new_year,
    crosses_midnight,
    ends_at_midnight,
    lasts_no_time,
    ends_before_it_starts,
    ends_twelve_hours_late,
    fraction_of_seven_digits,
    fraction_of_two_digits,
    fraction_of_six_digits,
)
