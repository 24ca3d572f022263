"""Every topic of the socket as data: who may join, what may be said, what is heard. What is not listed is refused.

A topic is one audience: whoever may join may read every message. `authorize` is asked at the join and again whenever
somebody's rights change. An alias is the same topic under another name; it answers on the name that was joined.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.accounts import visibility
from core.activity.reacting import react
from core.content import subjects
from core.errors import Forbidden, NotFound
from core.ids import parse_id
from core.live.liveview import match
from core.presence.service import Presence
from core.principal import Principal
from core.safety.gate import Gate
from core.transaction import Transactions
from core.web.channels import messages as m


@dataclass(frozen=True, slots=True)
class Services:
    """What the handlers of messages may call."""

    presence: Presence
    transactions: Transactions
    gate: Gate


@dataclass(frozen=True, slots=True)
class Push:
    """One checked message of a client, with who sent it and where."""

    principal: Principal
    connection: str
    topic: str
    params: Mapping[str, str]
    payload: Any
    services: Services


Handler = Callable[[Push], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class PushSpec:
    name: str
    type: type[m.Strict]
    handle: Handler
    scope: str
    refusal: str = "invalid_payload"
    """The reason given for a payload that does not fit."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class MessageSpec:
    name: str
    type: Any
    version: int = 1


@dataclass(frozen=True, slots=True)
class TopicSpec:
    pattern: str
    title: str
    scope: str
    """The scope that a join asks for."""
    rule: str = "anyone"
    """The further rule, by its name in RULES."""
    presence: bool = False
    history: bool = False
    alias_of: str = ""
    collapse: frozenset[str] = frozenset()
    """Messages of which a slow reader needs only the latest."""
    pushes: tuple[PushSpec, ...] = ()
    messages: tuple[MessageSpec, ...] = field(default=())

    def push(self, name: str) -> PushSpec | None:
        return next((push for push in self.pushes if push.name == name), None)


@dataclass(frozen=True, slots=True)
class Found:
    spec: TopicSpec
    topic: str
    """The name that was asked for."""
    canonical: str
    """The name under which it is published."""
    params: dict[str, str]


# --- rules: a reason to refuse, or nothing


def _anyone(principal: Principal, params: Mapping[str, str]) -> str:
    return ""


def _owner(principal: Principal, params: Mapping[str, str]) -> str:
    return "" if parse_id(params.get("user_id")) == principal.id else "not_yours"


def _member(principal: Principal, params: Mapping[str, str]) -> str:
    wanted = parse_id(params.get("cohort_id"))
    return "" if wanted is not None and wanted == principal.cohort_id else "not_in_cohort"


def _subject(principal: Principal, params: Mapping[str, str]) -> str:
    # A made-up one would be a topic with a state of its own to keep.
    return "" if params.get("subject_id", "") in subjects() else "unknown_subject"


def _somebody(principal: Principal, params: Mapping[str, str]) -> str:
    # On the other side of a block they are as unknown as somebody who does not exist.
    wanted = parse_id(params.get("user_id"))
    return "" if wanted is not None and wanted not in principal.hidden else "unknown_person"


RULES: dict[str, Callable[[Principal, Mapping[str, str]], str]] = {
    "anyone": _anyone,
    "owner": _owner,
    "member": _member,
    "subject": _subject,
    "somebody": _somebody,
}


# --- what clients say


async def update_status(push: Push) -> None:
    push.services.presence.change(push.connection, status=push.payload.status)


async def update_activity(push: Push) -> None:
    push.services.presence.change(push.connection, activity=push.payload.activity)


async def react_to(push: Push) -> dict[str, Any]:
    said = push.payload
    done = await push.services.transactions.run(
        push.principal, react, push.services.gate, said.activity_id, said.reaction
    )
    return {"activity_id": str(done.activity_id), "mine": done.mine, "reactions": done.counts}


REACTING = (PushSpec("react", m.React, react_to, "activity:react"),)


async def appear_offline(push: Push) -> None:
    await push.services.transactions.run(push.principal, visibility.appear_offline, push.payload.offline)


WHILE_HERE = (
    PushSpec("update_status", m.UpdateStatus, update_status, "presence:write", refusal="invalid_status"),
    PushSpec("update_activity", m.UpdateActivity, update_activity, "presence:write", refusal="invalid_activity"),
    PushSpec("appear_offline", m.AppearOffline, appear_offline, "presence:write"),
)

# --- what they hear

PRESENCE = (
    MessageSpec("presence_state", m.PresenceState),
    MessageSpec("presence_diff", m.PresenceDiff),
    MessageSpec("presence_count", m.PresenceCount),
)
COUNT = frozenset({"presence_count"})
FEED = (
    MessageSpec("new_activity", m.NewActivity),
    MessageSpec("activity_reacted", m.ActivityReacted),
    MessageSpec("person_updated", m.PersonUpdated),
    MessageSpec("person_removed", m.PersonRemoved),
    MessageSpec("snapshot", m.Snapshot),
)

