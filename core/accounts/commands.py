"""Changes to people: made known and updated by the host, consented for, revoked, erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.accounts.access import STAFF_ROLES
from core.accounts.inputs import ConsentInput, PersonInput, Problem, consent_problems, person_problems
from core.accounts.names import first_name_of, public_name
from core.accounts.rules import (
    PICTURES,
    REACH,
    audience_of,
    avatar_of,
    band_of,
    born_by,
    wider,
)
from core.accounts.visibility import keep_offline
from core.errors import Forbidden, Invalid, NotFound, Unavailable
from core.events.catalog import (
    AccessChanged,
    AudienceChanged,
    ConsentGiven,
    ConsentWithdrawn,
    PersonAdded,
    PersonUpdated,
)
from core.ids import new_id
from core.transaction import Transaction
from data.tables import (
    Cohort,
    EnterTicket,
    ParentalConsent,
    User,
    ZoneMove,
)

__all__ = [
    "ConsentInput",
    "PersonInput",
    "find_person",
    "refresh_audiences",
    "refresh_person",
    "rename_person",
    "revoke_tokens",
    "save_person",
    "set_consents",
    "sign_out",
]

AHEAD = timedelta(minutes=5)
"""How far the host's clock may be ahead of ours."""
POLICY_VERSION = "2026-11"
TRIES = 3


async def save_person(tx: Transaction, given: PersonInput) -> User:
    """Make a person known or bring them up to date, by the host's own id."""
    tx.actor.require("people:write") if tx.actor.kind != "system" else None
    _refuse(person_problems(given, tx.now.date()))
    if given.role in STAFF_ROLES:
        _require_staff(tx)
    user, added = await _find_or_add(tx, given)
    if user.role in STAFF_ROLES and not added:
        _require_staff(tx)
    seen, before = user.audience, (user.username, user.avatar, user.cohort_id, user.role)
    if not added:
        _move_zone(tx, user, given.timezone)
    await _take_over(tx, user, given)
    await refresh_person(tx, user, tell=not added)
    if given.keep_offline is not None:
        keep_offline(tx, user, given.keep_offline)
    user.updated_at = tx.now
    if added:
        tx.emit(PersonAdded(role=user.role), user_id=user.id, cohort_id=user.cohort_id)
    elif before != (user.username, user.avatar, user.cohort_id, user.role):
        change = PersonUpdated(cohort_from=before[2])
        tx.emit(change, user_id=user.id, cohort_id=user.cohort_id, visibility=REACH[wider(seen, user.audience)])
        if before[2:] != (user.cohort_id, user.role):
            tx.emit(AccessChanged(reason="role_or_cohort"), user_id=user.id)
    return user


async def rename_person(tx: Transaction, user: User) -> None:
    """Somebody's nickname is another: work out what they are called, and tell."""
    before = user.username
    await refresh_person(tx, user)
    user.updated_at = tx.now
    if before != user.username:
        change = PersonUpdated(cohort_from=user.cohort_id)
        tx.emit(change, user_id=user.id, cohort_id=user.cohort_id, visibility=REACH[user.audience])


def _refuse(problems: Iterable[Problem]) -> None:
    fields = [{"field": field, "message": message} for field, message in problems]
    if fields:
        raise Invalid(fields=fields)


def _require_staff(tx: Transaction) -> None:
    if tx.actor.kind != "system" and not tx.actor.may("tokens:staff"):
        raise Forbidden("Staff roles need a key with the scope tokens:staff.", scope="tokens:staff")


async def _find_or_add(tx: Transaction, given: PersonInput) -> tuple[User, bool]:
    wanted = select(User).where(User.external_id == given.external_id).with_for_update()
    for _ in range(TRIES):
        user = (await tx.db.execute(wanted)).scalar_one_or_none()
        if user is not None:
            return user, False
        if given.name is None:
            raise Invalid(fields=[{"field": "name", "message": "a new person needs a name"}])
        # Two first requests for one person may come at once: one inserts, the other waits and finds.
        added = insert(User).values(_new_row(tx, given)).on_conflict_do_nothing(index_elements=["external_id"])
        if (await tx.db.execute(added.returning(User.id))).scalar_one_or_none() is not None:
            return (await tx.db.execute(wanted)).scalar_one(), True
    raise Unavailable


