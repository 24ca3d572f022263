"""A viewer gathers changes, ends with its document, and keeps its troubles to itself."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from dashboards.viewer import LiveViewer


class Replica:
    """A state that changes when it is told to."""

    def __init__(self) -> None:
        self.state: Any = 0
        self.watchers: list[Callable[[Any, Any], None]] = []
        self.left = asyncio.Event()

    def watch(self, on_change: Callable[[Any, Any], None], /) -> Callable[[], None]:
        self.watchers.append(on_change)

        def unwatch() -> None:
            self.watchers.remove(on_change)
            self.left.set()

        return unwatch

    def become(self, state: Any) -> None:
        self.state = state
        for watcher in tuple(self.watchers):
            watcher(state, None)

    async def get(self, topic: str, /) -> Replica:
        return self


class Context:
    """What a document holds on to while its page is open."""

    session = server_context = None
    destroyed = False


class Page:
    """An open document, as the server keeps one."""

    def __init__(self) -> None:
        self.document = Document()
        self.context = Context()
        self.document._session_context = weakref.ref(self.context)

    def viewer(self, source: Replica, show: Callable[[Any], None]) -> LiveViewer:
        with set_curdoc(self.document):
            return LiveViewer(source, "topic", show, hz=50)


class Seen:
    """What a viewer was shown, and a way to wait for it."""

    def __init__(self) -> None:
        self.states: list[Any] = []
        self._came: asyncio.Queue[Any] = asyncio.Queue()

    def show(self, state: Any) -> None:
        self.states.append(state)
        self._came.put_nowait(state)

    async def wait(self, state: Any) -> None:
        async with asyncio.timeout(5):
            while await self._came.get() != state:
                pass


async def test_many_changes_are_one_drawing_of_the_newest() -> None:
    replica, page, seen = Replica(), Page(), Seen()
    viewer = page.viewer(replica, seen.show)
    await viewer._start()
    for n in range(1, 101):
        replica.become(n)
    await seen.wait(100)
    assert len(seen.states) <= 2
    viewer.stop()
    assert replica.watchers == []


async def test_a_viewer_that_fails_stops_alone(caplog: pytest.LogCaptureFixture) -> None:
    replica, one, other, seen = Replica(), Page(), Page(), Seen()

    def fail(_: Any) -> None:
        raise ValueError("broken")

    broken, sound = one.viewer(replica, fail), other.viewer(replica, seen.show)
    await broken._start()
    await sound._start()
    replica.become(7)
    await seen.wait(7)
    assert not broken.watching
    assert sound.watching
    assert "a viewer failed" in caplog.text
    sound.stop()


async def test_a_viewer_lets_go_when_its_document_is_gone() -> None:
    replica, page = Replica(), Page()
    viewer = page.viewer(replica, lambda _: None)
    await viewer._start()
    page.document._session_context = None
    replica.become(1)
    async with asyncio.timeout(5):
        await replica.left.wait()
    assert not viewer.watching


async def test_a_page_that_closes_before_the_state_is_there_watches_nothing() -> None:
    page = Page()

    class Slow(Replica):
        async def get(self, topic: str, /) -> Replica:
            viewer.stop()
            return self

    source = Slow()
    viewer = page.viewer(source, lambda _: None)
    await viewer._start()
    assert source.watchers == []
    viewer.stop()


def test_a_viewer_belongs_to_a_page() -> None:
    with pytest.raises(RuntimeError):
        LiveViewer(Replica(), "topic", lambda _: None)
