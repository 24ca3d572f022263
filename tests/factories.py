"""Making things for tests through the product's own commands, with sensible values and keyword overrides."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from core.accounts.commands import ConsentInput, PersonInput, save_person, set_consents
from core.accounts.erasure import erase_person
from core.accounts.tokens import Purpose
from core.activity.commands import Result, take_in
from core.app import App
from core.principal import SYSTEM, Principal
from data.tables import User

SECRET = "a-secret-for-tests-0123456789-abcdefghij"
NAMES = ("Ada Byron", "Leo Marsh", "Mia Stone", "Jonas Reed", "Nora Field", "Tom Hale", "Ines Ward", "Sam Brook")


class Make:
    """`make.person(role="tutor")`, `make.fact(person, "practice_completed")` and the like, on one App."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._numbers = count(1)

    async def person(self, **given: Any) -> User:
        """An adult student in no cohort, unless told otherwise."""
        number = next(self._numbers)
        values: dict[str, Any] = {
            "external_id": f"ext-{number}",
            "name": NAMES[number % len(NAMES)],
            "role": "student",
            "age_band": "18_plus",
        }
        return await self.app.transactions.run(SYSTEM, save_person, PersonInput(**(values | given)))

    async def child(self, *consents: str, **given: Any) -> User:
        """Eleven years old, with the consents named."""
        person = await self.person(age_band="under_13", **given)
        if consents:
            await self.consent(person, *consents)
        return person

    async def consent(self, person: User, *scopes: str, given: bool = True) -> None:
        inputs = [ConsentInput(scope=s, given=given, method="signed_form") for s in scopes]
        await self.app.transactions.run(SYSTEM, set_consents, person.external_id, inputs)

    async def erase(self, person: User) -> None:
        await self.app.transactions.run(SYSTEM, erase_person, person.external_id)

    async def principal(self, person: User) -> Principal:
        async with self.app.transactions.read() as db:
            return await self.app.principals.from_user(db, person.id)

    def token(self, person: User, purpose: Purpose = "socket", **given: Any) -> str:
        generation = given.pop("generation", person.token_generation)
        return self.app.tokens.make(person.id, generation, (purpose,), **given)[0]

    def event(self, person: User | str, type: str = "practice_completed", **given: Any) -> dict[str, Any]:
        """One item of the host's stream."""
        external_id = person if isinstance(person, str) else person.external_id
        defaults = {"practice_completed": {"score": 85}, "quiz_completed": {"score": 70}, "level_up": {"level": 3}}
        values: dict[str, Any] = {
            "id": f"evt-{next(self._numbers)}",
            "type": type,
            "external_id": external_id,
            "at": self.app.clock.now() - timedelta(seconds=1),
            "subject": "math",
            "skill": "algebra",
            "properties": defaults.get(type, {}),
        }
        return values | given

    async def fact(self, person: User, type: str = "practice_completed", **given: Any) -> Result:
        """Somebody did something; kept, delivered and reacted to when this returns."""
        (result,) = await take_in(self.app.transactions, SYSTEM, [self.event(person, type, **given)])
        assert result.status == "accepted", result
        await self.app.settle()
        return result

    async def run(self, actor: Principal, command: Any, *args: Any, **kwargs: Any) -> Any:
        return await self.app.transactions.run(actor, command, *args, **kwargs)
