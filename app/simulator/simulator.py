"""Everything that one running simulator consists of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from app.simulator.dialect import Dialect
from app.simulator.faults import Faults
from app.simulator.journal import Journal
from app.simulator.pace import Pace
from app.simulator.records.events import EventRecords
from app.simulator.tokens import Tokens
from app.simulator.webhooks import Courier
from app.simulator.world import World

Clock: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Simulator:
    """The parts of a simulator; tests find it as ``app.state.simulator``.

    ``clock`` gives aware instants. What changes while it runs is in the parts: the world by edits, the faults
    and the dialect by switches, the journal and the courier by use.
    """

    world: World
    faults: Faults
    dialect: Dialect
    clock: Clock
    sleep: Sleep
    journal: Journal
    courier: Courier
    tokens: Tokens
    records: EventRecords
    pace: Pace
