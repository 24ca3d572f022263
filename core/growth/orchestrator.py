"""The orchestrator: one door through which everything passes that would bring somebody to bring others along.

`trigger` looks up what the rules need, decides, and keeps the decision with all it was made of. The same source event
has one decision and one exposure, however often and by however many it is brought here: its person is held meanwhile,
and a decision that stands is the answer. What is shown is a fact (`loop_exposed`), in the transaction of its decision.
When the safety gate cannot answer, nothing is decided and nothing shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.content import subjects
from core.events.growth import LoopExposed
from core.growth.rules import VERSION, Decision, Known, Shown, decide
from core.ids import new_id
from core.practice.catalogue import app_of
from core.principal import Principal
from core.safety.gate import ActionRequest, Gate
from core.transaction import Transaction
from data.tables import AgentDecision, NudgeLimits, NudgeSettings, User

AGENT: Final = "orchestrator"
LATELY: Final = timedelta(hours=26)
"""As far back as a cooldown or somebody's longest day can matter."""
CHALLENGES: Final = "challenge"
"""What a loop between friends comes to: the gate's action, and the kind that people and parents choose by."""

Before = Row[UUID, datetime, str, str | None, str]
"""A decision: its source event, when, the outcome, loop and reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Something happened that a loop may answer."""

    type: str
    user_id: UUID
    source_event_id: UUID
    at: datetime
    score: float | None = None
    subject: str | None = None
    skill: str | None = None


class Orchestrator:
    def __init__(self, gate: Gate, *, on: bool = True) -> None:
        self._gate, self._on = gate, on

    async def trigger(self, tx: Transaction, trigger: Trigger) -> Decision | None:
        """Decide, and keep it; None where nobody is concerned any more."""
        began = tx.clock.monotonic()
        person = await _hold(tx.db, trigger.user_id)
        if person is None:
            return None
        past = await _past(tx, trigger)
        for before in past:
            if before.source_event_id == trigger.source_event_id:
                return Decision(before.outcome, before.loop, before.reason)
        known = await self._know(tx, trigger, person, past)
        decision = decide(known)
        decision_id = await _keep(tx, trigger, known, decision, began)
        if decision.loop is not None:
            shown = LoopExposed(loop=decision.loop, decision_id=decision_id, score=trigger.score)
            tx.emit(shown, user_id=trigger.user_id, subject=known.subject, skill=known.skill, visibility="private")
        return decision

    async def _know(self, tx: Transaction, trigger: Trigger, person: Row[Any], past: Sequence[Before]) -> Known:
        asked = ActionRequest(actor=Principal("person", trigger.user_id), action=CHALLENGES)
        safety = await self._gate.would_allow(tx.db, tx.now, asked)
        subject, skill = _catalogued(trigger)
        return Known(
            event=trigger.type,
            at=trigger.at,
            now=tx.now,
            zone=person.User.timezone or "UTC",
            safety=safety.reason,
            wishes=_wishes(person),
            on=self._on,
            score=trigger.score,
            subject=subject,
            skill=skill,
            shown=[Shown(row.loop, row.timestamp) for row in past if row.loop is not None],
        )


async def _hold(db: AsyncSession, user_id: UUID) -> Row[Any] | None:
    """The person and what was chosen for them; about whom nobody else decides until the commit."""
    wanted = (
        select(User, NudgeSettings.app, NudgeLimits.kinds_off)
        .outerjoin(NudgeSettings, NudgeSettings.user_id == User.id)
        .outerjoin(NudgeLimits, NudgeLimits.child_id == User.id)
        .where(User.id == user_id)
    )
    # The gate finds the person as they are read here, without asking again.
    held = wanted.with_for_update(key_share=True, of=User).execution_options(populate_existing=True)
    return (await db.execute(held)).one_or_none()


async def _past(tx: Transaction, trigger: Trigger) -> Sequence[Before]:
    """What was decided on this very event, and what its person was shown of late."""
    made = AgentDecision
    wanted = select(made.source_event_id, made.timestamp, made.outcome, made.loop, made.reason)
    same = wanted.where(made.agent_name == AGENT, made.source_event_id == trigger.source_event_id)
    lately = wanted.where(
        made.user_id == trigger.user_id,
        made.timestamp > tx.now - LATELY,
        made.agent_name == AGENT,
        made.loop.is_not(None),
    )
    return (await tx.db.execute(same.union(lately))).all()


async def _keep(tx: Transaction, trigger: Trigger, known: Known, decision: Decision, began: float) -> UUID:
    """Write down what was decided, and everything it was made of."""
    row: dict[str, Any] = {
        "id": new_id(),
        "agent_name": AGENT,
        "timestamp": tx.now,
        "user_id": trigger.user_id,
        "source_event_id": trigger.source_event_id,
        "features": {"latency_ms": round((tx.clock.monotonic() - began) * 1000, 2)},
        "inputs": msgspec.to_builtins(known),
        "rules_version": VERSION,
        "outcome": decision.action,
        "loop": decision.loop,
        "reason": decision.reason,
    }
    await tx.db.execute(insert(AgentDecision).values(row))
    id: UUID = row["id"]
    return id


def _wishes(person: Row[Any]) -> str:
    if CHALLENGES in (person.kinds_off or ()):
        return "parent_limit"
    return "ok" if (person.app or {}).get(CHALLENGES, True) else "not_wanted"


def _catalogued(trigger: Trigger) -> tuple[str | None, str | None]:
    """Subject and skill, if there is an app in which a friend could practise the same."""
    known = subjects().get(trigger.subject or "")
    if known is None or trigger.skill not in known.skills or app_of(known.id, None) is None:
        return None, None
    return known.id, trigger.skill
