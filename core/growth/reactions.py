"""What people do that may start a loop, brought to the orchestrator: each fact once, by nobody else."""

from __future__ import annotations

from core.events.catalog import PracticeCompleted
from core.events.fact import SIMULATOR, Fact
from core.growth.orchestrator import Orchestrator, Trigger
from core.reactions import Reaction
from core.transaction import Transaction


def suggestions(orchestrator: Orchestrator) -> Reaction:
    async def suggest(tx: Transaction, fact: Fact) -> None:
        # Nobody looks at a simulated person's page, and what is told of long ago is history.
        if not isinstance(fact.event, PracticeCompleted) or fact.user_id is None:
            return
        if fact.backfill or fact.source == SIMULATOR:
            return
        trigger = Trigger(
            type=fact.type,
            user_id=fact.user_id,
            source_event_id=fact.event_id,
            at=fact.at,
            score=fact.event.score,
            subject=fact.subject,
            skill=fact.skill,
        )
        await orchestrator.trigger(tx, trigger)

    return Reaction("suggestions", (PracticeCompleted,), suggest)
