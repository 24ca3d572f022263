"""Staff who sign in with a name and a password. Passwords are kept as argon2id hashes."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.accounts.access import ROLES
from core.accounts.commands import revoke_tokens, save_person
from core.accounts.inputs import PersonInput
from core.accounts.rules import is_text
from core.errors import Invalid, NotFound, Unauthorized
from core.ids import new_id
from core.transaction import Transaction, Transactions
from data.tables import StaffAccount, User

MINIMUM = 12
_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Checked for names that do not exist, so that they take as long as those that do."""
    return _hasher.hash("nobody's password")


async def save_staff(tx: Transaction, username: str, password: str, role: str) -> None:
    """Add a staff account, or give it another password and role, with which they have to sign in again."""
    problems = []
    if not 1 <= len(username.strip()) <= 120 or not is_text(username):
        problems.append({"field": "username", "message": "1 to 120 characters"})
    if len(password) < MINIMUM or not is_text(password):
        problems.append({"field": "password", "message": f"at least {MINIMUM} characters"})
    if role not in ROLES:
        problems.append({"field": "role", "message": f"one of {', '.join(sorted(ROLES))}"})
    if problems:
        raise Invalid(fields=problems)
    hashed = await asyncio.to_thread(_hasher.hash, password)
    row = {"id": new_id(), "username": username.strip(), "password_hash": hashed, "role": role, "created_at": tx.now}
    changed = {"password_hash": hashed, "role": role, "disabled_at": None}
    await tx.db.execute(
        insert(StaffAccount).values(row).on_conflict_do_update(index_elements=["username"], set_=changed)
    )
    await _send_away(tx, username.strip(), "password_changed")


async def _send_away(tx: Transaction, username: str, reason: str) -> None:
    """Whoever is signed in with an account is out at once, with every page and socket."""
    person = select(User.id).where(User.external_id == f"staff:password:{username}")
    user_id = (await tx.db.execute(person)).scalar_one_or_none()
    if user_id is not None:
        await revoke_tokens(tx, user_id, reason)


async def save_staff_person(tx: Transaction, name: str, role: str, via: str) -> User:
    """The person that a staff account stands for, made at the first sign-in; the role follows the account's."""
    given = PersonInput(external_id=f"staff:{via}:{name}", name=name, role=role, age_band="18_plus")
    return await save_person(tx, given)


async def disable_staff(tx: Transaction, username: str) -> None:
    """Shut an account: nobody signs in with it, and whoever has is out at once."""
    changed = update(StaffAccount).where(StaffAccount.username == username).values(disabled_at=tx.now)
    if (await tx.db.execute(changed.returning(StaffAccount.id))).scalar_one_or_none() is None:
        raise NotFound("There is no such account.")
    await _send_away(tx, username, "disabled")


async def sign_in(transactions: Transactions, username: str, password: str) -> str:
    """The role of whoever knows the password. Every failure is the same and takes the same time."""
    known = username if is_text(username) else ""
    wanted = select(StaffAccount).where(StaffAccount.username == known, StaffAccount.disabled_at.is_(None))
    async with transactions.read() as db:
        account = (await db.execute(wanted)).scalar_one_or_none()
    stored = account.password_hash if account else await asyncio.to_thread(_nobody)
    try:
        await asyncio.to_thread(_hasher.verify, stored, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        raise Unauthorized("Name or password is wrong.") from None
    if account is None:
        raise Unauthorized("Name or password is wrong.")
    return account.role
