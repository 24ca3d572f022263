"""A town in which somebody of every kind must not be seen, and people of every role who look through every door.

Those who are looked for have a name that nobody else has. One of them may be seen by everybody: where that one does not
show, a door that shows nobody proves nothing. `live` has a person do all that a member can do, `Eyes` are one viewer's:
every page, every answer of REST and everything that comes over a socket, kept until it is searched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from uuid import UUID

from websockets.asyncio.client import connect

from core.accounts.access import PAGES, ROLES
from core.accounts.visibility import appear_offline
from core.activity.commands import take_in
from core.app import App
from core.content import subjects
from core.errors import TandemError
from core.practice.catalogue import what_of
from core.practice.commands import start_practice
from core.practice.pairs import invite
from core.principal import SYSTEM
from core.social.challenges import Made as Challenged
from core.social.challenges import challenge_cohort
from core.social.friendships import answer_friendship, request_friendship
from core.web.channels.topics import TOPICS
from core.web.rest import ROUTES
from core.web.routes import Route
from data.tables import User
from tests.channel_kit import ChannelClient
from tests.factories import Make
from tests.node_kit import Browser
from tests.patience import until

NAMES = {"seen": "Zorseen", "blocked": "Zorblock", "child": "Zorchild", "teen": "Zorteen", "gone": "Zorgone"}
NAMES |= {"unlisted": "Zorlist", "offline": "Zoroffline"}
FAMILY = "Quixworth"
PERIODS = ("daily", "weekly", "all_time")
A_LINE = 80
"""Topics to a line: fewer than it may say in a minute."""
BOARDS = ("leaderboard", "rank")
HERE = ("presence", "race", "competitors", "friends_online", "members_online")
"""Beginnings of doors and messages from which who is not listed, and who appears offline, must stay away."""
STAFFS = {
    "GET /api/v1/results/reviews",
    "GET /api/v1/reports",
    "GET /api/v1/cohort/desk",
    "reviews:results",
    "moderation:activities",
    "cohort:{cohort_id}:desk",
}
"""Doors behind which staff weigh what somebody did: they must know who it was."""
OWN_DECISION = {"GET /api/v1/blocks"}
"""Whom one has blocked is listed for oneself, to be taken back."""


@dataclass
class Town:
    make: Make
    people: dict[str, User] = field(default_factory=dict)
    viewers: dict[str, User] = field(default_factory=dict)
    items: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each of the people left: ids by the name of a route's parameter."""
    _skills: Iterator[str] = field(default_factory=lambda: cycle(s for one in subjects().values() for s in one.skills))

    @property
    def app(self) -> App:
        return self.make.app

    async def build(self) -> None:
        make = self.make
        for role in ROLES:
            self.viewers[role] = await make.person(role=role, cohort="blue", name=f"Viewer {role}")
        for name, cohort in (("unlisted", "blue"), ("neighbour", "green"), ("loner", "")):
            self.viewers[name] = await make.person(cohort=cohort, name=f"Viewer {name}")
        for kind, name in NAMES.items():
            cohort = "green" if kind in ("child", "teen") else "blue"
            role = "tutor" if kind in ("seen", "blocked", "gone") else "student"
            self.people[kind] = await make.person(cohort=cohort, name=f"{name} {FAMILY}", role=role)
        await take_in(self.app.transactions, SYSTEM, [make.event(viewer) for viewer in self.viewers.values()])
        for kind in self.people:
            await self.live(kind)
            await self.meet(kind)
        await self.app.settle()

    async def come(self, base: str, lines: AsyncExitStack) -> None:
        """Everybody who is looked for is here, in all places where somebody can be."""
        for person in self.people.values():
            client = await line(base, self.make.token(person), lines)
            for topic in ("presence:lobby", "presence:cohort", "subject:typing", "presence:subject:typing"):
                await client.join(topic)

    async def live(self, kind: str) -> None:
        """Somebody practises, scores, earns, talks and challenges."""
        make, person = self.make, self.people[kind]
        again, left = kind in self.items, self.items.setdefault(kind, {})
        typed: dict[str, Any] = {"subject": "typing", "skill": "speed", "properties": {"score": 95, "wpm": 60}}
        facts = [make.event(person), make.event(person, "level_up")]
        facts += [make.event(person, "high_score", properties={"score": 95})]
        facts += [make.event(person, **typed) for _ in range(1 if again else 3)]
        results = await take_in(self.app.transactions, SYSTEM, facts)
        assert {result.status for result in results} == {"accepted"}, results
        left["activity_id"] = str(results[0].event_id)
        if person.cohort_id is not None:
            await self.attempt(self._talk(person, left))
        actor = await make.principal(person)
        what = what_of("typing", "speed")
        await self.attempt(self._practise(actor, what, left))
        await self.app.settle()

    async def _talk(self, person: User, left: dict[str, str]) -> None:
        left["message_id"] = str(await self.make.message(person, f"Hello from {person.external_id}"))
        done: Challenged = await self.make.run(
            await self.make.principal(person), challenge_cohort, self.app.gate, next(self._skills)
        )
        left["challenge_id"] = str(done.challenge_id)

    async def _practise(self, actor: Any, what: Any, left: dict[str, str]) -> None:
        run = await self.make.run(actor, start_practice, self.app.gate, what)
        left["practice_id"], left["session_id"] = str(run.id), str(run.session_id)
        await self.app.practice.begin(run.id)
        await self.app.practice.say(run.id, actor.id, {"wpm": 50.0, "done": 10})
        self.app.presence.practise(actor.id, what.skill, what.subject)

    async def meet(self, kind: str) -> None:
        """Somebody makes friends with every viewer, nudges and invites them."""
        gate, person = self.app.gate, self.people[kind]
        few = ("student",) if kind in ("unlisted", "offline") else ("student", "admin", "loner")
        for viewer in (self.viewers[name] for name in few):
            actor, other = await self.make.principal(person), await self.make.principal(viewer)
            await self.attempt(self.make.run(actor, request_friendship, gate, viewer.id))
            await self.attempt(self.make.run(other, answer_friendship, gate, person.id, True))
            await self.attempt(self.make.run(actor, invite, gate, viewer.id, what_of("math", "algebra")))
            await self.attempt(self.make.nudge(viewer, person))

    async def attempt(self, doing: Any) -> None:
        """What one of them may not do, or not so often, they do not do."""
        with suppress(TandemError, AssertionError):
            await doing

    async def hide(self) -> None:
        """Everybody becomes what their name says."""
        make, people = self.make, self.people
        for number, viewer in enumerate(self.viewers.values()):
            both = (viewer, people["blocked"])
            await make.block(*(both if number % 2 else both[::-1]))
        for kind in ("child", "teen"):
            await make.block(self.viewers["loner"], people[kind])
        for kind, age in (("child", "under_13"), ("teen", "13_17")):
            who = people[kind]
            people[kind] = await make.person(external_id=who.external_id, name=f"{NAMES[kind]} {FAMILY}", age_band=age)
        for who in (people["unlisted"], self.viewers["unlisted"]):
            await make.listing(who)
        await make.run(await make.principal(people["offline"]), appear_offline, True)
        await make.erase(people["gone"])
        await self.app.settle()
        # Who watches is told of it within a turn of presence, and judged again in a task: what comes later counts.
        await until(lambda: self.app.sockets.rights.settled and self.app.presence.settled)

    def unseen(self, viewer: str, door: str) -> Iterator[str]:
        """Whom somebody may not see through a door."""
        place = door.removeprefix("GET /api/v1/")
        yield "gone"
        if door not in STAFFS:
            yield "blocked"
            yield "child"
            if self.viewers[viewer].cohort_id != self.people["teen"].cohort_id:
                yield "teen"
        if place.startswith(BOARDS):
            yield "unlisted"
        if place.startswith(HERE):
            yield "offline"


