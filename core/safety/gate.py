"""The gate: the one function that every social command passes before it does anything.

It looks up what the rules need, decides, counts and leaves an audit row. An allowed action's row is written with the
action and shares its fate. A refusal ends the command: its transaction is rolled back at once, and the refusal's row is
written in one of its own. When the gate cannot look something up, nothing passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import band_of
from core.errors import Forbidden, NotFound, RateLimited
from core.ids import new_id
from core.metrics import Metrics
from core.principal import SYSTEM, Principal
from core.safety.blocklist import Blocklist
from core.safety.limiter import Limiter
from core.safety.redaction import Redacted, redact
from core.safety.rules import ACTIONS, REASONS, Decision, Looked, decide
from core.transaction import Transaction, Transactions
from data.tables import AuditRow, Block, ParentalConsent, User


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequest:
    actor: Principal
    action: str
    target_id: UUID | None = None
    device_id: str | None = None
    ip: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    """Codes and ids that belong to the action, for the audit; never what people wrote."""


class Gate:
    def __init__(self, transactions: Transactions, limiter: Limiter, metrics: Metrics) -> None:
        self._transactions, self._limiter, self._metrics = transactions, limiter, metrics
        self._blocklist = Blocklist(transactions.clock)

    async def check_action(self, tx: Transaction, request: ActionRequest) -> Decision:
        """Decide, and say why; counts against the limit, writes nothing."""
        return decide(request.action, await self._look(tx, request))

    async def admit(self, tx: Transaction, request: ActionRequest) -> None:
        """Let the action pass, or raise with the reason. The caller does nothing social before this."""
        decision = await self.check_action(tx, request)
        action = request.action if request.action in ACTIONS else "unknown"
        self._metrics.gate.labels(action, str(decision.allowed).lower(), decision.reason).inc()
        row = _audit(tx, request, decision)
        if decision.allowed:
            await tx.db.execute(insert(AuditRow).values(row))
            return
        # Given back first: commands that are refused must not wait for each other's second connection.
        await tx.db.rollback()
        async with self._transactions(SYSTEM) as own:
            await own.db.execute(insert(AuditRow).values(row))
        if decision.reason == "rate_limited":
            raise RateLimited(REASONS["rate_limited"], retry_after=round(decision.retry_after, 1))
        if decision.reason == "blocked":
            raise NotFound(REASONS["blocked"])
        raise Forbidden(REASONS[decision.reason], reason=decision.reason)

    def clean(self, text: str) -> Redacted:
        """Free text on its way to others."""
        return redact(text)

    async def would_allow(self, db: AsyncSession, now: datetime, request: ActionRequest) -> Decision:
        """What the gate would say, limits left out: for pages that offer only what may be done. Counts nothing."""
        return decide(request.action, await self._find(db, now, request))

    async def _look(self, tx: Transaction, request: ActionRequest) -> Looked:
        looked = await self._find(tx.db, tx.now, request)
        if not decide(request.action, looked).allowed:
            return looked
        # Only what would pass counts against the limit: nobody is kept out for having been refused.
        taken = await self._limiter.take(f"gate:{request.action}:{request.actor.id}", ACTIONS[request.action].rate)
        return looked if taken.allowed else replace(looked, limited=True, retry_after=taken.retry_after)

    async def _find(self, db: AsyncSession, now: datetime, request: ActionRequest) -> Looked:
        user = await db.get(User, request.actor.id) if request.actor.id else None
        if user is None:
            return Looked("child", {}, listed="user")
        wanted = select(ParentalConsent.scope, ParentalConsent.consent_given).where(ParentalConsent.user_id == user.id)
        consents = {row.scope: row.consent_given for row in await db.execute(wanted)}
        subjects = {"user": str(user.id), "device": request.device_id or user.device_id, "ip": request.ip}
        return Looked(
            band=band_of(user.birth_date, user.age_band, now.date()),
            consents=consents,
            listed=await self._blocklist.find(db, subjects, now),
            blocked=await self._blocked(db, request),
        )

    async def _blocked(self, db: AsyncSession, request: ActionRequest) -> bool:
        if request.target_id is None or request.action == "block_person":
            return False
        one, other = request.actor.id, request.target_id
        either = ((Block.blocker_id == one) & (Block.blocked_id == other)) | (
            (Block.blocker_id == other) & (Block.blocked_id == one)
        )
        return (await db.execute(select(Block.blocker_id).where(either).limit(1))).scalar_one_or_none() is not None


def _audit(tx: Transaction, request: ActionRequest, decision: Decision) -> dict[str, object]:
    return {
        "id": new_id(),
        "at": tx.now,
        "actor_id": request.actor.id,
        "action": request.action[:64],
        "allowed": decision.allowed,
        "reason": decision.reason,
        "target_id": request.target_id,
        "details": dict(request.context),
    }