TOPICS: tuple[TopicSpec, ...] = (
    TopicSpec(
        "presence:lobby",
        "Everybody who is here and may be seen by everybody.",
        "presence:read",
        presence=True,
        collapse=COUNT,
        pushes=WHILE_HERE,
        messages=PRESENCE,
    ),
    TopicSpec(
        "presence:subject:{subject_id}",
        "Everybody who is in a subject and may be seen by everybody.",
        "presence:read",
        rule="subject",
        presence=True,
        collapse=COUNT,
        pushes=WHILE_HERE,
        messages=PRESENCE,
    ),
    TopicSpec(
        "subject:{subject_id}",
        "Everybody who practises a subject and may be seen by everybody.",
        "presence:read",
        rule="subject",
        presence=True,
        collapse=COUNT,
        pushes=WHILE_HERE,
        messages=PRESENCE,
    ),
    TopicSpec(
        "activity:global",
        "What everybody may see of what happens.",
        "activity:read",
        history=True,
        pushes=REACTING,
        messages=FEED,
    ),
    TopicSpec(
        "activity:feed",
        "The same under an older name.",
        "activity:read",
        history=True,
        alias_of="activity:global",
        pushes=REACTING,
        messages=FEED,
    ),
    TopicSpec(
        "activity:subject:{subject_id}",
        "The same for one subject.",
        "activity:read",
        rule="subject",
        history=True,
        pushes=REACTING,
        messages=FEED,
    ),
    TopicSpec(
        "activity:user:{user_id}",
        "What everybody may see of one person's doings: for those who follow them.",
        "activity:read",
        rule="somebody",
        history=True,
        pushes=REACTING,
        messages=FEED,
    ),
    TopicSpec(
        "cohort:{cohort_id}",
        "A cohort's own room: its members who are here, and what they do.",
        "activity:read",
        rule="member",
        presence=True,
        history=True,
        collapse=COUNT,
        pushes=WHILE_HERE + REACTING,
        messages=PRESENCE + FEED,
    ),
    TopicSpec("user:me", "One's own messages, without knowing one's id.", "socket:connect", alias_of="user:{me}"),
    TopicSpec("user:{user_id}", "One person's own messages.", "socket:connect", rule="owner"),
    TopicSpec("notifications:{user_id}", "One person's notifications.", "socket:connect", rule="owner"),
)


def find(topic: str, principal: Principal, specs: tuple[TopicSpec, ...] = TOPICS) -> Found:
    """The declared topic that a name means for somebody; NotFound when there is none."""
    for spec in specs:
        params = match(spec.pattern, topic)
        if params is not None:
            ids = {"me": str(principal.id)}
            ids |= {key: str(parse_id(value) or value) for key, value in params.items()}
            name = spec.alias_of or spec.pattern
            for key, value in ids.items():
                name = name.replace("{" + key + "}", value)
            return Found(spec, topic, name, params)
    raise NotFound("There is no such topic.", reason="unmatched topic")


def authorize(principal: Principal, topic: str, specs: tuple[TopicSpec, ...] = TOPICS) -> Found:
    """Let somebody onto a topic, or raise Forbidden with the reason."""
    found = find(topic, principal, specs)
    if principal.id is None or principal.kind not in ("person", "staff"):
        raise Forbidden(reason="forbidden")
    if not principal.may(found.spec.scope):
        raise Forbidden(reason="forbidden", scope=found.spec.scope)
    reason = RULES[found.spec.rule](principal, found.params)
    if reason:
        raise Forbidden(reason=reason)
    return found


def describe(specs: tuple[TopicSpec, ...] = TOPICS) -> list[dict[str, Any]]:
    """Every topic with its messages and their schemas, for the reference pages and for client libraries."""
    return [
        {
            "topic": spec.pattern,
            "title": spec.title,
            "scope": spec.scope,
            "rule": spec.rule,
            "presence": spec.presence,
            "history": spec.history,
            "alias_of": spec.alias_of or None,
            "join": msgspec.json.schema(m.JoinParams) if spec.history else None,
            "client_messages": [_described(push.name, push.version, push.type, push.scope) for push in spec.pushes],
            "server_messages": [_described(said.name, said.version, said.type) for said in spec.messages],
        }
        for spec in specs
    ]


def _described(name: str, version: int, form: Any, scope: str | None = None) -> dict[str, Any]:
    said = {"name": name, "version": version, "schema": msgspec.json.schema(form)}
    return said | {"scope": scope} if scope else said
