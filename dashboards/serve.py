"""The one server: Panel's pages, REST, sockets and our own files on one port and one asyncio loop.

Panel and Bokeh leave three things to whoever serves them, and each is answered here:
* a page's own websocket is judged like the page (same person, same scope), before the handshake;
* a page's document belongs to the person it was made for: its signed token names them, and nobody may choose a
  document by its id;
* headers, origins and the number of page loads by one address have our rules, not the defaults.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import panel as pn
from bokeh.application.handlers.handler import Handler
from bokeh.server.auth_provider import AuthProvider
from bokeh.server.urls import per_app_patterns
from bokeh.util.token import get_session_id, get_token_payload
from panel.io.server import DocHandler, WSHandler
from tornado.httputil import HTTPServerRequest
from tornado.routing import Rule
from tornado.web import HTTPError, RequestHandler, StaticFileHandler, authenticated

from core.accounts.access import PAGES
from core.app import App
from core.errors import Unavailable
from core.principal import Principal
from core.safety.limiter import Rate
from core.web.channels.topics import describe
from core.web.made import Made, MadeFile
from core.web.openapi import document
from core.web.rest import ROUTES
from core.web.security import PAGE_CSP, client_address, limit_key, origin_allowed, panel_csp, security_headers
from dashboards.api_page import api_page
from dashboards.auth.doorkeeper import Doorkeeper, app_of, key_of
from dashboards.auth.handlers import DoorHandler, Login, Logout, Personas, SocketToken, Ticket
from dashboards.auth.hosts import ForeignHost
from dashboards.auth.oidc import Oidc
from dashboards.auth.workshop_doors import WorkshopDoor, WorkshopPages, WorkshopPreview
from dashboards.embed.made import embed_script
from dashboards.static_pages import error_page
from dashboards.template import Shell
from dashboards.topics_page import topics_page

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
PAGE_LOADS = Rate(120, 60)
CHOOSING = ("bokeh-session-id", "bokeh-token")
KEPT_MILLISECONDS = 30_000
"""How long a page without a connection is kept, so that a phone may lose its network for a moment."""

RIGHTS_CHANGED = 4003

Page = Callable[[App, Principal], Any]


@dataclass(frozen=True, slots=True)
class Still:
    """A page without a region of Panel's: finished with its first bytes, and the server keeps nothing of it."""

    build: Callable[[App, Principal], Shell]

    def __call__(self, app: App, viewer: Principal) -> Shell:
        return self.build(app, viewer)


class Doors(AuthProvider):
    """Bokeh's hook for sign-in, answered by the doorkeeper; our handlers do the rest."""

    def __init__(self, doorkeeper: Doorkeeper, still: Mapping[str, Still]) -> None:
        self.doorkeeper = doorkeeper
        self.still = still
        self.pages = OpenPages(doorkeeper)
        super().__init__()

    @property
    def get_user(self) -> None:
        return None

    @property
    def get_user_async(self) -> Callable[[Any], Any]:
        async def get_user(handler: Any) -> str | None:
            principal = await self.doorkeeper.identify(handler.request)
            handler.principal = principal
            return key_of(principal) if principal else None

        return get_user

    @property
    def login_url(self) -> str:
        return "/enter" if self.doorkeeper.app.settings.demo else "/login"

    @property
    def get_login_url(self) -> None:
        return None

    @property
    def login_handler(self) -> None:
        return None

    @property
    def logout_url(self) -> str:
        return "/logout"

    @property
    def logout_handler(self) -> None:
        return None


def may_open(principal: Principal, path: str) -> bool:
    """Whether somebody's scopes open a page. A page that is not listed opens to nobody."""
    scope = PAGES.get(path.rstrip("/") or "/")
    return scope is not None and principal.may(scope)


class NamesViewer(Handler):
    """Puts into a page's signed token whom the page was made for. Nothing secret: anybody can read it in the source."""

    def modify_document(self, doc: Any) -> None:
        return None

    def process_request(self, request: HTTPServerRequest) -> dict[str, Any]:
        return {"viewer": getattr(request, "viewer", "")}


