"""All clients, in the order of the matrix."""

from typing import Final

from tests.clients.calcurse import Calcurse
from tests.clients.client import Client
from tests.clients.evolution import Evolution
from tests.clients.fullcalendar import FullCalendar
from tests.clients.home_assistant import HomeAssistant, StrictIcal
from tests.clients.icalendar_reader import Icalendar
from tests.clients.khal import Khal
from tests.clients.libical import Libical
from tests.clients.thunderbird import Thunderbird

CLIENTS: Final[tuple[type[Client], ...]] = (
    Thunderbird,
    Evolution,
    Khal,
    FullCalendar,
    HomeAssistant,
    StrictIcal,
    Icalendar,
    Libical,
    Calcurse,
)