def _new_row(tx: Transaction, given: PersonInput) -> dict[str, object]:
    name = (given.name or "").strip()
    return {
        "id": new_id(),
        "external_id": given.external_id,
        "role": given.role or "student",
        "name": name,
        "first_name": first_name_of(name),
        "username": "",
        "avatar": "",
        "audience": "nobody",
        "simulated": given.simulated,
        "inserted_at": tx.now,
        "updated_at": tx.now,
    }


async def _take_over(tx: Transaction, user: User, given: PersonInput) -> None:
    if given.name is not None:
        user.name = given.name.strip()
        user.first_name = first_name_of(given.name)
    user.role = given.role or user.role
    user.birth_date = given.birth_date or user.birth_date
    if given.nickname is not None:
        user.display_name = given.nickname.strip() or None
    for field in ("age_band", "avatar_url", "timezone", "grade_level"):
        value = getattr(given, field)
        if value is not None:
            setattr(user, field, value or None)
    if given.cohort is not None:
        user.cohort_id = await _cohort(tx, given.cohort) if given.cohort else None
    if given.guardian is not None:
        user.parent_id = await _guardian(tx, given.guardian) if given.guardian else None


def _move_zone(tx: Transaction, user: User, zone: str | None) -> None:
    """Keep by which zone somebody lived when: days of theirs that are over stay what they were."""
    before, after = user.timezone or "UTC", user.timezone if zone is None else zone
    if before != (after or "UTC"):
        tx.db.add(ZoneMove(id=new_id(), user_id=user.id, since=tx.now, before=before, zone=after or "UTC"))


async def _cohort(tx: Transaction, external_id: str) -> UUID:
    row = {"id": new_id(), "external_id": external_id, "name": external_id[:120], "inserted_at": tx.now}
    await tx.db.execute(insert(Cohort).values(row).on_conflict_do_nothing(index_elements=["external_id"]))
    return (await tx.db.execute(select(Cohort.id).where(Cohort.external_id == external_id))).scalar_one()


async def find_person(tx: Transaction, external_id: str) -> User:
    user = (await tx.db.execute(select(User).where(User.external_id == external_id))).scalar_one_or_none()
    if user is None:
        raise NotFound("Nobody is known by this id.")
    return user


async def _guardian(tx: Transaction, external_id: str) -> UUID:
    user_id = (await tx.db.execute(select(User.id).where(User.external_id == external_id))).scalar_one_or_none()
    if user_id is None:
        raise Invalid(fields=[{"field": "guardian", "message": "nobody is known by this id"}])
    return user_id


async def refresh_person(tx: Transaction, user: User, *, tell: bool = True) -> None:
    """Work out again what follows from age and consents: the public name, the avatar and the audience."""
    wanted = select(ParentalConsent.scope, ParentalConsent.consent_given).where(ParentalConsent.user_id == user.id)
    answers = {row.scope: row.consent_given for row in await tx.db.execute(wanted)}
    band = band_of(user.birth_date, user.age_band, tx.now.date())
    user.avatar = avatar_of(user.id, band, user.role, user.avatar, await _avatars_beside(tx, user))
    user.username = public_name(user.name, user.own_nickname or user.display_name, band, user.avatar)
    given = [scope for scope, yes in answers.items() if yes]
    before, after = user.audience, audience_of(band, given, refused=answers.keys() - given)
    if before != after:
        user.audience = after
        if tell:
            change = AudienceChanged(before=before, after=after)
            tx.emit(change, user_id=user.id, cohort_id=user.cohort_id, visibility=REACH[wider(before, after)])


async def _avatars_beside(tx: Transaction, user: User) -> set[str]:
    """The pictures that stand for others of the same cohort: people in one list should not look alike."""
    if user.cohort_id is None:
        return set()
    if any(isinstance(one, User) and one is not user for one in tx.db.dirty):
        # Those who are saved in this transaction count as well.
        await tx.db.flush()
    # In a cohort with more people than pictures some look alike anyhow: no more than these are looked at.
    others = select(User.avatar).where(User.cohort_id == user.cohort_id, User.id != user.id).limit(2 * PICTURES)
    return set((await tx.db.execute(others)).scalars())