class OpenPages:
    """The websockets of open pages, by person: judged again as soon as somebody's rights change."""

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self.doorkeeper = doorkeeper
        self._open: dict[UUID, set[PageSocket]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        doorkeeper.app.rights_listeners.append(self._rights_changed)

    def opened(self, page: PageSocket) -> None:
        if page.principal is not None and page.principal.id is not None:
            self._open.setdefault(page.principal.id, set()).add(page)
            # Rights may have changed between the handshake and now.
            self._rights_changed(page.principal.id)

    def closed(self, page: PageSocket) -> None:
        user_id = page.principal.id if page.principal else None
        if user_id in self._open:
            self._open[user_id].discard(page)
            if not self._open[user_id]:
                del self._open[user_id]

    def __len__(self) -> int:
        return sum(len(pages) for pages in self._open.values())

    def _rights_changed(self, user_id: UUID) -> None:
        if user_id in self._open:
            task = asyncio.create_task(self._judge(user_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _judge(self, user_id: UUID) -> None:
        for page in tuple(self._open.get(user_id, ())):
            principal = await self.doorkeeper.identify(page.request)
            if principal is None or not may_open(principal, page.request.path.removesuffix("/ws")):
                page.close(RIGHTS_CHANGED, "rights changed")


class PageHandler(DocHandler):
    """A page's GET: who, whether, how often; then Panel draws it."""

    principal: Principal | None = None

    def set_default_headers(self) -> None:
        settings = app_of(self).settings
        for name, value in security_headers(settings, panel_csp(self.request.host, settings)).items():
            self.set_header(name, value)

    def get_login_url(self) -> str:
        url: str = self.application.auth_provider.login_url
        return url

    async def prepare(self) -> None:
        app = app_of(self)
        if any(name in self.request.arguments for name in CHOOSING) or "Bokeh-Session-Id" in self.request.headers:
            raise HTTPError(403)
        try:
            await super().prepare()
        except Unavailable:
            raise HTTPError(503) from None
        # A whole class may stand behind one address: who has signed in is counted as a person.
        address = limit_key(client_address(self.request, app.settings.trusted_proxies))
        whose = key_of(self.principal) if self.principal else address
        if not (await app.limiter.take(f"page:{whose}", PAGE_LOADS)).allowed:
            raise HTTPError(429)
        if self.principal is not None and not may_open(self.principal, self.request.path):
            raise HTTPError(403)
        if self.principal is not None:
            self.request.viewer = key_of(self.principal)

    @authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        still = self.application.auth_provider.still.get(self.request.path)
        if still is None or self.principal is None:
            await super().get(*args, **kwargs)
            return
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(still(app_of(self), self.principal).document())

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(error_page(status_code))


class PageSocket(WSHandler):
    """A page's own websocket: only for the person that the page was made for, and only while they may see it."""

    principal: Principal | None = None

    async def prepare(self) -> None:
        if "Origin" not in self.request.headers:
            raise HTTPError(403)
        try:
            await super().prepare()
        except Unavailable:
            raise HTTPError(503) from None
        path = self.request.path.removesuffix("/ws")
        if self.principal is None or not may_open(self.principal, path):
            raise HTTPError(403)
        if self._viewer() != key_of(self.principal):
            raise HTTPError(403)
        if self._document() not in {session.id for session in self.application_context.sessions}:
            # Its time is over: the page asks for a new one by loading again. Bokeh would make up another, half alive.
            raise HTTPError(410)

    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open()
        self.application.auth_provider.pages.opened(self)

    def on_close(self) -> None:
        self.application.auth_provider.pages.closed(self)
        super().on_close()

    def _viewer(self) -> str:
        """Whom the document's token names. Bokeh checks the signature when the socket opens."""
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        try:
            return str(get_token_payload(offered[-1].strip()).get("viewer", ""))
        except (ValueError, KeyError, TypeError):
            return ""

    def _document(self) -> str:
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        return str(get_session_id(offered[-1].strip()))

    def check_origin(self, origin: str) -> bool:
        return origin_allowed(origin, self.request.host, app_of(self).settings)


class Assets(StaticFileHandler):
    """Our own files. Browsers ask each time whether they are still the same, which costs one short answer."""

    def parse_url_path(self, url_path: str) -> str:
        if "\0" in url_path:
            raise HTTPError(404)
        return super().parse_url_path(url_path)

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        if path.startswith("avatars/"):
            # Embeds show faces in pages of others, some of which want to be told that they may.
            self.set_header("Cross-Origin-Resource-Policy", "cross-origin")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        for name, value in security_headers(app_of(self).settings, PAGE_CSP).items():
            self.set_header(name, value)
        self.finish(error_page(status_code))


class ApiReference(DoorHandler):
    """The REST reference for people, made from the same document as the one for machines."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(api_page(document(ROUTES)))


class TopicsReference(DoorHandler):
    """The socket's topics and messages for people, made from the registry that judges them."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(topics_page(describe()))


class Nowhere(RequestHandler):
    """Every address that is nothing."""

    def prepare(self) -> None:
        raise HTTPError(404)

    def set_default_headers(self) -> None:
        for name, value in security_headers(app_of(self).settings, PAGE_CSP).items():
            self.set_header(name, value)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(error_page(status_code))


class Misdirected(Nowhere):
    """For requests that were meant for another host: no page of ours, no cookie, no hint."""

    def prepare(self) -> None:
        raise HTTPError(421)


def viewer_of_document(doorkeeper: Doorkeeper) -> Principal | None:
    """The person whom the document being built belongs to, by its signed token."""
    context = pn.state.curdoc.session_context if pn.state.curdoc else None
    payload = context.token_payload if context else {}
    principal = doorkeeper.recall(str(payload.get("viewer", "")))
    path = str(payload.get("app_path") or pn.state.app_url or "/")
    return principal if principal is not None and may_open(principal, path) else None


def door_routes(doorkeeper: Doorkeeper) -> list[tuple[Any, ...]]:
    given = {"doorkeeper": doorkeeper}
    return [
        (r"/enter", Personas, given),
        (r"/enter/([\w-]{10,100})", Ticket, given),
        (r"/login", Login, given),
        (r"/login/oidc", Oidc, given),
        (r"/logout", Logout, given),
        (r"/auth/socket-token", SocketToken, given),
        (r"/workshop/?", WorkshopPages, given),
        (r"/workshop/(new)", WorkshopPages, given),
        (r"/(team)", WorkshopPages, given),
        (r"/workshop/templates/([a-z][a-z0-9_]{1,39})", WorkshopPreview, given),
        (r"/workshop/([^/]{1,40})", WorkshopDoor, given),
        (r"/api/v1/?", ApiReference, given),
        (r"/api/v1/topics/?", TopicsReference, given),
        # Panel would import whatever module an address here names. Our components bring their scripts with them.
        (r"/components/.*", Nowhere),
        (r"/assets/(.*)", Assets, {"path": str(STATIC)}),
        (r"/embed/tandem\.js", MadeFile, {"made": Made(embed_script, "text/javascript; charset=utf-8")}),
    ]


def serve(app: App, pages: dict[str, Page], routes: list[tuple[Any, ...]]) -> Any:
    """A Panel server, bound and not yet started. The caller starts it, and stops it."""
    doorkeeper = Doorkeeper(app)
    per_app_patterns[:] = [(r"/ws", PageSocket), (r"/?", PageHandler)]
    settings = app.settings
    server = pn.io.server.get_server(
        {path: _factory(app, doorkeeper, page) for path, page in pages.items()},
        port=settings.port,
        address=settings.host,
        show=False,
        start=False,
        verbose=False,
        title=dict.fromkeys(pages, "Tandem"),
        auth_provider=Doors(doorkeeper, {path: page for path, page in pages.items() if isinstance(page, Still)}),
        websocket_origin=["127.0.0.1"],  # PageSocket judges origins by our own rule instead of this list
        sign_sessions=True,
        secret_key=settings.secret_key.encode(),
        cookie_secret=settings.secret_key,
        include_headers=[],
        include_cookies=[],
        use_index=False,
        extra_patterns=[*door_routes(doorkeeper), *routes],
        default_handler_class=Nowhere,
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Strict", "secure": settings.secure},
        unused_session_lifetime_milliseconds=KEPT_MILLISECONDS,
        check_unused_sessions_milliseconds=5_000,
        http_server_kwargs={
            "max_body_size": 2 * 1024 * 1024,
            "max_header_size": 32 * 1024,
            # How long a connection may take to say what it wants, and may rest between two requests.
            "idle_connection_timeout": 10,
            "body_timeout": 30,
        },
    )
    contexts = tuple(server._tornado._applications.values())
    for context in contexts:
        context.application.add(NamesViewer())
    server._tornado.default_router.rules.insert(0, Rule(ForeignHost(settings), Misdirected))
    doors = server._tornado.auth_provider
    app.metrics.watch("pages_open", "Pages whose own line is open.", lambda: len(doors.pages))
    app.metrics.watch("page_documents", "Pages kept in memory.", lambda: sum(len(c.sessions) for c in contexts))
    return server


def _factory(app: App, doorkeeper: Doorkeeper, page: Page) -> Callable[[], Any]:
    def build() -> Any:
        viewer = viewer_of_document(doorkeeper)
        if viewer is None:
            # The third guard: whatever let the request through, a page without its person shows nothing.
            return pn.Column()
        return page(app, viewer)

    return build
