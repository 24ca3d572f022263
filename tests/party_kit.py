"""People around one workshop, at any node's address: they come in and move by REST, and watch by socket.

What anybody receives can be listened to, byte for byte: `hear(who, way, data)`. Nothing here knows the rules; a party
only does what is asked of it, and finds its way to a step as people do, by being ready and by giving scores.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from websockets.asyncio.client import connect

from tests.channel_kit import Channel, ChannelClient

WORKSHOPS = "/api/v1/workshops"
LINES = 100
STEPS = 60
Hear = Callable[[str, str, bytes], None]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        return str(self.json["error"]["type"])


class Web:
    """One address, asked as a browser or a bot asks it; with `address`, as a proxy that names its client."""

    def __init__(self, base: str, hear: Hear = lambda *_: None, address: str = "") -> None:
        self.base, self.hear, self.address = base, hear, address
        self._client = AsyncHTTPClient(force_instance=True, max_clients=LINES)

    async def __call__(self, who: str, method: str, path: str, body: Any = None, bearer: str = "") -> Answer:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        headers |= {"X-Forwarded-For": self.address} if self.address else {}
        request = HTTPRequest(
            self.base + path,
            method,
            headers=headers,
            body=None if body is None else json.dumps(body).encode(),
            allow_nonstandard_methods=True,
            follow_redirects=False,
            request_timeout=20,
        )
        try:
            answer = await self._client.fetch(request, raise_error=False)
        except HTTPClientError as error:
            raise ConnectionError(f"no answer: {error}") from error
        if answer.code == 599:
            raise ConnectionError(f"no answer: {answer.error}")
        head = "".join(f"{name}: {value}\n" for name, value in sorted(answer.headers.get_all()))
        self.hear(who, f"{method} {path}", f"{answer.code}\n{head}\n".encode() + answer.body)
        return Answer(answer.code, answer.body)

    def close(self) -> None:
        self._client.close()


class Player:
    """Somebody in a workshop, with what coming in gave them."""

    def __init__(self, web: Web, name: str, entry: dict[str, Any]) -> None:
        self.web, self.name = web, name
        self.code, self.workshop_id = entry["code"], entry["workshop_id"]
        self.id, self.token, self.pin = entry["participant_id"], entry["token"], entry["pin"]

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        return await self.web(self.name, method, f"{WORKSHOPS}/{self.code}{path}", body, self.token)

    async def screen(self) -> Any:
        answer = await self.ask("GET", "/screen")
        assert answer.status == 200, answer
        return answer.json

    async def shown(self) -> Any:
        return (await self.screen())["workshop"]

    async def move(self, kind: str, **given: Any) -> Answer:
        """A move for the step that is, unless a version is given."""
        if "version" not in given:
            given["version"] = (await self.shown())["version"]
        return await self.ask("POST", "/moves", {"move": kind, **given})

    async def does(self, kind: str, **given: Any) -> Any:
        """A move that must be taken."""
        answer = await self.move(kind, **given)
        assert answer.status == 200, (kind, given, answer)
        return answer.json

    async def socket_token(self) -> str:
        token: str = (await self.ask("POST", "/socket-token")).json["token"]
        return token

    @asynccontextmanager
    async def watching(self, base: str = "", **join: Any) -> AsyncIterator[Channel]:
        """On the workshop's topic, over a socket of one's own."""
        url = socket_url(base or self.web.base, await self.socket_token())
        async with connect(url, compression=None, max_size=None, max_queue=None, ping_interval=None) as websocket:
            yield await ChannelClient(websocket).join(f"workshop:{self.workshop_id}", join)


def socket_url(base: str, token: str) -> str:
    return f"{base.replace('http', 'ws', 1)}/socket/websocket?vsn=2.0.0&token={token}"


class Party:
    def __init__(self, web: Web) -> None:
        self.web = web
        self.players: dict[str, Player] = {}

    @property
    def lead(self) -> Player:
        return next(iter(self.players.values()))

    async def open(self, *names: str, **given: Any) -> Party:
        made = await self.web(names[0], "POST", WORKSHOPS, {"name": names[0], **given})
        assert made.status == 201, made
        self.players[names[0]] = Player(self.web, names[0], made.json)
        for name in names[1:]:
            assert (await self.join(name)).status == 201
        return self

    async def join(self, name: str, **given: Any) -> Answer:
        path = f"{WORKSHOPS}/{self.lead.code}/participants"
        answer = await self.web(name, "POST", path, {"name": name, **given})
        if answer.status == 201:
            self.players[name] = Player(self.web, name, answer.json)
        return answer

    def named(self, id: str) -> Player:
        return next(player for player in self.players.values() if player.id == id)

    async def step(self) -> Any:
        """Let everybody who is waited for do what is asked of them, with a score that fits every scale."""
        now = await self.lead.shown()
        if now["state"] == "actions":
            await self.lead.does("advance", override=True)
        for id in now["waiting_for"] if now["state"] != "actions" else ():
            player = self.named(id)
            if now["stage"] == "awaiting":
                await player.does("submit", version=now["version"], question=now["current_question"], value=1)
            else:
                await player.does("ready", version=now["version"])
        return await self.lead.shown()

    async def to(self, state: str, stage: str = "", question: int = 0) -> Any:
        """On to a step; the workshop as it is there."""
        now = await self.lead.shown()
        for _ in range(STEPS):
            if (now["state"], now["stage"]) == (state, stage) and question in (0, now["current_question"]):
                return now
            now = await self.step()
        raise AssertionError(f"{state} {stage} {question} was never reached")
