"""Awkward states: what became of an occurrence, and who may know that it exists."""

from dataclasses import replace

from app.simulator.awkward.bench import Bench, Case
from app.simulator.model import Event, Program, Text


def state_moved(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Volleyball mixte", "Co-ed volleyball"), state="Moved"),)


def state_skipped(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Tricot-thé", "Knit and tea"), state="Skipped"),)


def state_cancelled(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Sortie en raquettes", "Snowshoe outing"), state="Cancelled"),)


def state_archived(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Philatélie", "Stamp club"), state="Archived"),)


def state_replaced_by_another_occurrence(bench: Bench) -> tuple[Event, ...]:
    activity = bench.activity(Text("Tir à l'arc", "Archery"))
    day = bench.day()
    return (
        bench.event(activity, start=bench.hour(day, "10:00"), state="Replaced"),
        bench.event(activity, start=bench.hour(day, "15:00"), state="Moved"),
    )


def state_nobody_documented(bench: Bench) -> tuple[Event, ...]:
    return (bench.event(Text("Observation des oiseaux", "Bird watching"), state="Postponed"),)


def activity_hidden(bench: Bench) -> tuple[Event, ...]:
    name = Text("Réunion du personnel – ne pas publier", "Staff meeting – do not publish")
    return (bench.event(bench.variation(name, status="Hidden")),)


def activity_cancelled(bench: Bench) -> tuple[Event, ...]:
    name = Text("Canot – cours annulé", "Canoeing – course cancelled")
    return (bench.event(bench.variation(name, status="Cancelled"), state="Cancelled"),)


def program_hidden(bench: Bench) -> tuple[Event, ...]:
    program = bench.add_program(Text("Brouillon – saison prochaine", "Draft – next season"))
    return _in_program(
        bench, replace(program, visible=False), Text("Cours à confirmer", "Class to be confirmed")
    )


def program_archived(bench: Bench) -> tuple[Event, ...]:
    program = bench.add_program(Text("Programmation 2019", "2019 programming"))
    return _in_program(bench, replace(program, archived=True), Text("Ancien atelier", "Former workshop"))


def program_with_password(bench: Bench) -> tuple[Event, ...]:
    program = bench.add_program(Text("Réservé aux employés de la Ville", "City employees only"))
    name = Text("Ligue des employés", "Employees' league")
    return _in_program(bench, replace(program, password_protected=True), name)


def program_without_limits(bench: Bench) -> tuple[Event, ...]:
    """The programme's dates are .NET's smallest and largest: no limit."""
    program = bench.add_program(Text("Location de casiers", "Locker rental"))
    return _in_program(bench, program, Text("Distribution des cadenas", "Padlocks handed out"))


def _in_program(bench: Bench, program: Program, name: Text) -> tuple[Event, ...]:
    bench.keep_program(program)
    return (bench.event(bench.variation(name, program=program)),)


CASES: tuple[Case, ...] = (
    state_moved,
    state_skipped,
    state_cancelled,
    state_archived,
    state_replaced_by_another_occurrence,
    state_nobody_documented,
    activity_hidden,
    activity_cancelled,
    program_hidden,
    program_archived,
    program_with_password,
    program_without_limits,
)
