"""The doors into pages: personas (demo), one-time links, staff sign-in, sign-out, and the token for a page's socket.

Every one that changes something takes POST from our own pages only: the Origin (or the browser's own word for it) must
be ours. Sign-in is limited by address, and says the same whatever was wrong.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from tornado.web import HTTPError, RequestHandler

from core.accounts.personas import personas
from core.accounts.queries import Entrant, entrant
from core.accounts.staff import sign_in
from core.accounts.tickets import use_ticket
from core.accounts.tokens import DAY
from core.app import App
from core.errors import TandemError, Unauthorized
from core.principal import SYSTEM
from core.safety.limiter import Rate
from core.web.security import OWN_HEADER, PAGE_CSP, client_address, is_same_origin, limit_key, security_headers
from dashboards.auth.doorkeeper import Doorkeeper, app_of
from dashboards.static_pages import Persona, Way, enter_page, error_page, login_page, logout_page

ATTEMPTS = Rate(10, 300)
"""Wrong guesses from one address."""
SOCKET_TOKEN_SECONDS = 3600


class DoorHandler(RequestHandler):
    """What all doors share: headers, limits, our own errors as a page."""

    def initialize(self, doorkeeper: Doorkeeper) -> None:
        self.doorkeeper, self.app = doorkeeper, doorkeeper.app

    def set_default_headers(self) -> None:
        for name, value in security_headers(app_of(self).settings, PAGE_CSP).items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        if self.request.method == "POST" and not self._from_our_own_page():
            raise HTTPError(403)

    def _from_our_own_page(self) -> bool:
        """A browser names the page a POST comes from; only ours may send any here."""
        return is_same_origin(self.request.headers.get("Origin"), self.request.host, self.app.settings)

    def check_form(self) -> None:
        """A form carries the token that its page was given, as well."""
        if self.request.method == "POST":
            self.check_xsrf_cookie()

    async def slow_down_guessing(self, what: str, cost: int = 0) -> None:
        """Refuse an address that guessed too often. Only failures cost: a whole class may come in by one address."""
        address = client_address(self.request, self.app.settings.trusted_proxies)
        allowance = await self.app.limiter.take(f"{what}:{limit_key(address)}", ATTEMPTS, cost)
        if not allowance.allowed:
            raise HTTPError(429)

    def next_page(self) -> str:
        """Where to go afterwards: a path of ours, never an address."""
        return own_path(self.get_argument("next", "/"))

    def enter_as(self, who: Entrant) -> None:
        self.doorkeeper.let_in(self, who.id, who.generation, DAY)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.finish(error_page(status_code, ways=(Way("/", "Go to the start page"),)))


def own_path(wanted: str) -> str:
    """The path that a redirect would lead to; the start page's, if that were not plainly one of ours.

    What counts is what a redirect makes of it: dots are resolved, and browsers leave out tabs and line ends.
    """
    odd = "\\" in wanted or any(letter < " " or letter == "\x7f" for letter in wanted)
    try:
        path = "" if odd or len(wanted) >= 500 or not wanted.startswith("/") else urljoin("/", wanted)
    except ValueError:
        path = ""
    return path if path.startswith("/") and not path.startswith("//") else "/"


class Personas(DoorHandler):
    """Demo mode's front door: come in as one of a few made-up people."""

    def prepare(self) -> None:
        if not self.app.settings.demo:
            raise HTTPError(404)
        super().prepare()
        self.check_form()

    async def get(self) -> None:
        doors = []
        for p in personas():
            who = await persona(self.app, p.id)
            doors.append(Persona(p.id, who.name, p.role, who.avatar_url, p.about, who.id))
        page = enter_page(
            doors,
            xsrf=self.xsrf_token.decode(),
            simulated=self.app.settings.simulating,
            login_url="/login",
            next=self.next_page(),
        )
        self.finish(page)

    async def post(self) -> None:
        wanted = self.get_body_argument("persona", "")
        if wanted not in {p.id for p in personas()}:
            raise HTTPError(404)
        self.enter_as(await persona(self.app, wanted))
        self.redirect(self.next_page(), status=303)


async def persona(app: App, external_id: str) -> Entrant:
    async with app.transactions.read() as db:
        found = await entrant(db, external_id=external_id)
    if found is None:
        raise HTTPError(404)
    return found


class Ticket(DoorHandler):
    """`enter_url`: good once, for a minute; sets the cookie and opens a page."""

    async def get(self, secret: str) -> None:
        await self.slow_down_guessing("ticket")
        try:
            user_id = await self.app.transactions.run(SYSTEM, use_ticket, secret)
        except Unauthorized:
            await self.slow_down_guessing("ticket", cost=1)
            raise HTTPError(410) from None
        async with self.app.transactions.read() as db:
            who = await entrant(db, user_id=user_id)
        if who is None:
            raise HTTPError(401)
        self.enter_as(who)
        self.redirect(self.next_page(), status=303)


class Login(DoorHandler):
    """Staff sign in with name and password, or go to the organisation's provider."""

    def get(self) -> None:
        self.show()

    def show(self, error: str = "", name: str = "", status: int = 200) -> None:
        self.set_status(status)
        settings = self.app.settings
        page = login_page(
            xsrf=self.xsrf_token.decode(),
            error=error,
            username=name,
            next=self.next_page(),
            oidc_url="/login/oidc" if settings.oidc_issuer else "",
            oidc_name="your organisation",
        )
        self.finish(page)

    async def post(self) -> None:
        self.check_form()
        await self.slow_down_guessing("login")
        name, password = self.get_body_argument("username", "")[:120], self.get_body_argument("password", "")[:500]
        try:
            role = await sign_in(self.app.transactions, name, password)
        except TandemError as error:
            if isinstance(error, Unauthorized):
                await self.slow_down_guessing("login", cost=1)
            self.show(error.message, name, error.status)
            return
        await self.doorkeeper.let_in_staff(self, name, role, "password")
        self.redirect(self.next_page(), status=303)


class Logout(DoorHandler):
    def get(self) -> None:
        self.finish(logout_page(Way(self._door, "Come in again")))

    async def post(self) -> None:
        await self.doorkeeper.let_out(self)
        self.redirect("/logout", status=303)

    @property
    def _door(self) -> str:
        return "/enter" if self.app.settings.demo else "/login"


class SocketToken(DoorHandler):
    """A short token for the socket of a page that is already signed in; never kept by the page."""

    async def post(self) -> None:
        if self.request.headers.get(OWN_HEADER) != "1":
            raise HTTPError(403)
        principal = await self.doorkeeper.identify(self.request)
        if principal is None:
            raise HTTPError(401)
        if principal.id is None:
            raise HTTPError(403)
        token, expires = self.app.tokens.make(principal.id, principal.generation, ("socket",), SOCKET_TOKEN_SECONDS)
        self.set_header("Content-Type", "application/json")
        self.finish({"token": token, "expires_at": expires.isoformat(), "user_id": str(principal.id)})
