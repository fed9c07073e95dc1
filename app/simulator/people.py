"""The people of the simulated centres: staff, participants and clients, whose names must never leak.

All surnames carry marks that occur nowhere else in a world, so a search for the mark in anything published
finds a leak. ``PRIVATE_MARK`` is in the name of everybody whose name nobody may publish (participants and
clients); staff, whom an operator may choose to name, have surnames from ``STAFF_SURNAMES``.
"""

from app.simulator.model import Person

PRIVATE_MARK = "Zz-Private"

STAFF_SURNAMES = (
    "Ombredane",
    "Quillardet",
    "Vexillaire",
    "Brindejonc",
    "Thistlewick",
    "Oakhammer",
    "Fernsby-Roux",
    "Lapérouse-Ng",
)
_FIRST_NAMES = (
    "Camille",
    "Maxence",
    "Noémie",
    "Étienne",
    "Aïcha",
    "Olivia",
    "Liam",
    "Zoé",
    "Mathis",
    "Grace",
    "Nguyet",
    "Samuel",
)
_FIRST_STAFF_ID = 61001


def staff(count: int) -> tuple[Person, ...]:
    """``count`` different members of staff, always the same ones."""
    return tuple(
        Person(
            _FIRST_STAFF_ID + 7 * number,
            _FIRST_NAMES[(5 * number) % len(_FIRST_NAMES)],
            STAFF_SURNAMES[number % len(STAFF_SURNAMES)],
        )
        for number in range(count)
    )


def participants(event_id: int) -> tuple[Person, ...]:
    """Who is registered for an occurrence: three to eight people, derived from its id."""
    return tuple(
        Person(
            7_000_000 + (event_id * 13 + seat) % 900_000,
            _FIRST_NAMES[(event_id + seat) % len(_FIRST_NAMES)],
            f"{PRIVATE_MARK}-{(event_id * 31 + seat) % 10_000:04d}",
        )
        for seat in range(3 + event_id % 6)
    )
