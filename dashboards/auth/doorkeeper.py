"""Who a browser is, from its cookies alone; the same answer for pages, their sockets and cookie requests.

Two cookies, both HttpOnly and SameSite=Lax: `tandem` holds a person's page token, `tandem_staff` the signed sign-in of
staff. Neither is readable by a page's script, and neither works for another purpose.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler, create_signed_value, decode_signed_value

from core.accounts.commands import revoke_tokens
from core.accounts.staff import save_staff_person, staff_role
from core.app import App
from core.errors import Unauthorized
from core.ids import parse_id
from core.principal import SYSTEM, Principal

PERSON = "tandem"
STAFF = "tandem_staff"
STAFF_DAYS = 0.5
REMEMBERED = 10_000


class Doorkeeper:
    def __init__(self, app: App) -> None:
        self.app = app
        self._recent: OrderedDict[str, Principal] = OrderedDict()

    async def identify(self, request: HTTPServerRequest) -> Principal | None:
        """The person or staff member behind a request, as they are now; None for a stranger."""
        try:
            principal = await self._person(request) or await self._staff(request)
        except Unauthorized:
            return None
        if principal is not None:
            self._remember(principal)
        return principal

    async def _person(self, request: HTTPServerRequest) -> Principal | None:
        cookie = request.cookies.get(PERSON)
        return await self.app.principals.from_token(cookie.value, "page") if cookie else None

    async def _staff(self, request: HTTPServerRequest) -> Principal | None:
        cookie = request.cookies.get(STAFF)
        if cookie is None:
            return None
        plain = decode_signed_value(self.app.settings.secret_key, STAFF, cookie.value, max_age_days=STAFF_DAYS)
        user_id = parse_id(json.loads(plain)["id"]) if plain else None
        if plain is None or user_id is None:
            return None
        claims = json.loads(plain)
        async with self.app.transactions.read() as db:
            principal = await self.app.principals.from_user(db, user_id)
        if principal.generation != claims["generation"]:
            raise Unauthorized
        if claims["via"] == "password":
            await staff_role(self.app.transactions, claims["name"])
        return principal

    def _remember(self, principal: Principal) -> None:
        key = key_of(principal)
        self._recent[key] = principal
        self._recent.move_to_end(key)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)

    def recall(self, key: str) -> Principal | None:
        """Whom a page's signed token names: known, because the request that made it was identified a moment ago."""
        return self._recent.get(key)

    def let_in_person(self, handler: RequestHandler, token: str, seconds: int) -> None:
        handler.clear_cookie(STAFF)
        handler.set_cookie(PERSON, token, max_age=seconds, **self._flags())

    async def let_in_staff(self, handler: RequestHandler, name: str, role: str, via: str) -> None:
        """Staff are people too: the account gets a person, so that they are seen and heard like everybody."""
        user = await self.app.transactions.run(SYSTEM, save_staff_person, name, role, via)
        value = json.dumps({"id": str(user.id), "generation": user.token_generation, "name": name, "via": via})
        signed = create_signed_value(self.app.settings.secret_key, STAFF, value)
        handler.clear_cookie(PERSON)
        handler.set_cookie(STAFF, signed, max_age=int(STAFF_DAYS * 86_400), **self._flags())

    async def let_out(self, handler: RequestHandler) -> None:
        """Sign out: every token of this person is void, their other pages and sockets close too."""
        principal = await self.identify(handler.request)
        if principal is not None and principal.id is not None:
            await self.app.transactions.run(SYSTEM, revoke_tokens, principal.id, "signed_out")
        handler.clear_cookie(PERSON)
        handler.clear_cookie(STAFF)

    def _flags(self) -> dict[str, Any]:
        return {"httponly": True, "samesite": "Lax", "secure": self.app.settings.secure, "path": "/"}


def key_of(principal: Principal) -> str:
    """A short name for somebody inside signed page tokens; never a secret."""
    return f"{principal.kind}:{principal.id or principal.name}"


def app_of(handler: Any) -> App:
    """The App behind any handler of our server, before the handler knows anything else."""
    app: App = handler.application.auth_provider.doorkeeper.app
    return app
