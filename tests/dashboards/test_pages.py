"""Pages live off LiveViews and let go of everything when their tab closes."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import msgspec
import pytest

from core.app import App
from dashboards.pages.health import HealthModel
from dashboards.template import Shell
from panel_app import Node
from tests.factories import Make
from tests.node_kit import Browser, ClientConnection, open_page, page_token


async def pull(socket: ClientConnection) -> None:
    """What a page's script does first: ask for the document, and say that it is there."""
    await until(socket, "ACK")
    await say(socket, "PULL-DOC-REQ", {})
    await until(socket, "PULL-DOC-REPLY")
    ready = {"type": "event", "name": "document_ready", "values": {"type": "map"}}
    await say(socket, "PATCH-DOC", {"events": [{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": ready}]})


async def say(socket: ClientConnection, kind: str, content: dict[str, Any]) -> None:
    for part in ({"msgid": kind, "msgtype": kind}, {}, content):
        await socket.send(msgspec.json.encode(part).decode())


async def until(socket: ClientConnection, text: str) -> str:
    """The next part of a message that says this."""
    while True:
        async with asyncio.timeout(10):
            part = await socket.recv()
        said = part if isinstance(part, str) else part.decode("utf-8", "replace")
        if text in said:
            return said


async def expire(node: Node) -> None:
    """Let go of every page that has no connection, as the server does after its grace time."""
    for context in node.server._tornado._applications.values():
        await context._cleanup_sessions(0)


def watchers(app: App) -> int:
    return sum(len(replica.watchers) for replica in app.replicas._open.values())


async def test_a_fact_reaches_an_open_page_over_its_own_socket(browser: Browser, node: Node, make: Make) -> None:
    admin = await make.person(role="admin")
    adult = await make.person(name="Wanda Quill")
    browser.carry("tandem", make.token(admin, "page"))
    token = page_token((await browser.get("/admin")).body)
    async with open_page(browser, "/admin", token) as socket:
        await pull(socket)
        await make.fact(adult, skill="geometry")
        assert await until(socket, "Wanda Quill")


def alive(kind: type) -> set[int]:
    return {id(o) for o in gc.get_objects() if type(o) is kind}


async def test_closed_tabs_leave_no_subscriber_and_no_page(browser: Browser, node: Node, make: Make) -> None:
    admin = await make.person(role="admin")
    browser.carry("tandem", make.token(admin, "page"))
    gc.collect()
    shells, models, seen = alive(Shell), alive(HealthModel), set()
    for _ in range(5):
        token = page_token((await browser.get("/admin")).body)
        async with open_page(browser, "/admin", token) as socket:
            await pull(socket)
            await until(socket, "All is well")
            assert watchers(node.app) > 0
            assert len(node.feed) > 0
            seen |= alive(Shell) - shells
    assert len(seen) == 5
    await expire(node)
    gc.collect()
    assert watchers(node.app) == 0
    assert len(node.feed) == 0
    assert alive(Shell) - shells == set()
    # Panel clears its rubbish a few seconds later; until then its timer remembers the last page it was asked for.
    assert len(alive(HealthModel) - models) <= 1


async def test_a_page_without_a_region_keeps_nothing_on_the_server(browser: Browser, node: Node) -> None:
    await browser.enter("demo-student")
    gc.collect()
    shells = alive(Shell)
    for _ in range(5):
        page = await browser.get("/")
        assert page.code == 200
        assert b"<tandem-feed" in page.body
    gc.collect()
    assert sum(len(context.sessions) for context in node.server._tornado._applications.values()) == 0
    assert alive(Shell) - shells == set()


@pytest.mark.req("UI-5")
async def test_what_a_first_visit_loads_of_ours_is_small(browser: Browser) -> None:
    import re

    await browser.enter("demo-student")
    seen, waiting = set(), ["/"]
    total = 0
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        body = (await browser.get(path)).body
        total += len(body)
        text = body.decode("utf-8", "replace")
        folder = path.rsplit("/", 1)[0]
        if path == "/" or path.endswith((".js", ".css")):
            waiting += re.findall(r'(?:href|src)="(/assets/[^"?]+)', text)
            waiting += [f"{folder}/{name}" for name in re.findall(r'from "\./([^"]+)"', text)]
            waiting += re.findall(r'(?:from|import) "(/assets/[^"]+)"', text)
            waiting += re.findall(r'url\("?(/assets/fonts/inter-latin\.woff2)', text)
    assert len(seen) > 10
    assert total < 500 * 1024, f"{total:,} bytes of our own"
