"""The core, built: every part made once and wired to the others. Whoever serves, schedules or tests starts from here.

`App(settings, database)` makes the parts; `start()` brings the node to life and `stop()` lets everything go. Nothing
here listens on a port: the entry does.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Collection
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.accounts.access import KEY_SCOPES
from core.accounts.principals import Principals, hash_secret
from core.accounts.queries import Decorator
from core.accounts.tokens import Claims, Tokens
from core.achievements.live import OwnAchievements
from core.achievements.reactions import PROGRESS
from core.activity.live import AchievementsFeed, GlobalFeed, HighScoresFeed, PersonFeed, SubjectFeed
from core.activity.reactions import TOP_TEN
from core.clock import Clock, SystemClock
from core.content import subjects
from core.errors import Unauthorized
from core.events.catalog import (
    AccessChanged,
    AudienceChanged,
    FriendshipAccepted,
    FriendshipDeclined,
    PersonErased,
    PersonUpdated,
)
from core.growth.orchestrator import Orchestrator
from core.growth.reactions import suggestions
from core.ids import new_id
from core.leaderboards.keeping import ensure_boards
from core.leaderboards.live import CohortBoard, GlobalBoard
from core.leaderboards.pushes import BoardPushes
from core.leaderboards.reactions import BOARDS, RANKS
from core.leaderboards.waiting import ReviewQueue
from core.live.hub import Hub
from core.live.liveview import Delivery, Topics
from core.live.pubsub import LocalPubSub, PubSub
from core.live.pubsub_postgres import PostgresPubSub
from core.live.pubsub_redis import RedisPubSub
from core.live.relay import Relay
from core.live.replica import Replicas
from core.live.signals import Signals
from core.metrics import Metrics
from core.nudges.cohort_challenges import CHALLENGE_NUDGES
from core.nudges.live import Notifications
from core.nudges.mailing import post_of
from core.nudges.noticing import notices
from core.nudges.policy import Policy, read_ways
from core.nudges.reactions import OUT_OF_SIGHT, nudge_friends
from core.practice.live import SessionCompetitors, SessionLive
from core.practice.progress import PracticeLive
from core.practice.reactions import RUNS
from core.presence.queries import friends_of
from core.presence.service import Presence
from core.presence.store import PresenceStore
from core.principal import SYSTEM, Principal
from core.reactions import Reactions
from core.safety.gate import Gate
from core.safety.limiter import Limiter, MemoryLimiter
from core.safety.limiter_redis import RedisLimiter
from core.settings import Settings
from core.social.challenges import CHALLENGE_RESULTS
from core.social.friend_news import tell_friends
from core.social.friendships import NEW_FRIENDS
from core.social.room_live import CohortRoom
from core.social.room_news import RoomNews
from core.social.rooms import COHORT_ROOMS
from core.transaction import Transaction, Transactions
from core.web.channels.door import Door
from core.web.channels.overview import Overview
from core.web.channels.own import tell_own
from core.web.channels.registry import Sockets
from core.web.channels.subscriptions import Subscriptions
from core.web.channels.topics import TOPICS, TopicSpec
from core.workshop.attendance import Attendance
from core.workshop.guests import Guests
from core.workshop.live import WorkshopView
from core.workshop.queries import Porter
from core.workshop.ticking import Ticking
from data.database import Database
from data.redis import connect
from data.tables import ApiKey

log = logging.getLogger(__name__)

GOODBYE_SECONDS = 2.0
"""How long clients are given to take their leave when the node stops."""

OWN = (OwnAchievements(), SessionLive(), SessionCompetitors(), Notifications())
"""Views of what only those concerned may watch."""

RIGHTS = (AccessChanged, AudienceChanged, PersonErased, PersonUpdated)
"""Facts after which somebody's open sockets and pages are judged again."""


