"""The readable page of the socket's topics and messages, beside `topics.json`: the registry, entry by entry.

It shows what the registry says and nothing else; schemas are told as fields, and each message has its example.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.api_page import Field, fields_of, paragraphs
from dashboards.escape import render

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Topic:
    id: str
    pattern: str
    title: str
    facts: list[tuple[str, str]]
    says: list[str]
    hears: list[str]
    example: str


@dataclass(frozen=True, slots=True)
class Said:
    id: str
    name: str
    version: int
    text: list[str]
    scope: str
    fields: list[Field]
    example: str


def topics_page(described: Sequence[Json], *, source: str = "/api/v1/topics.json") -> str:
    return render(
        "topics.html",
        title="Topics",
        source=source,
        topics=[_topic(one) for one in described],
        groups=[
            ("Clients say", said(described, "client_messages")),
            ("Clients hear", said(described, "server_messages")),
        ],
    )


def said(described: Sequence[Json], key: str) -> list[Said]:
    """Every message of one direction, once, in the order in which topics name them."""
    found = {one["name"]: one for topic in described for one in topic[key]}
    return [_said(one) for one in found.values()]


def _topic(one: Json) -> Topic:
    return Topic(
        id="topic-" + "".join(letter if letter.isalnum() else "-" for letter in one["topic"]),
        pattern=one["topic"],
        title=one["title"],
        facts=facts_of(one),
        says=[message["name"] for message in one["client_messages"]],
        hears=[message["name"] for message in one["server_messages"]],
        example=_line(one["join_example"]),
    )


def facts_of(one: Json) -> list[tuple[str, str]]:
    """What there is to know before joining, each in a few words."""
    facts = [
        ("Who may join", f"{one['who']} Scope `{one['scope']}`."),
        ("Presence", "Tracked." if one["presence"] else "None."),
        ("History", "Kept: join with `since` and `epoch`." if one["history"] else "None."),
    ]
    if one["alias_of"]:
        facts.append(("Other name of", f"`{one['alias_of']}`"))
    if one["client_messages"]:
        whose = "of its own" if one["own_allowance"] else "with everything else the connection says"
        facts.append(("Rate", f"{one['messages_a_minute']} messages a minute, {whose}."))
    if one["collapse"]:
        latest = ", ".join(f"`{name}`" for name in one["collapse"])
        facts.append(("A slow reader", f"Gets only the latest {latest}, and the present state for the rest it missed."))
    return facts


def _said(one: Json) -> Said:
    schema = one["schema"]
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    body = schema.get("$defs", {}).get(name, schema)
    return Said(
        id=f"message-{one['name']}",
        name=one["name"],
        version=one["version"],
        text=paragraphs(body.get("description", "")),
        scope=one.get("scope", ""),
        fields=fields_of(schema, body),
        example=_line(one["example"]),
    )


def _line(message: Any) -> str:
    return json.dumps(message, indent=2, ensure_ascii=False)
