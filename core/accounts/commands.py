"""Changes to people: made known and updated by the host, consented for, revoked, erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.accounts.access import ROLES, STAFF_ROLES
from core.accounts.rules import (
    AGE_BANDS,
    CONSENT_SCOPES,
    audience_of,
    avatar_of,
    band_of,
    first_name_of,
    public_name,
)
from core.errors import Forbidden, Invalid, NotFound
from core.events.catalog import (
    AccessChanged,
    AudienceChanged,
    ConsentGiven,
    ConsentWithdrawn,
    PersonAdded,
    PersonErased,
    PersonUpdated,
)
from core.ids import new_id
from core.transaction import Transaction
from data.tables import AuditRow, Cohort, EventRow, ParentalConsent, User

POLICY_VERSION = "2026-11"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInput:
    """What the host says of a person. None leaves what is known as it is; an empty text clears it."""

    external_id: str
    name: str | None = None
    role: str | None = None
    birth_date: date | None = None
    age_band: str | None = None
    nickname: str | None = None
    avatar_url: str | None = None
    cohort: str | None = None
    guardian: str | None = None
    timezone: str | None = None
    grade_level: str | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentInput:
    scope: str
    given: bool
    method: str
    guardian: str | None = None
    evidence: str | None = None


async def save_person(tx: Transaction, given: PersonInput) -> User:
    """Make a person known or bring them up to date, by the host's own id."""
    tx.actor.require("people:write") if tx.actor.kind != "system" else None
    _check(tx, given)
    user, added = await _find_or_add(tx, given)
    if user.role in STAFF_ROLES and not added:
        _require_staff(tx)
    before = (user.username, user.avatar, user.cohort_id, user.role)
    await _take_over(tx, user, given)
    await refresh_person(tx, user)
    user.updated_at = tx.now
    if added:
        tx.emit(PersonAdded(role=user.role), user_id=user.id, cohort_id=user.cohort_id)
    elif before != (user.username, user.avatar, user.cohort_id, user.role):
        tx.emit(PersonUpdated(cohort_from=before[2]), user_id=user.id, cohort_id=user.cohort_id)
        if before[2:] != (user.cohort_id, user.role):
            tx.emit(AccessChanged(reason="role_or_cohort"), user_id=user.id)
    return user


def _check(tx: Transaction, given: PersonInput) -> None:
    problems = []
    if given.role is not None and given.role not in ROLES:
        problems.append({"field": "role", "message": f"one of {', '.join(sorted(ROLES))}"})
    if given.age_band and given.age_band not in (*AGE_BANDS, "unknown"):
        problems.append({"field": "age_band", "message": f"one of {', '.join(AGE_BANDS)}, unknown"})
    if given.birth_date and not date(1900, 1, 1) <= given.birth_date <= tx.now.date():
        problems.append({"field": "birth_date", "message": "a day in the past"})
    if given.name is not None and not given.name.strip():
        problems.append({"field": "name", "message": "must not be empty"})
    if given.guardian == given.external_id:
        problems.append({"field": "guardian", "message": "nobody is their own guardian"})
    if problems:
        raise Invalid(fields=problems)
    if given.role in STAFF_ROLES:
        _require_staff(tx)


def _require_staff(tx: Transaction) -> None:
    if tx.actor.kind != "system" and not tx.actor.may("tokens:staff"):
        raise Forbidden("Staff roles need a key with the scope tokens:staff.", scope="tokens:staff")


async def _find_or_add(tx: Transaction, given: PersonInput) -> tuple[User, bool]:
    wanted = select(User).where(User.external_id == given.external_id).with_for_update()
    user = (await tx.db.execute(wanted)).scalar_one_or_none()
    if user is not None:
        return user, False
    if given.name is None:
        raise Invalid(fields=[{"field": "name", "message": "a new person needs a name"}])
    row = {
        "id": new_id(),
        "external_id": given.external_id,
        "role": given.role or "student",
        "name": given.name.strip(),
        "first_name": first_name_of(given.name),
        "username": first_name_of(given.name),
        "avatar": "",
        "audience": "nobody",
        "simulated": given.simulated,
        "inserted_at": tx.now,
        "updated_at": tx.now,
    }
    # Two first requests for one person may come at once: one inserts, the other waits and finds.
    added = insert(User).values(row).on_conflict_do_nothing(index_elements=["external_id"]).returning(User.id)
    is_new = (await tx.db.execute(added)).scalar_one_or_none() is not None
    return (await tx.db.execute(wanted)).scalar_one(), is_new


async def _take_over(tx: Transaction, user: User, given: PersonInput) -> None:
    if given.name is not None:
        user.name = given.name.strip()[:120]
        user.first_name = first_name_of(given.name)
    if given.role is not None:
        user.role = given.role
    if given.birth_date is not None:
        user.birth_date = given.birth_date
    if given.age_band is not None:
        user.age_band = given.age_band or None
    if given.nickname is not None:
        user.display_name = given.nickname.strip()[:60] or None
    if given.avatar_url is not None:
        user.avatar_url = given.avatar_url or None
    if given.timezone is not None:
        user.timezone = given.timezone or None
    if given.grade_level is not None:
        user.grade_level = given.grade_level or None
    if given.cohort is not None:
        user.cohort_id = await _cohort(tx, given.cohort) if given.cohort else None
    if given.guardian is not None:
        user.parent_id = (await find_person(tx, given.guardian)).id if given.guardian else None


