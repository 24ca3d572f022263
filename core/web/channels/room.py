"""What is said and heard in a cohort's room on the socket, beside what its topic's state holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.activity.queries import WINDOW, in_cohort, latest
from core.content import boards, subjects
from core.events.catalog import AchievementUnlocked, ChallengeWon, PracticeCompleted
from core.ids import parse_id
from core.leaderboards.queries import averages_of
from core.principal import Principal
from core.social import challenges, chat
from core.social.room_state import Room
from core.social.rooms import chat_of, switch_chat
from core.web.channels.hiding import without
from data.tables import ActivityRow

if TYPE_CHECKING:
    from core.web.channels.topics import Push, Services

WELCOME_FEED = 20
IN_WELCOME = frozenset({PracticeCompleted.type, AchievementUnlocked.type, ChallengeWon.type})

# --- what follows a join


async def welcome_to_cohort(services: Services, who: Principal, params: dict[str, str]) -> list[tuple[str, Any]]:
    """How the cohort stands, what it did last, and its boards: in this order."""
    cohort_id = parse_id(params["cohort_id"]) or who.cohort_id
    if cohort_id is None:
        return []
    hidden = frozenset(map(str, who.hidden))
    told = [
        ("cohort_info", await services.rooms.info(cohort_id)),
        ("activity_feed", {"activities": await _lately(services, cohort_id)}),
        ("leaderboards", {"leaderboards": await _boards(services, cohort_id)}),
    ]
    return [(name, without(payload, hidden)) for name, payload in told] if hidden else told


async def _lately(services: Services, cohort_id: UUID) -> list[dict[str, Any]]:
    """The latest results, badges and challenges won: of the state that is here, if that reaches back so far."""
    state: Room = (await services.replicas.get(f"cohort:{cohort_id}")).state
    items = [item for item in state.activities if item.type in IN_WELCOME][:WELCOME_FEED]
    if len(items) < WELCOME_FEED and len(state.activities) == WINDOW:
        async with services.transactions.read() as db:
            wanted = in_cohort(cohort_id) & ActivityRow.event_type.in_(sorted(IN_WELCOME))
            items = await latest(db, wanted, WELCOME_FEED)
    return [item.wire() for item in items]


async def _boards(services: Services, cohort_id: UUID) -> list[dict[str, Any]]:
    averages = {board.subject: board.id for board in boards().values() if board.metric == "avg_score"}
    now = services.transactions.clock.now().isoformat()
    found = []
    for subject in subjects():
        users: list[dict[str, Any]] = []
        if subject in averages:
            users = averages_of((await services.replicas.get(f"leaderboard:{averages[subject]}:{cohort_id}")).state)
        found.append({"subject": subject, "top_users": users, "updated_at": now})
    return found


# --- what clients say


async def send_message(push: Push) -> dict[str, Any]:
    said = push.payload
    done = await push.services.transactions.run(
        push.principal, chat.send_message, push.services.gate, said.text, key=said.key
    )
    return {
        "message_id": str(done.message_id),
        "status": done.status,
        "text": done.text,
        "redacted": list(done.redacted),
    }


async def report_message(push: Push) -> None:
    said = push.payload
    await push.services.transactions.run(
        push.principal, chat.report_message, push.services.gate, said.message_id, said.reason
    )


async def remove_message(push: Push) -> None:
    await push.services.transactions.run(push.principal, chat.remove_message, push.payload.message_id)


async def decide_message(push: Push) -> dict[str, Any]:
    said = push.payload
    status = await push.services.transactions.run(push.principal, chat.decide_message, said.message_id, said.show)
    return {"message_id": str(said.message_id), "status": status}


async def set_chat(push: Push) -> dict[str, Any]:
    return chat_of(await push.services.transactions.run(push.principal, switch_chat, push.payload.on))


async def challenge_cohort(push: Push) -> dict[str, Any]:
    said = push.payload
    made = await push.services.transactions.run(
        push.principal, challenges.challenge_cohort, push.services.gate, said.skill, subject=said.subject
    )
    return {
        "challenge_id": str(made.challenge_id),
        "subject": made.subject,
        "skill": made.skill,
        "expires_at": made.expires_at.isoformat(),
    }


async def join_challenge(push: Push) -> dict[str, Any]:
    challenge_id = push.payload.challenge_id
    joined = await push.services.transactions.run(
        push.principal, challenges.join_challenge, push.services.gate, challenge_id
    )
    return {"challenge_id": str(challenge_id), "joined": joined}
