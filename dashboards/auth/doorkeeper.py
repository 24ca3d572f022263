"""Who a browser is, from its cookie alone; the same answer for pages, their sockets and cookie requests.

The one cookie holds the page token of a person; staff who sign in get that of the person they are. It is HttpOnly and
SameSite=Lax, no page's script can read it, and it works for no other purpose.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any
from uuid import UUID

from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from core.accounts.commands import revoke_tokens
from core.accounts.staff import save_staff_person
from core.app import App
from core.errors import Unauthorized
from core.principal import SYSTEM, Principal
from core.web.security import COOKIE, cookie_options

STAFF_SECONDS = 43_200
LONGEST = 4096
REMEMBERED = 10_000


class Doorkeeper:
    def __init__(self, app: App) -> None:
        self.app = app
        self._recent: OrderedDict[str, Principal] = OrderedDict()

    async def identify(self, request: HTTPServerRequest) -> Principal | None:
        """The person behind a request, as they are now; None for a stranger."""
        cookie = request.cookies.get(COOKIE)
        if cookie is None:
            return None
        try:
            principal = await self.app.principals.from_token(cookie.value[:LONGEST], "page")
        except Unauthorized:
            return None
        self._remember(principal)
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

    def let_in(self, handler: RequestHandler, user_id: UUID, generation: int, seconds: int) -> None:
        token, _ = self.app.tokens.make(user_id, generation, ("page",), seconds)
        handler.set_cookie(COOKIE, token, **cookie_options(self.app.settings, seconds))

    async def let_in_staff(self, handler: RequestHandler, name: str, role: str, via: str) -> None:
        """Staff are people too: the account gets a person, so that they are seen and heard like everybody."""
        user = await self.app.transactions.run(SYSTEM, save_staff_person, name, role, via)
        self.let_in(handler, user.id, user.token_generation, STAFF_SECONDS)

    async def let_out(self, handler: RequestHandler) -> None:
        """Sign out: every token of this person is void, their other pages and sockets close too."""
        principal = await self.identify(handler.request)
        if principal is not None and principal.id is not None:
            await self.app.transactions.run(SYSTEM, revoke_tokens, principal.id, "signed_out")
        handler.clear_cookie(COOKIE)


def key_of(principal: Principal) -> str:
    """A short name for somebody inside signed page tokens; never a secret."""
    return f"{principal.kind}:{principal.id or principal.name}"


def app_of(handler: Any) -> App:
    """The App behind any handler of our server, before the handler knows anything else."""
    app: App = handler.application.auth_provider.doorkeeper.app
    return app