async def refresh_audiences(tx: Transaction) -> int:
    """Birthdays pass: bring those whose years changed what follows from them up to date. Returns how many changed."""
    today = tx.now.date()
    grown = User.birth_date <= born_by(18, today)
    teenager = User.birth_date <= born_by(13, today)
    due = or_(grown & (User.audience != "public"), teenager & (User.audience == "nobody"))
    people = (await tx.db.execute(select(User).where(due).order_by(User.id).with_for_update())).scalars().all()
    changed = 0
    for user in people:
        before = (user.username, user.avatar, user.audience)
        await refresh_person(tx, user)
        changed += before != (user.username, user.avatar, user.audience)
    return changed


async def set_consents(tx: Transaction, external_id: str, given: list[ConsentInput]) -> User:
    """The host attests what a parent decided: scope by scope, with the method, at once in force."""
    tx.actor.require("consents:write") if tx.actor.kind != "system" else None
    _refuse(problem for consent in given for problem in consent_problems(external_id, consent))
    if any(consent.at and consent.at > tx.now + AHEAD for consent in given):
        raise Invalid(fields=[{"field": "at", "message": "not in the future"}])
    user = await locked_person(tx, external_id)
    for consent in given:
        await _set_consent(tx, user, consent)
    await refresh_person(tx, user)
    tx.emit(AccessChanged(reason="consent"), user_id=user.id)
    return user


async def locked_person(tx: Transaction, external_id: str) -> User:
    wanted = select(User).where(User.external_id == external_id).with_for_update()
    user = (await tx.db.execute(wanted)).scalar_one_or_none()
    if user is None:
        raise NotFound("Nobody is known by this id.")
    return user


def _known_since(row: ParentalConsent, given: ConsentInput) -> datetime:
    """Since when what we know outweighs a decision. Where clocks may err, a no counts."""
    latest = max(filter(None, (row.given_at, row.withdrawn_at)))
    return latest if given.given else latest - AHEAD


async def _set_consent(tx: Transaction, user: User, given: ConsentInput) -> None:
    wanted = select(ParentalConsent).where(ParentalConsent.user_id == user.id, ParentalConsent.scope == given.scope)
    row = (await tx.db.execute(wanted)).scalar_one_or_none()
    was_given = row is not None and row.consent_given
    # A host's clock may be ahead of ours; what was decided is never later than now, or it would outweigh the next word.
    at = min(given.at or tx.now, tx.now)
    if row is not None and at < _known_since(row, given):
        return  # a decision that was taken before the one we know of changes nothing
    if row is None:
        row = ParentalConsent(id=new_id(), user_id=user.id, scope=given.scope, inserted_at=tx.now)
        tx.db.add(row)
    row.parent_id = await _guardian(tx, given.guardian) if given.guardian else (row.parent_id or user.parent_id)
    row.consent_given, row.method, row.evidence = given.given, given.method, given.evidence
    row.policy_version = POLICY_VERSION
    if given.given:
        row.given_at, row.withdrawn_at = at, None
    else:
        row.withdrawn_at = at
    await tx.db.flush()
    if given.given and not was_given:
        tx.emit(ConsentGiven(scope=given.scope, method=given.method), user_id=user.id)
    elif was_given and not given.given:
        tx.emit(ConsentWithdrawn(scope=given.scope), user_id=user.id)


async def revoke_tokens(tx: Transaction, user_id: UUID, reason: str = "revoked") -> None:
    """Make every token and ticket of a person void; their sockets and pages close."""
    changed = update(User).where(User.id == user_id).values(token_generation=User.token_generation + 1)
    if not (await tx.db.execute(changed.returning(User.id))).scalar_one_or_none():
        raise NotFound
    await tx.db.execute(delete(EnterTicket).where(EnterTicket.user_id == user_id))
    tx.emit(AccessChanged(reason=reason), user_id=user_id)


async def sign_out(tx: Transaction, external_id: str) -> None:
    """The host says that a person's tokens are in wrong hands, or that they have left."""
    tx.actor.require("people:write") if tx.actor.kind != "system" else None
    user = await locked_person(tx, external_id)
    if user.role in STAFF_ROLES:
        _require_staff(tx)
    await revoke_tokens(tx, user.id)
