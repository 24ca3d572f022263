"""The course of one decision: the facts so far, the state that they make, and what every rule asks of both.

Rules state facts with `emit` and read the state that follows at once. Nothing here changes what was handed in: a move
that is refused half-way leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.events.workshop import WorkshopEvent
from core.workshop.errors import InvalidState, NotAllowed
from core.workshop.rules.changes import apply
from core.workshop.rules.state import Person, Sealed, Workshop


@dataclass(slots=True)
class Course:
    state: Workshop
    sealed: Sealed
    now: datetime
    by: UUID | None
    events: list[WorkshopEvent] = field(default_factory=list)

    def emit(self, event: WorkshopEvent) -> None:
        self.state = apply(self.state, event, self.now)
        self.events.append(event)

    @property
    def next_step(self) -> int:
        return self.state.version + 1

    @property
    def me(self) -> Person:
        """Who makes the move: somebody of this workshop who was not taken out of it."""
        person = self.state.person(self.by)
        if person is None or person.status == "dropped":
            raise NotAllowed
        return person

    @property
    def leads(self) -> bool:
        """Whether whoever moves may do what a facilitator does: while none is here, anybody who takes part may."""
        me, leader = self.me, self.state.facilitator
        return me.is_facilitator or (me.scorer and (leader is None or not leader.active))

    def need_facilitator(self) -> None:
        if not self.me.is_facilitator:
            raise NotAllowed("Only the facilitator does this.")

    def need_leader(self) -> None:
        if not self.leads:
            raise NotAllowed("The facilitator does this.")

    def need_part(self) -> Person:
        """Who watches leaves no trace in what the team writes, unless they lead it."""
        me = self.me
        if me.is_observer and not me.is_facilitator:
            raise NotAllowed("You are watching. Only those who take part can do this.")
        return me

    def need_running(self) -> None:
        if not self.state.running:
            raise InvalidState("This can be done while the workshop runs.")

    def need_open(self) -> None:
        if self.state.phase == "completed":
            raise InvalidState("This workshop is over. It can be read, not changed.")
