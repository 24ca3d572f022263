"""Every topic of the socket as data: who may join, what may be said and how often, what is heard, what a slow reader is
spared. What is not listed is refused.

A topic is one audience: whoever may join may read every message. `authorize` is asked at the join and again whenever
somebody's rights change. An alias is the same topic under another name; it answers on the name that was joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from core.accounts import visibility
from core.activity.reacting import react
from core.errors import Forbidden, NotFound
from core.events.catalog import CATALOG
from core.events.workshop import WorkshopEvent
from core.ids import parse_id
from core.live.liveview import match
from core.principal import Principal
from core.social.rooms import MODERATE
from core.social.rooms import TAKE_PART as IN_ROOM
from core.web.channels import messages as m
from core.web.channels import nudging, practising, room
from core.web.channels.audiences import RULES
from core.web.channels.examples import EXAMPLES, IDS
from core.web.channels.limits import MESSAGES_A_MINUTE
from core.web.channels.specs import Found, Handler, MessageSpec, Push, PushSpec, Services, TopicSpec, Welcome
from core.workshop.commands import make_move
from core.workshop.guests import TAKE_PART, Guest
from core.workshop.rules.moves import PublicMove

__all__ = [
    "RULES",
    "TOPICS",
    "Found",
    "Handler",
    "MessageSpec",
    "Push",
    "PushSpec",
    "Services",
    "TopicSpec",
    "Welcome",
    "authorize",
    "called",
    "describe",
    "find",
]

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

STARTING = (
    PushSpec("practice_started", m.PracticeStarted, practising.practice_started, "practice:write"),
    PushSpec(
        "practice_completed", m.PracticeCompleted, practising.practice_completed, "practice:write", "invalid_result"
    ),
)
PRACTISING = (
    PushSpec(
        "practice_progress", m.PracticeProgress, practising.practice_progress, "practice:write", "invalid_progress"
    ),
    PushSpec("complete_practice", m.CompletePractice, practising.complete_here, "practice:write", "invalid_result"),
    PushSpec("give_up_practice", m.GiveUpPractice, practising.give_up_here, "practice:write"),
)

# --- what they hear

PRESENCE = (
    MessageSpec("presence_state", m.PresenceState),
    MessageSpec("presence_diff", m.PresenceDiff),
    MessageSpec("presence_count", m.PresenceCount),
)
COUNT = frozenset({"presence_count"})
LATEST = frozenset({"snapshot"})
FEED = (
    MessageSpec("new_activity", m.NewActivity),
    MessageSpec("activity_reacted", m.ActivityReacted),
    MessageSpec("activity_removed", m.ActivityRemoved),
    MessageSpec("person_updated", m.PersonUpdated),
    MessageSpec("person_removed", m.PersonRemoved),
    MessageSpec("snapshot", m.Snapshot),
)

ROOM = (
    MessageSpec("cohort_info", m.CohortInfo),
    MessageSpec("activity_feed", m.ActivityFeedMessage),
    MessageSpec("leaderboards", m.Leaderboards),
    MessageSpec("new_message", m.NewMessage),
    MessageSpec("message_taken_down", m.MessageRemoved),
    MessageSpec("chat_changed", m.ChatChanged),
    MessageSpec("cohort_challenge_created", m.ChallengeCreated),
    MessageSpec("challenge_joined", m.ChallengeJoined),
    MessageSpec("challenge_scored", m.ChallengeScored),
    MessageSpec("challenge_closed", m.ChallengeClosed),
)
IN_THE_ROOM = (
    PushSpec("send_message", m.SendMessage, room.send_message, IN_ROOM, "invalid_message"),
    PushSpec("report_message", m.ReportMessage, room.report_message, IN_ROOM),
    PushSpec("remove_message", m.RemoveMessage, room.remove_message, IN_ROOM),
    PushSpec("decide_message", m.DecideMessage, room.decide_message, MODERATE),
    PushSpec("switch_chat", m.SwitchChat, room.set_chat, MODERATE),
    PushSpec("challenge_cohort", m.ChallengeCohort, room.challenge_cohort, IN_ROOM, "invalid_challenge"),
    PushSpec("join_challenge", m.JoinChallenge, room.join_challenge, IN_ROOM, "invalid_challenge"),
)

BOARD = (
    MessageSpec("leaderboard_update", m.LeaderboardUpdate),
    MessageSpec("person_removed", m.PersonRemoved),
    MessageSpec("snapshot", m.Snapshot),
)
RANKED = frozenset({"leaderboard_update"})


async def make_a_move(push: Push) -> dict[str, Any]:
    guest = Guest.of(push.principal)
    after = await push.services.transactions.run(push.principal, make_move, guest.workshop_id, push.payload)
    return {
        "version": after.version,
        "state": after.phase,
        "stage": after.stage,
        "current_question": after.question,
    }


MOVING = (PushSpec("move", PublicMove, make_a_move, TAKE_PART, refusal="validation_failed"),)
WORKSHOP = (
    *(MessageSpec(name, m.of_fact(cls)) for name, cls in CATALOG.items() if issubclass(cls, WorkshopEvent)),
    MessageSpec("snapshot", m.Snapshot),
)


PRACTICE = (
    MessageSpec("practice_changed", m.PracticeChanged),
    MessageSpec("snapshot", m.Snapshot),
)
PROGRESS_A_MINUTE = 300
OWN = (
    MessageSpec("achievement_unlocked", m.AchievementUnlocked),
    MessageSpec("co_practice", m.CoPractice),
    MessageSpec("own_reaction", m.OwnReaction),
    MessageSpec("activity_hidden", m.ActivityHidden),
    MessageSpec("challenge_initiated", m.ChallengeInitiated),
    MessageSpec("own_message", m.OwnMessage),
    MessageSpec("chat_muted", m.ChatMuted),
    MessageSpec("friends_changed", m.FriendsChanged),
    MessageSpec("viral_suggestion", m.ViralSuggestion),
)


NUDGING = (
    PushSpec("accept_nudge", m.AnswerNudge, nudging.accept_nudge, "nudges:write"),
    PushSpec("ignore_nudge", m.AnswerNudge, nudging.ignore_nudge, "nudges:write"),
    PushSpec("mute_nudge", m.MuteNudge, nudging.mute_nudge, "nudges:write"),
    PushSpec("nudge_shown", m.AnswerNudge, nudging.nudge_shown, "nudges:write"),
    PushSpec("see_notifications", m.SeeNotifications, nudging.see_notifications, "nudges:write"),
    PushSpec("open_notification", m.OpenNotification, nudging.open_one, "nudges:write"),
)
NOTIFIED = (
    MessageSpec("notification_added", m.NotificationAdded),
    MessageSpec("notifications_seen", m.NotificationsSeen),
    MessageSpec("notifications_withdrawn", m.NotificationsWithdrawn),
    MessageSpec("nudge_changed", m.NudgeChanged),
    MessageSpec("nudge_settings_changed", m.NudgeSettingsChanged),
    MessageSpec("person_removed", m.PersonRemoved),
    MessageSpec("snapshot", m.Snapshot),
)


def _feed(pattern: str, title: str, **more: Any) -> TopicSpec:
    """A topic of activities: its latest fifty at the join, and each one after."""
    given: dict[str, Any] = {"pushes": REACTING, "messages": FEED, "collapse": LATEST, **more}
    return TopicSpec(pattern, title, "activity:read", history=True, **given)


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
        "presence:cohort",
        "The members of one's own cohort who are here, without knowing its id.",
        "presence:read",
        rule="grouped",
        presence=True,
        alias_of="cohort:{my_cohort}",
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
        pushes=WHILE_HERE + STARTING,
        messages=(
            *PRESENCE,
            MessageSpec("subject_stats", m.SubjectStats),
            MessageSpec("friends_online", m.FriendsOnline),
        ),
        welcome=practising.welcome_to_subject,
    ),
    _feed("activity:global", "What everybody may see of what happens."),
    _feed("activity:feed", "The same under an older name.", alias_of="activity:global"),
    _feed("activity_feed:global", "The same under an older name.", alias_of="activity:global"),
    _feed("activity:achievements", "Of that, the badges and streaks."),
    _feed("activity:high-scores", "Of that, the high scores."),
    _feed("activity:subject:{subject_id}", "The same for one subject.", rule="subject"),
    _feed(
        "activity:user:{user_id}",
        "What everybody may see of one person's doings: for those who follow them.",
        rule="somebody",
    ),
    _feed(
        "cohort:{cohort_id}",
        "A cohort's own room: its members who are here, what they do and say, and their challenges.",
        rule="member",
        presence=True,
        collapse=LATEST | COUNT | {"cohort_info"},
        pushes=WHILE_HERE + REACTING + IN_THE_ROOM,
        messages=PRESENCE + FEED + BOARD[:1] + ROOM,
        welcome=room.welcome_to_cohort,
        same_welcome=True,
    ),
    TopicSpec(
        "cohort:{cohort_id}:desk",
        "That something waits for the staff of a cohort: a message that was held or reported.",
        MODERATE,
        rule="member",
        messages=(MessageSpec("desk_changed", m.DeskChanged),),
        collapse=frozenset({"desk_changed"}),
    ),
    _feed(
        "activity_feed:cohort",
        "What one's own cohort does, without knowing its id.",
        rule="grouped",
        alias_of="cohort:{my_cohort}",
        messages=FEED + ROOM[3:],
    ),
    TopicSpec(
        "workshop:{workshop_id}",
        "A workshop as everybody in it sees it; nobody's score is in it before its reveal.",
        TAKE_PART,
        rule="participant",
        history=True,
        collapse=LATEST,
        pushes=MOVING,
        messages=WORKSHOP,
    ),
    TopicSpec(
        "session:{workshop_id}",
        "The same under an older name.",
        TAKE_PART,
        rule="participant",
        history=True,
        alias_of="workshop:{workshop_id}",
        collapse=LATEST,
        pushes=MOVING,
        messages=WORKSHOP,
    ),
    TopicSpec(
        "timer:{workshop_id}",
        "A workshop's clocks: every five seconds, for those who count down by the server's.",
        TAKE_PART,
        rule="participant",
        collapse=frozenset({"timer_tick"}),
        messages=(MessageSpec("timer_tick", m.TimerTick), MessageSpec("timer_exceeded", m.TimerTick)),
    ),
    TopicSpec(
        "leaderboard:{board_id}",
        "The first ten of a board, by period: of everybody who may be seen by everybody.",
        "leaderboard:read",
        rule="board",
        history=True,
        collapse=LATEST | RANKED,
        messages=BOARD,
    ),
    TopicSpec(
        "leaderboard:{board_id}:cohort",
        "The same among one's own cohort, without knowing its id.",
        "leaderboard:read",
        rule="board_of_own",
        history=True,
        alias_of="leaderboard:{board_id}:{my_cohort}",
        collapse=LATEST | RANKED,
        messages=BOARD,
    ),
    TopicSpec(
        "leaderboard:{board_id}:{cohort_id}",
        "The same among a cohort.",
        "leaderboard:read",
        rule="board_of_cohort",
        history=True,
        collapse=LATEST | RANKED,
        messages=BOARD,
    ),
    TopicSpec(
        "reviews:results",
        "How many results wait for a second look; said again whenever that or a decision is another.",
        "results:review",
        history=True,
        collapse=LATEST,
        messages=BOARD[1:],
    ),
    TopicSpec(
        "user:{user_id}:rank-changes",
        "One's own ranks, as they change by one's own results or because one was overtaken.",
        "socket:connect",
        rule="owner",
        messages=(MessageSpec("rank_changed", m.RankChanged),),
    ),
    TopicSpec(
        "user:me", "One's own messages, without knowing one's id.", "socket:connect", alias_of="user:{me}", messages=OWN
    ),
    TopicSpec("user:{user_id}", "One person's own messages.", "socket:connect", rule="owner", messages=OWN),
    TopicSpec(
        "user:{user_id}:achievements",
        "One's own points, levels, streak and badges.",
        "socket:connect",
        rule="owner",
        history=True,
        collapse=LATEST,
        messages=(
            MessageSpec("progress", m.Progress),
            MessageSpec("person_removed", m.PersonRemoved),
            MessageSpec("snapshot", m.Snapshot),
        ),
    ),
    TopicSpec(
        "user:{user_id}:progress",
        "How one's own practice goes right now, on whichever device.",
        "socket:connect",
        rule="owner",
        collapse=frozenset({"progress_update"}),
        messages=(MessageSpec("progress_update", m.ProgressUpdate),),
    ),
    TopicSpec(
        "session:{session_id}:live",
        "A practice as those in it watch it: its runs, and how they go.",
        "practice:write",
        rule="seated",
        history=True,
        collapse=LATEST,
        allowance=PROGRESS_A_MINUTE,
        pushes=PRACTISING,
        messages=(*PRACTICE, MessageSpec("progress_update", m.ProgressUpdate)),
    ),
    TopicSpec(
        "session:{session_id}:competitors",
        "The ranks of those who practise the same right now, as far as one may see them.",
        "practice:write",
        rule="seated",
        history=True,
        collapse=LATEST | {"competitors"},
        messages=(*PRACTICE, MessageSpec("competitors", m.Competitors)),
    ),
    TopicSpec(
        "moderation:activities",
        "That something was reported, or answered, for staff.",
        "activity:moderate",
        messages=(
            MessageSpec("reports_changed", m.ReportsChanged),
            MessageSpec("nudge_reports_changed", m.NudgeReportsChanged),
        ),
    ),
    TopicSpec(
        "race:{subject_id}",
        "Who practises a subject right now and how far each has come, of those whom everybody may see.",
        "presence:read",
        rule="subject",
        collapse=frozenset({"race"}),
        messages=(MessageSpec("race", m.Race),),
        welcome=practising.welcome_to_race,
    ),
    TopicSpec(
        "race:{subject_id}:{cohort_id}",
        "The same, of those of a cohort who are seen there alone.",
        "presence:read",
        rule="subject_of_cohort",
        collapse=frozenset({"race"}),
        messages=(MessageSpec("race", m.Race),),
        welcome=practising.welcome_to_race,
    ),
    TopicSpec(
        "notifications:{user_id}",
        "One person's queue of notifications: nudges and others, how many are new, and what became of them.",
        "socket:connect",
        rule="owner",
        history=True,
        collapse=LATEST,
        pushes=NUDGING,
        messages=NOTIFIED,
    ),
)


def find(topic: str, principal: Principal, specs: tuple[TopicSpec, ...] = TOPICS) -> Found:
    """The declared topic that a name means for somebody; NotFound when there is none."""
    found = _declared(topic, specs)
    if found is None:
        raise NotFound("There is no such topic.", reason="unmatched topic")
    if not found.spec.of_asker:
        return found
    own = {"me": str(principal.id), "my_cohort": str(principal.cohort_id)}
    return Found(found.spec, topic, _named(found.spec.alias_of, own | found.params), found.params)


@lru_cache(maxsize=1024)
def _declared(topic: str, specs: tuple[TopicSpec, ...]) -> Found | None:
    """What a name means whoever asks. Kept, since a crowd names the same few topics thousands of times."""
    for spec in specs:
        params = match(spec.pattern, topic)
        if params is not None:
            return Found(spec, topic, _named(spec.alias_of or spec.pattern, params), params)
    return None


def _named(pattern: str, params: Mapping[str, str]) -> str:
    for key, value in params.items():
        pattern = pattern.replace("{" + key + "}", str(parse_id(value) or value))
    return pattern


def authorize(principal: Principal, topic: str, specs: tuple[TopicSpec, ...] = TOPICS) -> Found:
    """Let somebody onto a topic, or raise Forbidden with the reason."""
    found = find(topic, principal, specs)
    # A guest has no topic of their own beside their workshop's: whoever is here without an account is nobody elsewhere.
    known = principal.kind in ("person", "staff") or (principal.kind == "guest" and found.spec.scope == TAKE_PART)
    if principal.id is None or not known:
        raise Forbidden(reason="forbidden")
    if not principal.may(found.spec.scope):
        raise Forbidden(reason="forbidden", scope=found.spec.scope)
    reason = RULES[found.spec.rule](principal, found.params)
    if reason:
        raise Forbidden(reason=reason)
    return found


def describe(specs: tuple[TopicSpec, ...] = TOPICS) -> list[dict[str, Any]]:
    """Every topic with its messages, their schemas and an example each: for the reference pages and for clients."""
    return [
        {
            "topic": spec.pattern,
            "title": spec.title,
            "scope": spec.scope,
            "rule": spec.rule,
            "who": (RULES[spec.rule].__doc__ or "").strip(),
            "presence": spec.presence,
            "history": spec.history,
            "alias_of": spec.alias_of or None,
            "messages_a_minute": spec.allowance or MESSAGES_A_MINUTE,
            "own_allowance": bool(spec.allowance),
            "collapse": sorted(spec.collapse),
            "join": msgspec.json.schema(m.JoinParams) if spec.history else None,
            "join_example": ["1", "1", called(spec.pattern), "phx_join", {}],
            "client_messages": [
                _described(push.name, push.version, push.type, ["1", "2", called(spec.pattern)]) | {"scope": push.scope}
                for push in spec.pushes
            ],
            "server_messages": [
                _described(said.name, said.version, said.type, [None, None, called(spec.pattern)])
                for said in spec.messages
            ],
        }
        for spec in specs
    ]


def called(pattern: str) -> str:
    """A topic of this pattern, as examples name it."""
    for name, value in IDS.items():
        pattern = pattern.replace("{" + name + "}", value)
    return pattern


def _described(name: str, version: int, form: Any, start: list[str | None]) -> dict[str, Any]:
    schema = msgspec.json.schema(form)
    return {"name": name, "version": version, "schema": schema, "example": [*start, name, EXAMPLES[name]]}
