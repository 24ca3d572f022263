"""The one handler behind all REST routes: who asks, may they, how often, what for; then the answer in one form.

Everything that can be refused before the body is read is decided before the body is read. A refused body is let pass
unread up to a bound, so that the client gets to see its answer instead of a broken connection.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError, RequestHandler, stream_request_body

from core.errors import NotFound, TandemError, TooLarge
from core.ids import new_id
from core.logging_setup import REQUEST_ID, WHO, pseudonym
from core.principal import NOBODY, Principal
from core.web.answers import BY_STATUS, MethodNotAllowed, Response, refusal, run
from core.web.context import Context
from core.web.gauges import watch
from core.web.idempotency import HEADER, Once, read_key, request_hash, sealing
from core.web.identity import bearer_of, identify
from core.web.limits import caller_of, limit_route
from core.web.parsing import Nothing, check_content, parse_body, parse_query
from core.web.routes import Call, Route
from core.web.security import base_url, client_address, from_this_machine, reading_headers, security_headers

log = logging.getLogger(__name__)

DRAIN = 8 * 1024 * 1024
"""How much of a body that nobody wants is let pass before the connection is cut."""
BODY_SECONDS = 30.0
LONGEST_PART = 200
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


@stream_request_body
class ApiHandler(RequestHandler):
    def initialize(self, app: Context, routes: Mapping[str, Route]) -> None:
        self.app, self.routes = app, routes
        self.route: Route | None = None
        self.principal: Principal = NOBODY
        self.failure: Exception | None = None
        self.chunks: list[bytes] = []
        self.received = 0
        self.started = app.clock.monotonic()
        self.request_id = _request_id(self.request)

    def set_default_headers(self) -> None:
        # Tornado calls this before `initialize` and again for each error.
        self.clear_header("Server")
        app: Context | None = getattr(self, "app", None)
        if app is None:
            return
        for name, value in security_headers(app.settings).items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Request-Id", self.request_id)
        if self.request.method in ("GET", "HEAD", "OPTIONS"):
            for name, value in reading_headers(self.request.headers.get("Origin"), app.settings).items():
                self.set_header(name, value)

    def check_xsrf_cookie(self) -> None:
        """Other sites are kept out by our own header and the origin, where a cookie speaks for the caller."""

    def compute_etag(self) -> str | None:
        return None

    # --- before the body

    async def prepare(self) -> None:
        self.set_default_headers()
        if self._may_be_asked():
            self.set_status(204)
            self.finish()
            return
        REQUEST_ID.set(self.request_id)
        connection: Any = self.request.connection
        connection.set_max_body_size(DRAIN)
        connection.set_body_timeout(BODY_SECONDS)
        try:
            await self._admit()
        except Exception as error:
            self.failure = error

    def _may_be_asked(self) -> bool:
        """Whether a browser asks on behalf of a page that may read here whether it may."""
        asks = self.request.method == "OPTIONS" and "Access-Control-Request-Method" in self.request.headers
        return asks and "GET" in self.routes and "Access-Control-Allow-Origin" in self._headers

    async def _admit(self) -> None:
        route = self.routes.get("GET" if self.request.method == "HEAD" else self.request.method or "")
        if route is None:
            raise NotFound if not self.routes else MethodNotAllowed(allow=sorted(self.routes))
        self.route = route
        if any(len(part) > LONGEST_PART or "\0" in part for part in self.path_kwargs.values()):
            raise NotFound
        address = self.address = client_address(self.request, self.app.settings.trusted_proxies)
        if route.scope is not None:
            self.principal = await identify(self.app, self.request, address)
            WHO.set(pseudonym(self.app.settings.secret_key, self.principal))
            self.principal.require(route.scope)
        await limit_route(self.app.limiter, route, caller_of(self.principal, address))
        self._check_size(int(self.request.headers.get("Content-Length") or 0))

    def _check_size(self, size: int) -> None:
        if self.route is not None and size > self.route.max_body:
            self.chunks.clear()
            raise TooLarge(limit=self.route.max_body)

    def data_received(self, chunk: bytes) -> None:
        self.received += len(chunk)
        if self.failure is not None:
            return
        try:
            self._check_size(self.received)
            self.chunks.append(chunk)
        except TooLarge as error:
            self.failure = error

    # --- after it

    async def _serve(self, **path: str) -> None:
        try:
            if self.failure is not None or self.route is None:
                raise self.failure or NotFound
            call = self._understand(self.route, path)
            response = await run(self.route, call, self._once(self.route, call))
        except Exception as error:
            response = self._refused(error)
        self._respond(response)

    get = post = put = patch = delete = head = options = _serve

    def _understand(self, route: Route, path: dict[str, str]) -> Call[Any, Any]:
        body = b"".join(self.chunks)
        parsed: Any = None
        if body or route.body is not None:
            check_content(
                self.request.headers.get("Content-Type", ""), self.request.headers.get("Content-Encoding", "")
            )
            parsed = parse_body(body, route.body or Nothing, check_texts=route.check_texts)
        query = parse_query(self.request.query_arguments, route.query or Nothing)
        return Call(
            app=self.app,
            principal=self.principal,
            path=path,
            query=query if route.query else None,
            body=parsed if route.body else None,
            address=self.address,
            base_url=base_url(self.request, self.app.settings),
            from_here=from_this_machine(self.request),
            bearer=bearer_of(self.request),
        )

    def _once(self, route: Route, call: Call[Any, Any]) -> Once | None:
        """The idempotency of a POST that carries a key."""
        if route.method != "POST" or HEADER not in self.request.headers:
            return None
        return Once(
            caller=caller_of(call.principal, call.address),
            key=read_key(self.request.headers[HEADER]),
            request_hash=request_hash(route.name, dict(call.path), call.body),
            seal=sealing(self.app.settings.secret_key) if route.secret else None,
        )

    def _refused(self, error: Exception) -> Response:
        if not isinstance(error, TandemError):
            if not isinstance(error, HTTPError):
                where = self.route.name if self.route else "no route"
                log.error("a request failed", extra={"route": where}, exc_info=error)
            error = BY_STATUS.get(getattr(error, "status_code", 500), TandemError)()
        response = refusal(error, self.request_id)
        if error.status == 405:
            response.headers["Allow"] = ", ".join(sorted(self.routes))
        return response

    def _respond(self, response: Response) -> None:
        self.set_status(response.status)
        for name, value in response.headers.items():
            self.set_header(name, value)
        if response.status != 204:
            self.set_header("Content-Type", response.content_type)
            self.write(response.body)
        self.finish()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """What Tornado refuses by itself, in our shape."""
        _, error, _ = kwargs.get("exc_info", (None, None, None))
        self._respond(self._refused(error if isinstance(error, Exception) else HTTPError(status_code)))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Said once, in `_refused`; Tornado's own line would hold the whole address."""

    def _request_summary(self) -> str:
        """What Tornado's own lines call this request: without ids, queries and addresses."""
        return f"{self.request.method} {self.route.path if self.route else 'unknown'}"

    def on_finish(self) -> None:
        seconds = self.app.clock.monotonic() - self.started
        template = self.route.path if self.route else "unknown"
        method = self.request.method if self.request.method in self.SUPPORTED_METHODS else "other"
        self.app.metrics.request(str(method), template, self.get_status(), seconds)
        if self.get_status() == 429:
            self.app.metrics.limited.labels(template).inc()
        told = {"method": method, "route": template, "status": self.get_status(), "ms": round(seconds * 1000, 1)}
        log.info("request", extra=told)

    def on_connection_close(self) -> None:
        # In the middle of a body: whoever waits for the rest must not wait for ever.
        body = getattr(self.request, "_body_future", None)
        if body is not None and not body.done():
            body.set_exception(StreamClosedError())
            body.exception()


