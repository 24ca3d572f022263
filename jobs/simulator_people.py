"""Making the simulated people known, some at a time, through the door that a host uses; and who they are here.

Whoever is known with the right birthday stays as they are. A real person who has one of their ids is never touched: the
simulation says so and does not begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from core.accounts.commands import ConsentInput, PersonInput, save_person, set_consents
from core.errors import Conflict
from core.events.fact import SIMULATOR
from core.transaction import Transaction
from jobs.community import Character

AT_ONCE = 25
"""People in one transaction, and in one tick."""


def missing(people: Sequence[Character], known: Mapping[str, UUID]) -> list[Character]:
    """Those to make known next."""
    found = []
    for person in people:
        if person.key not in known:
            found.append(person)
            if len(found) == AT_ONCE:
                break
    return found


async def save_community(tx: Transaction, people: Sequence[Character]) -> dict[str, UUID]:
    """Make these people known, with their guardians' consent where they are children; their ids by key."""
    ids = {}
    tx.source = SIMULATOR
    for person in people:
        given = PersonInput(
            external_id=person.key,
            name=person.name,
            role=person.role,
            cohort=person.cohort,
            birth_date=person.born(tx.now.date()),
            simulated=True,
        )
        user = await save_person(tx, given)
        if not user.simulated:
            raise Conflict(f"{person.key} is the id of a person who is not simulated.")
        if person.needs_consent and user.audience == "nobody":
            await tx.db.flush()
            consent = ConsentInput(scope="social_visibility", given=True, method="simulated")
            await set_consents(tx, person.key, [consent])
        ids[person.key] = user.id
    return ids
