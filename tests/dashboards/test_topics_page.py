"""The readable page of topics says what the registry says: every topic, every message, with its fields and example."""

from __future__ import annotations

from html import unescape

import pytest

from core.settings import Settings
from core.web.channels.topics import describe
from dashboards.topics_page import facts_of, said, topics_page
from tests.node_kit import Browser, running


@pytest.mark.req("RT-6", "RT-11")
def test_every_topic_and_message_stands_on_the_page() -> None:
    page = unescape(topics_page(describe()))
    for one in describe():
        assert f"<code>{one['topic']}</code></h2>" in page
        for message in (*one["client_messages"], *one["server_messages"]):
            assert f'id="message-{message["name"]}"' in page
    (activity,) = (one for one in said(describe(), "server_messages") if one.name == "new_activity")
    assert {"id", "seq", "user_name", "properties", "timestamp"} <= {field.name for field in activity.fields}
    assert activity.example in page


def test_rights_rates_and_collapse_are_told() -> None:
    lobby, room = (next(one for one in describe() if one["topic"] == name) for name in ("presence:lobby", "user:me"))
    assert ("Rate", "100 messages a minute, with everything else the connection says.") in facts_of(lobby)
    assert ("Presence", "Tracked.") in facts_of(lobby)
    assert ("Other name of", "`user:{me}`") in facts_of(room)
    own = dict(facts_of({**lobby, "own_allowance": True, "messages_a_minute": 150}))
    assert own["Rate"] == "150 messages a minute, of its own."


@pytest.mark.req("RT-11")
async def test_a_node_serves_the_page_and_the_same_for_machines(settings: Settings, database_url: str) -> None:
    async with running(settings, database_url) as node:
        browser = Browser(node)
        page = await browser.get("/api/v1/topics")
        assert page.code == 200
        assert b"presence:lobby" in page.body
        told = await browser.get("/api/v1/topics.json")
        assert told.code == 200
        assert b'"topic":"presence:lobby"' in told.body
