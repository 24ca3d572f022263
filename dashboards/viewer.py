"""A page's subscription to a LiveView: one open document that watches one replica of this node.

It starts when the page's own socket is up and ends with the document, whatever ended it. A change is written straight
to the socket, at once after a quiet moment; more of them are gathered, so that it writes eight times a second at most.
A viewer that fails is logged and stops; nobody else notices.

    LiveViewer(replicas, "jobs", lambda state: table.param.update(rows=rows_of(state)))
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from typing import Any, Final, Protocol, TypeVar

import panel as pn
from bokeh.document import Document
from panel.io.state import set_curdoc

log = logging.getLogger(__name__)

HZ: Final = 8.0

T = TypeVar("T")
OnState = Callable[[Any], None]
Unwatch = Callable[[], None]


def apart(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Run what a page began outside the page's own context.

    A context names the page's document, and whatever is made in it (a timer of the database driver, a task that goes on
    for others) keeps that document alive long after the tab is closed.
    """
    return asyncio.create_task(work, context=Context())


class Watched(Protocol):
    """What a viewer needs of a replica: its state now, and to be told of later ones."""

    state: Any

    def watch(self, on_change: Callable[[Any, Any], None], /) -> Unwatch: ...


class Source(Protocol):
    """Where replicas come from: `core.live.replica.Replicas`."""

    def get(self, topic: str, /) -> Awaitable[Watched]: ...


class LiveViewer:
    """Made inside a page's factory. `show(state)` touches this document's components only."""

    def __init__(self, source: Source, topic: str, show: OnState, *, hz: float = HZ) -> None:
        document = pn.state.curdoc
        if document is None:
            raise RuntimeError("a viewer belongs to a page that is being made")
        self._source, self._topic, self._show, self._pause = source, topic, show, 1 / hz
        self._document: Document | None = document
        self._unwatch: Unwatch | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._latest: Any = None
        self._stopped = False
        self._next = 0.0
        pn.state.onload(self._start)
        pn.state.on_session_destroyed(lambda _: self.stop())

    @property
    def watching(self) -> bool:
        return self._unwatch is not None

    def stopped(self) -> bool:
        return self._stopped

    async def _start(self) -> None:
        if self.stopped():
            return
        replica = await apart(self._replica())
        # Nothing is missed between this state and the watch: no await stands between them. The document may be gone.
        if self.stopped():
            return
        self._unwatch = replica.watch(self._changed)
        self._changed(replica.state, None)

    async def _replica(self) -> Watched:
        return await self._source.get(self._topic)

    def _changed(self, state: Any, _: Any) -> None:
        self._latest = state
        if self._timer is None:
            # At once after a quiet moment; in a flood, when the pause since the last writing is over.
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._next - loop.time()), self._flush)

    def _flush(self) -> None:
        self._timer = None
        self._next = asyncio.get_running_loop().time() + self._pause
        document = self._document
        if document is None or document.session_context is None:
            self.stop()
            return
        try:
            with set_curdoc(document), pn.io.unlocked():
                self._show(self._latest)
        except Exception:
            log.exception("a viewer failed and was stopped", extra={"topic": self._topic})
            self.stop()

    def stop(self) -> None:
        """Let go of the replica, the timer and the document. Calling it again does nothing."""
        self._stopped = True
        if self._unwatch is not None:
            self._unwatch()
        if self._timer is not None:
            self._timer.cancel()
        self._unwatch = self._timer = self._document = self._latest = None