def _request_id(request: HTTPServerRequest) -> str:
    """The caller's own id of this request if it is plain, else a new one."""
    given = request.headers.get("X-Request-Id", "")
    return given if GIVEN_ID.fullmatch(given) else new_id().hex


def handlers(app: Context, routes: Iterable[Route]) -> list[tuple[str, type[ApiHandler], dict[str, Any]]]:
    """Tornado's handlers of these routes, with one at the end for everything else under `/api/`."""
    watch(app)
    by_path: dict[str, dict[str, Route]] = defaultdict(dict)
    for route in routes:
        if route.method in by_path[route.pattern]:
            raise ValueError(f"two routes are called {route.name}")
        by_path[route.pattern][route.method] = route
    found: list[tuple[str, type[ApiHandler], dict[str, Any]]] = [
        (pattern, ApiHandler, {"app": app, "routes": methods}) for pattern, methods in by_path.items()
    ]
    return [*found, (r"/api/.*", ApiHandler, {"app": app, "routes": {}})]


def application(app: Context, routes: Iterable[Route]) -> Application:
    """REST on its own, with no pages beside it."""
    nothing = {"app": app, "routes": {}}
    return Application(
        handlers(app, routes),
        default_handler_class=ApiHandler,
        default_handler_args=nothing,
    )
