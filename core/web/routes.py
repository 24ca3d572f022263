"""REST routes as data: the one list that serves requests, checks scopes and writes the OpenAPI document.

A handler is a plain function. One that reads takes `(call)`; one that changes state takes `(tx, call)` and runs in a
transaction, so the answer goes out after the commit only. What it accepts and returns is read from its annotations:

    @routes("PUT", "/api/v1/people/{external_id}", scope="people:write", summary="Make a person known.")
    async def put_person(tx: Transaction, call: Call[PersonIn, None]) -> PersonOut: ...
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from uuid import UUID

from core.errors import NotFound
from core.ids import parse_id
from core.principal import Principal
from core.safety.limiter import Rate
from core.web.context import Context

B = TypeVar("B")
Q = TypeVar("Q")
F = TypeVar("F", bound=Callable[..., Awaitable[Any]])

KIB = 1024
NORMAL = Rate(120, 60)
"""For people, by default and route."""
READING = Rate(600, 60)
"""For lists that pages and back ends read often."""
HOST = Rate(6000, 60)
"""For what a host platform's back end calls for each of its people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[B, Q]):
    """One request, understood: who asks for what."""

    app: Context
    principal: Principal
    path: Mapping[str, str]
    query: Q
    body: B
    address: str
    base_url: str = ""
    """The address under which people reach this product."""
    from_here: bool = False
    """Whether it came from this machine itself, with no proxy in between."""
    bearer: str = ""
    """What the request carries as its key or token; for routes without a scope that judge it themselves."""

    def path_id(self, name: str) -> UUID:
        """An id from the path; one that is malformed is as unknown as any other."""
        found = parse_id(self.path[name])
        if found is None:
            raise NotFound
        return found


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not made from a type of its own."""

    data: bytes
    content_type: str
    status: int = 200
    file_name: str = ""
    """Where it is a file to keep: what a browser calls it. Letters, figures, dots and hyphens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    method: str
    path: str
    scope: str | None
    """What the caller must hold; None is open to everybody."""
    summary: str
    handler: Callable[..., Awaitable[Any]]
    tag: str
    body: Any = None
    query: Any = None
    answer: Any = None
    media: Mapping[str, Any] = field(default_factory=dict)
    """The content types of a raw answer; the type behind it where that is JSON, else None."""
    shown_body: Any = None
    """The body's type as documented, where the handler itself is laxer so that it can judge item by item."""
    writes: bool = False
    status: int = 200
    errors: tuple[int, ...] = ()
    rate: Rate = NORMAL
    max_body: int = 64 * KIB
    check_texts: bool = True
    """Whether a text that cannot be stored refuses the whole body; a handler that judges item by item says no."""
    secret: bool = False
    """Whether the answer holds a secret: never kept in the clear."""
    example: Mapping[str, Any] | None = None
    answer_example: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def pattern(self) -> str:
        return re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.path)


@dataclass
class Routes:
    """The routes of one resource."""

    tag: str
    found: list[Route] = field(default_factory=list)

    def __call__(self, method: str, path: str, *, scope: str | None, summary: str, **more: Any) -> Callable[[F], F]:
        def register(handler: F) -> F:
            hints = get_type_hints(handler)
            body, query = get_args(hints["call"])
            none = type(None)
            answer = hints["return"]
            self.found.append(
                Route(
                    method=method,
                    path=path,
                    scope=scope,
                    summary=summary,
                    handler=handler,
                    tag=self.tag,
                    body=None if body is none else body,
                    query=None if query is none else query,
                    answer=None if answer is none else answer,
                    writes="tx" in inspect.signature(handler).parameters,
                    **({"status": 204} if answer is none else {}) | more,
                )
            )
            return handler

        return register
