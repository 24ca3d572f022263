"""The balancer before the nodes: a browser keeps its node for pages, sockets go anywhere, people keep their address."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.cluster.kit import LOBBY, front, node, person, running, socket
from tests.load.pages import ask, browser_of, gauge
from tests.node_kit import open_page, page_token
from tests.process_kit import token_for
from tools.cluster import Cluster
from tools.cluster_nginx import COOKIE, configuration


async def served(cluster: Cluster) -> list[int]:
    """The nodes on which somebody is present."""
    return [n for n in range(cluster.number) if await gauge(node(cluster, n), "presence_connections")]


@pytest.mark.req("RT-12", "RT-13")
async def test_sockets_go_to_any_node_and_pages_stay_on_theirs(database_url: str, tmp_path: Path) -> None:
    async with running(tmp_path, 3, database_url) as cluster, AsyncExitStack() as stack:
        for n in range(6):
            client = await stack.enter_async_context(socket(front(cluster), (await person(cluster, f"p{n}"))[1]))
            await (await client.join(LOBBY)).expect("presence_state")
        assert await served(cluster) == [0, 1, 2]

        admin = {"external_id": "admin", "name": "Ada Admin", "role": "admin", "age_band": "18_plus"}
        entrance = (await ask(front(cluster), "POST", "/api/v1/tokens", admin))["enter_url"]
        assert entrance.startswith(cluster.address), "people are sent to the balancer, not to a node"
        browser = browser_of(cluster.port)
        await browser.get(entrance.removeprefix(cluster.address))
        kept = browser.cookies[COOKIE]
        for _ in range(6):
            # A page and its own line: on another node the line would know nothing of the page.
            page = await browser.get("/admin")
            assert page.code == 200
            async with open_page(browser, "/admin", page_token(page.body)) as line:
                assert await line.recv()
        assert browser.cookies[COOKIE] == kept


@pytest.mark.req("SEC-3")
async def test_a_node_counts_people_and_not_the_balancer(database_url: str, tmp_path: Path) -> None:
    async with running(tmp_path, 1, database_url) as cluster:
        browser = browser_of(cluster.port)
        closed = await browser.get("/metrics", **{"X-Forwarded-For": "203.0.113.9"})
        assert closed.code in (401, 403), "whoever comes through the balancer is not this machine itself"
        assert (await token_for(front(cluster), "ada"))["user_id"]


def test_the_balancer_is_told_of_every_node(tmp_path: Path) -> None:
    said = configuration(tmp_path, 8080, [9001, 9002, 9003])
    assert re.findall(r"server 127\.0\.0\.1:(\d+) max_fails", said) == ["9001", "9002", "9003"] * 2
    assert "listen 127.0.0.1:8080" in said
    assert "X-Forwarded-For $remote_addr" in said, "what a stranger says of their address is not handed on"
