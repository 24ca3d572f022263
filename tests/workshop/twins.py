"""Twin workshops: one script played twice, the second time with every secret score mirrored. Whatever anybody receives
that tells the two apart tells a secret.

What is secret: scores that are changed before their reveal, scores of people who are taken out or only watch in the
end, scores out of turn, and in an anonymous workshop whose score is whose. What is revealed is the same in both. Every
byte is kept: answers with their headers, frames, pages, log lines, figures, the topics' memory. Ids, moments and
tokens differ between any two workshops and are made alike; besides, somebody's own score on their own screen, which
is compared with what they gave.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from core.logging_setup import JsonFormatter
from core.settings import Settings
from panel_app import Node
from tests import node_kit
from tests.party_kit import WORKSHOPS, Party, Player, Web, socket_url

NAMES = ("Lena", "Tom", "Mia", "Ada", "Bo")
MARKER = 918273645
"""A score of no scale; nobody ever reads it again."""
SOME = (1, 5, 6, 7)
"""The questions that are played with secrets when it has to be quick: both scales, and who goes in the middle."""
OWN = re.compile(rb'"my_score":(null|-?\d+)')
ALIKE = (
    (re.compile(rb'"my_score":(null|-?\d+)'), b'"my_score":OWN'),
    (re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?"), b"MOMENT"),
    (re.compile(rb"(eyJ|guest_|team_)[\w.\-]{20,}"), b"TOKEN"),
    (re.compile(rb'"pin":"\d{4}"'), b'"pin":"PIN"'),
    (re.compile(rb'"(\w+_ms|ms|age|uptime|retry_after)":-?[\d.]+'), rb'"\1":TIME'),
    (re.compile(rb"(?m)^(Date|Content-Length|X-Request-Id|Etag|RateLimit[\w-]*|Set-Cookie): .*$"), b"HEAD"),
    (re.compile(rb"127\.0\.0\.1:\d+"), b"HERE"),
    (re.compile(rb'"request_id":"[\w-]+"'), b"REQUEST"),
    (re.compile(rb"\b(?:guest|key|person|staff|user)-[0-9a-f]{12}\b"), b"SOMEBODY"),
    (re.compile(rb"\b\d+\.\d+ms\b"), b"TIME"),
)
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SAMPLE = re.compile(rb"(?m)^(\w+(?:\{[^}]*\})?) \S+$")


@dataclass
class Kept:
    """What was received in one playing, stream by stream."""

    streams: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    lines: list[bytes] = field(default_factory=list)
    """What was logged; in which order is not for sure."""
    code: str = ""
    size: int = 0
    wrong: list[str] = field(default_factory=list)
    """What needs no twin to be wrong."""

    def hear(self, who: str, way: str, data: bytes) -> None:
        self.size += len(data)
        if b"%d" % MARKER in data:
            self.wrong.append(f"{who}, {way}: a refused score is repeated")
        self.streams[f"{who}: {way.split(maxsplit=1)[0]}"].append(way.encode() + b"\n" + data)

    def alike(self) -> dict[str, list[bytes]]:
        return {name: self._alike(items) for name, items in self.streams.items()}

    def logged(self) -> Counter[bytes]:
        return Counter(self._alike([line])[0] for line in self.lines)

    def _alike(self, items: list[bytes]) -> list[bytes]:
        """Ids by when they first came, everything else that always differs by a word."""
        known: dict[bytes, bytes] = {}
        found = []
        for item in items:
            item = item.replace(self.code.encode(), b"CODE")
            for pattern, word in ALIKE:
                item = pattern.sub(word, item)
            found.append(ID.sub(lambda id: known.setdefault(id[0], b"ID%d" % len(known)), item))
        return found


def differences(one: Kept, other: Kept) -> list[str]:
    """Everything that tells the twins apart."""
    found = [*one.wrong, *other.wrong]
    first, second = one.alike(), other.alike()
    found += [f"{name} is in one only" for name in first.keys() ^ second.keys()]
    for name in first.keys() & second.keys():
        if len(first[name]) != len(second[name]):
            found.append(f"{name}: {len(first[name])} and {len(second[name])} messages")
        for mine, theirs in zip(first[name], second[name], strict=False):
            if mine != theirs:
                found.append(f"{name}: {_where(mine, theirs)}")
    lines, others = one.logged(), other.logged()
    return found + [f"logged by one: {line.decode()[:300]}" for line in (lines - others) + (others - lines)]


def _where(mine: bytes, theirs: bytes) -> str:
    at = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs)))
    return f"{mine[max(0, at - 80) : at + 60]!r} and {theirs[max(0, at - 80) : at + 60]!r}"


class Watcher:
    """A socket that reads everything, in order."""

    def __init__(self, kept: Kept, player: Player, socket: ClientConnection) -> None:
        self.kept, self.player, self.socket = kept, player, socket

    async def join(self, **params: Any) -> None:
        for ref, topic in enumerate(("workshop", "timer")):
            await self._ask(f"join {ref}", f"{topic}:{self.player.workshop_id}", "phx_join", params)

    async def catch_up(self) -> None:
        """Everything that the server has queued for this socket by now."""
        await self._ask("beat", "phoenix", "heartbeat", {})

    async def _ask(self, ref: str, topic: str, event: str, payload: dict[str, Any]) -> None:
        await self.socket.send(json.dumps([ref, ref, topic, event, payload]))
        while True:
            frame = str(await self.socket.recv()).encode()
            if b'"timer_tick"' in frame:
                # How many there are is a matter of time; what they say is the clock's alone.
                self.kept.size += len(frame)
                continue
            self.kept.hear(self.player.name, "socket", frame)
            if b'"%s"' % ref.encode() in frame:
                return


class Playing:
    """One workshop from its lobby to its end, by a script that knows only what is public."""

    def __init__(
        self, node: Node, kept: Kept, chance: Random, *, mirrored: bool, disclosure: str, template: str, closely: bool
    ) -> None:
        self.node, self.kept, self.chance, self.mirrored = node, kept, chance, mirrored
        self.disclosure, self.template, self.closely = disclosure, template, closely
        self.web = Web(f"http://127.0.0.1:{node.server.port}", kept.hear)
        self.party = Party(self.web)
        self.watchers: list[Watcher] = []
        self.own: dict[str, int | None] = {}
        self.bounds = (0, 0)

    async def play(self) -> None:
        given = {"total_duration_minutes": 120, "disclosure": self.disclosure, "template": self.template}
        await self.party.open(*NAMES, **given)
        await self.party.join("Olga", observer=True)
        self.kept.code = self.party.lead.code
        kind = (await self.web("stranger", "GET", f"{WORKSHOPS}/templates/{self.template}")).json["template"]
        self.bounds = (0, 0)
        async with AsyncExitStack() as stack:
            for player in (*self.party.players.values(), self.party.lead):
                self.watchers.append(await self._watcher(stack, player))
            for question in kind["questions"]:
                self.bounds = (question["scale_min"], question["scale_max"])
                if not self.closely and question["number"] not in SOME:
                    continue
                await self.party.to("scoring", "awaiting", question["number"])
                await self.question(question["number"])
            await self.party.to("completed")
            await self.look()
        self.web.close()

    async def _watcher(self, stack: AsyncExitStack, player: Player) -> Watcher:
        url = socket_url(self.web.base, await player.socket_token())
        socket = await stack.enter_async_context(connect(url, max_size=None, max_queue=None, ping_interval=None))
        watcher = Watcher(self.kept, player, socket)
        await watcher.join()
        await watcher.catch_up()
        return watcher

    # --- values

    def secret(self) -> int:
        """A score that will not stand; the twin gives its mirror."""
        low, high = self.bounds
        kept = (low + 1, high - 1, (low + high) // 2)
        value = self.chance.choice([v for v in range(low, high + 1) if v not in kept])
        return low + high - value if self.mirrored else value

    def final(self, place: int, question: int) -> int:
        """What is revealed: the middle, and without names two scores whose owners the twin swaps."""
        low, high = self.bounds
        if self.disclosure != "anonymous" or place > 1 or question % 2 == 0:
            return (low + high) // 2
        return (low + 1, high - 1)[place ^ self.mirrored]

    # --- a question

    async def question(self, number: int) -> None:
        if self.disclosure == "turns":
            await self.in_turn(number)
        else:
            await self.in_secret(number)
        await self.look()
        if self.disclosure == "anonymous" and number % 2 == 0:
            await self.party.lead.does("show_names", question=number)
        if number % 3 == 0:
            await self.party.lead.does("add_note", note_id=f"00000000-0000-4000-8000-{number:012}", content="Talk")
        self.own = {}

    async def in_turn(self, number: int) -> None:
        """Whoever has the turn says it openly; who does not, is refused whatever they say."""
        while (now := await self.party.lead.shown())["stage"] == "awaiting":
            for name in self.chance.sample(sorted(self.party.players), 3):
                player = self.party.players[name]
                if player.id not in (now["turn"], *now["scored"]):
                    refused = await player.move("submit", question=number, value=self.secret())
                    assert refused.status in (403, 409), refused
            await self.look(2)
            low, high = self.bounds
            await self.give(self.party.named(now["turn"]), number, (low + high) // 2)

    async def in_secret(self, number: int) -> None:
        now = await self.party.lead.shown()
        scorers = [self.party.named(id) for id in now["waiting_for"]]
        order = self.chance.sample(scorers, len(scorers))
        *early, last = order
        for player in early:
            await self.give(player, number, self.secret())
            if self.closely or player is early[0]:
                await self.tries(player, number)
            await self.look(1)
        early = await self.out(number, early)
        for place, player in enumerate(early):
            await self.give(player, number, self.final(place, number))
            await self.look(1)
        if number % 4 == 3:
            await self.party.lead.does("advance", override=True)
        else:
            await self.give(last, number, sum(self.bounds) // 2)

    async def out(self, number: int, early: list[Player]) -> list[Player]:
        """One goes and comes back; in the sixth question one only watches on, in the seventh one is taken out."""
        others = [player for player in early if player is not self.party.lead]
        gone = self.chance.choice(others)
        if number == 6:
            await gone.does("set_observer", participant_id=gone.id, observer=True)
        elif number == 7:
            await self.party.lead.does("drop", participant_id=gone.id)
            del self.party.players[gone.name]
            self.watchers = [one for one in self.watchers if one.player is not gone]
        else:
            await gone.does("leave")
            await gone.ask("POST", "/return")
            return early
        self.own.pop(gone.name, None)
        await self.look(2)
        return [player for player in early if player is not gone]

    async def give(self, player: Player, question: int, value: int) -> None:
        await player.does("submit", question=question, value=value)
        self.own[player.name] = value

    async def tries(self, player: Player, number: int) -> None:
        """What is refused: as text, beyond the scale, for another question, too late, by who watches."""
        value = self.secret()
        watching = self.party.players["Olga"]
        for who, given, status in (
            (player, {"value": str(value)}, 422),
            (player, {"value": MARKER}, 422),
            (player, {"value": f"{MARKER}"}, 422),
            (player, {"value": value, "question": number + 1}, 409),
            (player, {"value": value, "version": 0}, 409),
            (watching, {"value": value}, 403),
        ):
            answer = await who.move("submit", **{"question": number} | given)
            assert answer.status == status, (given, answer)

    # --- looking

    async def look(self, pollers: int = 3) -> None:
        """Read everything there is to read, as everybody."""
        await self.node.app.settle()
        for watcher in self.watchers:
            if self.chance.random() < 0.1:
                await watcher.join(**self.chance.choice([{}, {"since": 0}]))
            await watcher.catch_up()
        names, pollers = sorted(self.party.players), pollers * (1 + self.closely)
        for name in self.chance.sample(names, min(pollers, len(names))):
            await self._check_own(self.party.players[name])
            await self.party.players[name].ask("GET", "/results")
        if pollers > 2 or self.chance.random() < 0.1:
            await self._look_from_outside()

    async def _check_own(self, player: Player) -> None:
        answer = await player.ask("GET", "/screen")
        found = OWN.findall(answer.body)
        stage = answer.json["workshop"]["stage"]
        if stage in ("awaiting", "revealed") and found != [json.dumps(self.own.get(player.name)).encode()]:
            self.kept.wrong.append(f"{player.name} gave {self.own.get(player.name)} and sees {found}")

    async def _look_from_outside(self) -> None:
        code, key = self.kept.code, self.node.app.settings.api_key
        for path in (f"/workshop/{code}", f"/workshop/{code}?screen", f"{WORKSHOPS}/{code}"):
            await self.web("stranger", "GET", path)
        live = await self.web("operator", "GET", "/api/v1/activities?scope=global", bearer=key)
        assert live.status < 500
        figures = Kept()
        outside = Web(self.web.base, figures.hear)
        live = await outside("operator", "GET", "/api/v1/live", bearer=key)
        told = await outside("operator", "GET", "/metrics")
        outside.close()
        self.kept.size += figures.size
        topics = {topic["topic"].encode() for topic in live.json["topics"]}
        names = b"\n".join(sorted(topics) + sorted(set(SAMPLE.findall(told.body))))
        self.kept.hear("operator", "figures", names)
        self.kept.hear("node", "memory", b"\n".join(self._memory()))

    def _memory(self) -> Iterator[bytes]:
        """What the topics remember for who comes back."""
        hub = self.node.app.hub
        for topic in sorted(hub.known(lambda topic: topic.startswith("workshop:"))):
            for message in hub.since(topic, hub.floor) or ():
                yield message.name.encode() + b" " + msgspec.json.encode(message.payload)


@contextmanager
def listening(kept: Kept) -> Iterator[None]:
    """Every line that is logged while this lasts."""

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            line = self.format(record).encode()
            kept.size += len(line)
            if b"%d" % MARKER in line:
                kept.wrong.append(f"logged: {line!r}")
            if record.name.startswith(("core.", "tornado.", "dashboards.")):
                kept.lines.append(line)

    handler, root = Lines(logging.DEBUG), logging.getLogger()
    handler.setFormatter(JsonFormatter())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


@asynccontextmanager
async def played(settings: Settings, database_url: str, seed: int, **given: Any) -> AsyncIterator[Kept]:
    kept = Kept()
    with listening(kept):
        async with node_kit.running(settings, database_url) as node:
            await Playing(node, kept, Random(seed), **given).play()
        yield kept


async def twins(
    settings: Settings, database_url: str, seed: int, disclosure: str, template: str, *, closely: bool = False
) -> tuple[Kept, Kept]:
    found = []
    for mirrored in (False, True):
        given = {"mirrored": mirrored, "disclosure": disclosure, "template": template, "closely": closely}
        async with played(settings, database_url, seed, **given) as kept:
            found.append(kept)
    return found[0], found[1]
