"""People without an account: how a workshop knows its participants, and what each of them may reach.

A browser holds a random token for one participant of one workshop; the tables hold its hash. For a socket it is changed
into a short-lived signed token with the purpose `workshop`. Whoever comes in again by number or by somebody's word gets
a new token, and the one before is void.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import scrypt
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.principals import hash_secret
from core.accounts.tokens import Tokens
from core.clock import Clock
from core.errors import Unauthorized
from core.ids import new_secret
from core.principal import Principal
from core.transaction import Transactions
from core.workshop.errors import NotAllowed
from data.tables import ParticipantRow, WorkshopRow

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without 0 and O, 1 and I: what is read from a wall must not be mistaken."""
CODE_LENGTH = 6
TAKE_PART = "workshop:take_part"
PREFIX = "guest_"


@dataclass(frozen=True, slots=True)
class Guest:
    """One participant of one workshop."""

    participant_id: UUID
    workshop_id: UUID
    code: str
    generation: int = 0

    def principal(self) -> Principal:
        scopes = frozenset({"socket:connect", TAKE_PART, f"workshop:{self.workshop_id}"})
        return Principal(
            kind="guest",
            id=self.participant_id,
            scopes=scopes,
            generation=self.generation,
            workshop_id=self.workshop_id,
            workshop_code=self.code,
        )

    @classmethod
    def of(cls, principal: Principal) -> Guest:
        """The participant behind a principal; NotAllowed for anybody else."""
        if principal.kind != "guest" or principal.id is None or principal.workshop_id is None:
            raise NotAllowed
        return cls(principal.id, principal.workshop_id, principal.workshop_code, principal.generation)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def clean_code(text: object) -> str:
    """A code as somebody typed it: small letters, spaces and hyphens do not matter. Empty when it cannot be one."""
    if not isinstance(text, str) or len(text) > 32:
        return ""
    code = "".join(c for c in text.upper() if c not in " -\u2013\u00a0")
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def new_token() -> str:
    return new_secret("guest")


def new_pin() -> str:
    return f"{secrets.randbelow(10_000):04d}"


def hash_pin(participant_id: UUID, pin: str) -> bytes:
    """Four digits are quickly tried out, so each try costs something, and tables of them are of no use."""
    return scrypt(pin.encode(errors="surrogatepass"), salt=participant_id.bytes, n=2**12, r=8, p=1, dklen=32)


def is_pin(participant_id: UUID, pin: object, known: bytes) -> bool:
    return isinstance(pin, str) and len(pin) <= 8 and secrets.compare_digest(hash_pin(participant_id, pin), known)


def acting(actor: Principal, workshop_id: UUID) -> UUID:
    """The participant who acts; NotAllowed for somebody of another workshop, or of none."""
    if actor.kind != "guest" or actor.id is None or not actor.may(f"workshop:{workshop_id}"):
        raise NotAllowed
    return actor.id


async def guest_by_token(db: AsyncSession, token: str, now: datetime) -> Guest:
    """Whose browser this is; Unauthorized for a token that is void, and for a workshop that is over and cleared."""
    wanted = (
        select(ParticipantRow.id, ParticipantRow.token_generation, WorkshopRow.id, WorkshopRow.code)
        .join(WorkshopRow, WorkshopRow.id == ParticipantRow.session_id)
        .where(
            ParticipantRow.browser_token == hash_secret(token),
            ParticipantRow.status != "dropped",
            WorkshopRow.expires_at > now,
        )
    )
    row = (await db.execute(wanted)).one_or_none()
    if row is None:
        raise Unauthorized
    participant_id, generation, workshop_id, code = row
    return Guest(participant_id, workshop_id, code, generation)


class Guests:
    """Whose a token is: the browser's own, and the short-lived one that it is changed into for a socket."""

    def __init__(self, transactions: Transactions, tokens: Tokens, clock: Clock) -> None:
        self._transactions, self._tokens, self._clock = transactions, tokens, clock

    def socket_token(self, guest: Guest) -> tuple[str, datetime]:
        return self._tokens.make(guest.participant_id, guest.generation, ("workshop",))

    async def from_browser(self, token: str) -> Principal:
        async with self._transactions.read() as db:
            return (await guest_by_token(db, token, self._clock.now())).principal()

    async def from_token(self, token: str) -> Principal:
        claims = self._tokens.read(token, "workshop")
        principal = await self.present(claims.user_id)
        if principal.generation != claims.generation:
            raise Unauthorized
        return principal

    async def present(self, participant_id: UUID) -> Principal:
        """The participant as they are now; Unauthorized for who was taken out, and when the workshop's time is up."""
        wanted = (
            select(ParticipantRow.token_generation, WorkshopRow.id, WorkshopRow.code)
            .join(WorkshopRow, WorkshopRow.id == ParticipantRow.session_id)
            .where(
                ParticipantRow.id == participant_id,
                ParticipantRow.status != "dropped",
                WorkshopRow.expires_at > self._clock.now(),
            )
        )
        async with self._transactions.read() as db:
            row = (await db.execute(wanted)).one_or_none()
        if row is None:
            raise Unauthorized
        return Guest(participant_id, row[1], row[2], row[0]).principal()