async def line(base: str, token: str, lines: AsyncExitStack) -> ChannelClient:
    url = f"{base.replace('http', 'ws', 1)}/socket/websocket?vsn=2.0.0&token={token}"
    return ChannelClient(await lines.enter_async_context(connect(url, compression=None, max_size=None, max_queue=None)))


class Eyes:
    """One viewer, and everything that reached them: (door, bytes)."""

    def __init__(self, town: Town, name: str, browser: Browser, lines: AsyncExitStack) -> None:
        self.town, self.name, self.who, self.browser = town, name, town.viewers[name], browser
        self.heard: list[tuple[str, str]] = []
        browser.carry("tandem", town.make.token(self.who, "page"))
        self.bearer = f"Bearer {town.make.token(self.who, 'api')}"
        self._lines = lines
        self._clients: list[ChannelClient] = []

    # --- sockets

    def topics(self) -> list[str]:
        """Every kind of topic, for oneself, for one's cohort, and for each of those who are looked for."""
        nothing = str(UUID(int=0))
        made = []
        for spec in TOPICS:
            given = {"board_id": "typing_wpm", "subject_id": "typing", "cohort_id": str(self.who.cohort_id)}
            given |= {"user_id": str(self.who.id), "workshop_id": nothing, "session_id": nothing}
            made.append(spec.pattern.format(**given))
            for kind, person in self.town.people.items():
                theirs = given | {"user_id": str(person.id)} | self.town.items[kind]
                theirs["cohort_id"] = str(person.cohort_id)
                made.append(spec.pattern.format(**theirs))
        return list(dict.fromkeys(made))

    async def join_all(self) -> int:
        """Join whatever lets one in, over lines of their own, and hear what follows; how many topics were tried."""
        topics = self.topics()
        for start in range(0, len(topics), A_LINE):
            client = await line(self.browser.base, self.town.make.token(self.who), self._lines)
            self._clients.append(client)
            for topic in topics[start : start + A_LINE]:
                ref = client.ref()
                await client.websocket.send(json.dumps([ref, ref, topic, "phx_join", {}]))
        await self.listen()
        return len(topics)

    async def listen(self) -> None:
        """Take in whatever is on its way."""
        for client in self._clients:
            await client.heartbeat()
            for message in client.waiting:
                assert "rate_limited" not in str(message.payload)
                door = message.topic if message.event == "phx_reply" else f"{message.event} on {message.topic}"
                self.heard.append((door, json.dumps(message.payload)))
            client.waiting.clear()

    # --- pages and REST

    def paths(self) -> Iterator[tuple[str, str]]:
        """Every page and everything that can be read by REST, with what those who are looked for have left."""
        one_of_each = (path for path in PAGES if "/subjects/" not in path or path.endswith("typing"))
        yield from ((f"page {path}", path) for path in one_of_each)
        for route in ROUTES:
            if route.method != "GET" or not route.path.startswith("/api/v1/") or "workshops" in route.path:
                continue
            given = {"board_id": "typing_wpm", "subject_id": "typing", "skill": "speed", "external_id": "x", "id": "x"}
            queries = self._queries(route.name)
            if not {"user_id", "practice_id", "session_id"} & set(route.parameters):
                yield from ((route.name, route.path.format(**given) + query) for query in queries)
                continue
            for kind in ("seen", "blocked", "child", "teen"):
                person = self.town.people[kind]
                theirs = dict.fromkeys(("practice_id", "session_id"), str(UUID(int=0)))
                theirs |= given | {"user_id": str(person.id)} | self.town.items[kind]
                yield route.name, route.path.format(**theirs)

    def _queries(self, name: str) -> list[str]:
        match name.rpartition("/")[2]:
            case "activities":
                return ["?limit=100", "?scope=cohort&limit=100", "?scope=network&limit=100"]
            case "{board_id}":
                return [f"?scope={scope}&period={p}" for scope in ("global", "cohort", "friends") for p in PERIODS]
            case "presence":
                topics = ("presence:lobby", "presence:cohort", "presence:subject:typing")
                return ["?subject=typing", *(f"?topic={topic}" for topic in topics)]
            case "reactions":
                ids = [left["activity_id"] for left in self.town.items.values()]
                return ["?activities=" + ",".join(ids)]
        return [""]

    async def look(self) -> int:
        tried = 0
        for door, path in self.paths():
            answer = await self.browser.get(path)
            assert answer.code in (200, 302, 400, 401, 403, 404, 422), (self.name, path, answer.code)
            self.heard.append((door, answer.body.decode()))
            tried += 1
        return tried

    def leaks(self) -> list[str]:
        found = []
        for door, text in self.heard:
            for kind in self.town.unseen(self.name, door):
                person = self.town.people[kind]
                if door in OWN_DECISION and kind == "blocked":
                    continue
                if NAMES[kind] in text or (str(person.id) in text and door not in OWN_DECISION):
                    found.append(f"{self.name} saw {kind} through {door}: {text[:3000]}")
            whole = (kind for kind in ("child", "teen") if f"{NAMES[kind]} {FAMILY}" in text)
            found += [f"{self.name} read the full name of {kind} through {door}" for kind in whole]
        return found

    # --- deeds

    async def try_on(self, kind: str) -> tuple[list[str], int]:
        """Do everything that can be done with somebody, and the same with nobody: what was told apart, of how many."""
        person, nobody = self.town.people[kind], str(UUID(int=7))
        theirs = self.town.items[kind] | {"user_id": str(person.id)}
        apart, tried = [], 0
        for route in ROUTES:
            named = set(route.parameters) or ({"user_id"} if route.name in WITH_SOMEBODY else set())
            if route.method == "GET" or not named or not named <= theirs.keys() or (kind, route.name) in OPEN:
                continue
            answers = [await self._do(route, ids) for ids in (theirs, dict.fromkeys(theirs, nobody))]
            tried += 1
            if answers[0] != answers[1]:
                apart.append(f"{self.name} with {kind}: {route.name} {answers}")
        return apart, tried

    async def _do(self, route: Route, ids: dict[str, str]) -> tuple[int, str]:
        body = BODIES.get(route.name, {}) | ({"user_id": ids["user_id"]} if route.name in WITH_SOMEBODY else {})
        headers = {"Authorization": self.bearer, "Content-Type": "application/json"}
        path = route.path.format(**ids)
        answer = await self.browser.ask(
            route.method, path, body=json.dumps(body) if route.body else "", headers=headers
        )
        return answer.code, answer.body.decode()