class App:
    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        clock: Clock | None = None,
        pubsub: PubSub | None = None,
        specs: tuple[TopicSpec, ...] = TOPICS,
    ) -> None:
        self.settings, self.database = settings, database
        self.node = settings.node or f"{socket.gethostname()}-{new_id().hex[-6:]}"
        self.clock = clock or SystemClock()
        self.metrics = Metrics()
        self.pubsub = pubsub or pubsub_of(settings, database.engine.url.render_as_string(hide_password=False))
        self.transactions = Transactions(database, self.clock, self.pubsub.poke)
        self.hub = Hub()
        public = [GlobalFeed(), SubjectFeed(subjects()), PersonFeed(), AchievementsFeed(), HighScoresFeed()]
        boards = (GlobalBoard(), CohortBoard())
        self.topics = Topics([*public, CohortRoom(), *boards, ReviewQueue(), *OWN, WorkshopView()])
        self.replicas = Replicas(self.transactions, self.hub, self.topics, self.clock)
        self.relay = Relay(self.transactions, self.hub, self.topics, Decorator(self.transactions))
        rewards = [PROGRESS] if settings.rewards == "on" else []
        following = [NEW_FRIENDS, COHORT_ROOMS, BOARDS, RANKS, TOP_TEN, RUNS, CHALLENGE_RESULTS]
        self.post = post_of(settings.mail_url, settings.mail_from)
        self.nudging = Policy(read_ways(settings.nudge_ways), self.post.knows_addresses)
        nudges = [nudge_friends(self.nudging), notices(self.nudging), CHALLENGE_NUDGES, OUT_OF_SIGHT]
        self.tokens = Tokens(settings.secret_key, self.clock)
        self.principals = Principals(self.transactions, self.tokens, self.clock)
        self.guests = Guests(self.transactions, self.tokens, self.clock)
        self.redis = connect(settings.redis, settings.redis_pool) if settings.redis else None
        self.limiter: Limiter = RedisLimiter(self.redis, self.clock) if self.redis else MemoryLimiter(self.clock)
        self.porter = Porter(self.limiter, self.clock)
        self.gate = Gate(self.transactions, self.limiter, self.metrics)
        self.orchestrator = Orchestrator(self.gate, on=settings.suggestions == "on")
        growth = [suggestions(self.orchestrator)]
        self.reactions = Reactions(self.transactions, [*following, *rewards, *nudges, *growth])
        self.signals = Signals(self.pubsub)
        store = PresenceStore(database, self.clock)
        self.presence = Presence(self.hub, self.signals, self.clock, store, friends_of=self._friends_of)
        self.practice = PracticeLive(self.transactions, self.hub, self.signals, self.clock, self.presence.connected)
        self.rooms = RoomNews(self.transactions, self.hub, self.presence, self.clock)
        self.sockets = Sockets(
            hub=self.hub,
            relay=self.relay,
            replicas=self.replicas,
            presence=self.presence,
            practice=self.practice,
            transactions=self.transactions,
            gate=self.gate,
            rooms=self.rooms,
            specs=specs,
            door=Door(self.limiter, self._claims, self._who, tell=self.principals.tell),
            clock=self.clock,
        )
        self.subscriptions = Subscriptions(self.sockets, self.signals, lambda: len(self.presence.peers.nodes))
        self.overview = Overview(self.node, self.sockets, self.signals, self.clock)
        self.attendance = Attendance(self.transactions, self.clock, self.sockets.guests)
        self.ticking = Ticking(self.hub, self.replicas, self.clock)
        self.rights_listeners: list[Callable[[UUID], None]] = []
        self.board_pushes = BoardPushes(self.hub, self.replicas, self.topics.views, self.clock)
        self.relay.listeners.append(self._on_delivery)
        self.relay.listeners.append(self.board_pushes.on_delivery)
        self.relay.listeners.append(self.rooms.on_delivery)
        self.relay.listeners.append(partial(tell_friends, self.hub))
        self.relay.restarts.append(self.replicas.resync)

    async def start(self) -> None:
        await self.transactions.run(SYSTEM, ensure_first_key, self.settings.api_key)
        await self.transactions.run(SYSTEM, ensure_boards, self.settings.timezone, self.settings.boards_since)
        await self.relay.start()
        await self.reactions.start()
        await self.pubsub.start(self._on_poke, self.signals.receive)
        await self.presence.start()
        await self.practice.start()
        await self.sockets.start()
        await self.attendance.start()
        await self.ticking.start()
        await self.overview.start()

    async def stop(self) -> None:
        await self.overview.stop()
        await self.subscriptions.stop()
        await self.attendance.stop()
        await self.ticking.stop()
        await self.sockets.drain(GOODBYE_SECONDS)
        await self.practice.stop()
        await self.presence.stop()
        await self.pubsub.stop()
        await self.reactions.stop()
        await self.relay.stop()
        await self.board_pushes.close()
        await self.rooms.close()
        await self.replicas.close()
        if self.redis:
            await self.redis.aclose()

    async def _who(self, id: UUID) -> Principal:
        """Who a socket's token names: a person, or somebody who takes part in one workshop."""
        try:
            return await self.principals.present(id)
        except Unauthorized:
            return await self.guests.present(id)

    def _claims(self, token: str) -> Claims:
        try:
            return self.tokens.read(token, "socket")
        except Unauthorized:
            return self.tokens.read(token, "workshop")

    def _on_poke(self) -> None:
        self.relay.poke()
        self.reactions.poke()

    def _on_delivery(self, delivery: Delivery) -> None:
        user_id = delivery.fact.user_id
        self.practice.on_delivery(delivery)
        tell_own(self.hub, self.presence, delivery)
        if user_id is not None and isinstance(delivery.fact.event, FriendshipAccepted | FriendshipDeclined):
            for friend in (user_id, delivery.fact.event.friend_id):
                self.presence.friends_changed(friend)
        if user_id is None or not isinstance(delivery.fact.event, RIGHTS):
            return
        for listener in tuple(self.rights_listeners):
            try:
                listener(user_id)
            except Exception:
                # The next one may hold somebody's page open, and has to hear of it all the same.
                log.exception("a part could not judge somebody again")

    async def _friends_of(self, ids: Collection[str]) -> dict[str, frozenset[str]]:
        async with self.transactions.read() as db:
            return await friends_of(db, ids)

    async def settle(self) -> None:
        """Wait until everything stated so far has been delivered and reacted to on this node."""
        while True:
            seq = await self.relay.catch_up()
            await self.reactions.drain()
            if await self.relay.catch_up() == seq:
                return


def pubsub_of(settings: Settings, database_url: str) -> PubSub:
    """What carries pokes and signals between nodes: by default Redis where there is one, else the database."""
    if settings.bus_kind == "redis":
        return RedisPubSub(settings.redis)
    if settings.bus_kind == "postgres":
        return PostgresPubSub(database_url)
    return LocalPubSub()


async def ensure_first_key(tx: Transaction, key: str) -> None:
    """The key of the environment holds every scope of a key; when it changes or is gone, the one before is void."""
    first = select(ApiKey).where(ApiKey.name == "environment").with_for_update()
    row = (await tx.db.execute(first)).scalar_one_or_none()
    if not key:
        if row is not None:
            row.revoked_at = tx.now
        return
    if row is not None:
        row.key_hash, row.scopes, row.revoked_at = hash_secret(key), sorted(KEY_SCOPES), None
        return
    fresh = {"id": new_id(), "name": "environment", "key_hash": hash_secret(key), "scopes": sorted(KEY_SCOPES)}
    await tx.db.execute(insert(ApiKey).values(**fresh, created_at=tx.now).on_conflict_do_nothing())