async def _cohort(tx: Transaction, external_id: str) -> UUID:
    row = {"id": new_id(), "external_id": external_id, "name": external_id[:120], "inserted_at": tx.now}
    await tx.db.execute(insert(Cohort).values(row).on_conflict_do_nothing(index_elements=["external_id"]))
    return (await tx.db.execute(select(Cohort.id).where(Cohort.external_id == external_id))).scalar_one()


async def find_person(tx: Transaction, external_id: str) -> User:
    user = (await tx.db.execute(select(User).where(User.external_id == external_id))).scalar_one_or_none()
    if user is None:
        raise NotFound("Nobody is known by this id.")
    return user


async def refresh_person(tx: Transaction, user: User) -> None:
    """Work out again what follows from age and consents: the public name, the avatar and the audience."""
    wanted = select(ParentalConsent.scope).where(
        ParentalConsent.user_id == user.id, ParentalConsent.consent_given.is_(True)
    )
    consents = (await tx.db.execute(wanted)).scalars().all()
    band = band_of(user.birth_date, user.age_band, tx.now.date())
    user.username = public_name(user.name, user.display_name, band)
    user.avatar = avatar_of(user.id, band, user.role)
    before, after = user.audience, audience_of(band, consents)
    if before != after:
        user.audience = after
        change = AudienceChanged(before=before, after=after)
        tx.emit(change, user_id=user.id, cohort_id=user.cohort_id)


async def refresh_audiences(tx: Transaction) -> int:
    """Birthdays pass: bring everybody whose birth date is known up to date. Returns how many changed."""
    people = (await tx.db.execute(select(User).where(User.birth_date.is_not(None)).order_by(User.id))).scalars().all()
    changed = 0
    for user in people:
        before = (user.username, user.avatar, user.audience)
        await refresh_person(tx, user)
        changed += before != (user.username, user.avatar, user.audience)
    return changed


async def set_consents(tx: Transaction, external_id: str, given: list[ConsentInput]) -> User:
    """The host attests what a parent decided: scope by scope, with the method, at once in force."""
    tx.actor.require("consents:write") if tx.actor.kind != "system" else None
    unknown = [c.scope for c in given if c.scope not in CONSENT_SCOPES]
    if unknown:
        raise Invalid(fields=[{"field": "scope", "message": f"one of {', '.join(CONSENT_SCOPES)}"}])
    wanted = select(User).where(User.external_id == external_id).with_for_update()
    user = (await tx.db.execute(wanted)).scalar_one_or_none()
    if user is None:
        raise NotFound("Nobody is known by this id.")
    for consent in given:
        await _set_consent(tx, user, consent)
    await refresh_person(tx, user)
    tx.emit(AccessChanged(reason="consent"), user_id=user.id)
    return user


async def _set_consent(tx: Transaction, user: User, given: ConsentInput) -> None:
    wanted = select(ParentalConsent).where(ParentalConsent.user_id == user.id, ParentalConsent.scope == given.scope)
    row = (await tx.db.execute(wanted)).scalar_one_or_none()
    was_given = row is not None and row.consent_given
    if row is None:
        row = ParentalConsent(id=new_id(), user_id=user.id, scope=given.scope, inserted_at=tx.now)
        tx.db.add(row)
    row.parent_id = (await find_person(tx, given.guardian)).id if given.guardian else (row.parent_id or user.parent_id)
    row.consent_given, row.method, row.evidence = given.given, given.method, given.evidence
    row.policy_version = POLICY_VERSION
    if given.given:
        row.given_at, row.withdrawn_at = tx.now, None
    else:
        row.withdrawn_at = tx.now
    await tx.db.flush()
    if given.given and not was_given:
        tx.emit(ConsentGiven(scope=given.scope, method=given.method), user_id=user.id)
    elif was_given and not given.given:
        tx.emit(ConsentWithdrawn(scope=given.scope), user_id=user.id)


async def revoke_tokens(tx: Transaction, user_id: UUID, reason: str = "revoked") -> None:
    """Make every token of a person void; their sockets and pages close."""
    changed = update(User).where(User.id == user_id).values(token_generation=User.token_generation + 1)
    if not (await tx.db.execute(changed.returning(User.id))).scalar_one_or_none():
        raise NotFound
    tx.emit(AccessChanged(reason=reason), user_id=user_id)


async def erase_person(tx: Transaction, external_id: str) -> UUID:
    """Forget a person. Their rows go, personal fields of facts become null; what counts stays under an empty id."""
    tx.actor.require("people:erase") if tx.actor.kind != "system" else None
    wanted = select(User).where(User.external_id == external_id).with_for_update()
    user = (await tx.db.execute(wanted)).scalar_one_or_none()
    if user is None:
        raise NotFound("Nobody is known by this id.")
    await tx.db.execute(update(EventRow).where(EventRow.user_id == user.id).values(personal=None))
    await tx.db.execute(update(AuditRow).where(AuditRow.actor_id == user.id).values(details={}))
    cohort_id = user.cohort_id
    await tx.db.execute(delete(User).where(User.id == user.id))
    tx.emit(PersonErased(), user_id=user.id, cohort_id=cohort_id)
    return user.id