WITH_SOMEBODY = {"POST /api/v1/friendships", "POST /api/v1/co-sessions", "POST /api/v1/blocks"}
OPEN = {
    ("blocked", "DELETE /api/v1/blocks/{user_id}"),
    ("blocked", "POST /api/v1/blocks"),
    ("blocked", "POST /api/v1/cohort/messages/{message_id}/reports"),
    *(
        (kind, door)
        for kind in ("child", "teen")
        for door in ("POST /api/v1/blocks", "DELETE /api/v1/blocks/{user_id}")
    ),
    *((kind, "PUT /api/v1/practice/{practice_id}/progress") for kind in NAMES),
}
"""One may defend oneself against anybody, and report what one read before; and be told that a practice is another's."""
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/activities/{activity_id}/reactions": {"reaction": "like"},
    "POST /api/v1/activities/{activity_id}/reports": {"reason": "other"},
    "POST /api/v1/cohort/messages/{message_id}/reports": {"reason": "other"},
    "POST /api/v1/cohort/messages/{message_id}/decision": {"show": True},
    "POST /api/v1/co-sessions": {"subject": "math", "skill": "algebra"},
    "POST /api/v1/practice/{practice_id}/complete": {"score": 50},
    "PUT /api/v1/practice/{practice_id}/progress": {"wpm": 50},
}
