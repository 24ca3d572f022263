"""What is said and heard of practice on the socket: in a subject's room, and on the topics of a practice itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_

from core.activity.queries import in_cohort, latest
from core.errors import Forbidden
from core.ids import parse_id
from core.practice.catalogue import what_of
from core.practice.commands import Result, complete_practice, give_up_practice, start_practice
from core.practice.queries import popular_skills
from core.practice.rules import METRICS
from core.presence.queries import friends_of
from core.presence.rules import Present
from core.presence.service import Presence
from core.principal import Principal
from data.tables import ActivityRow

if TYPE_CHECKING:
    from core.web.channels.topics import Push, Services

COHORT_ACTIVITY = 20
LOBBY = "presence:lobby"
PRACTISING = "practicing_"


# --- stats of a subject, as far as one viewer may see


def people_in(presence: Presence, who: Principal, subject: str) -> dict[str, Present]:
    """Everybody in a subject whom somebody may see, wherever they are listed."""
    topics = [f"subject:{subject}", f"presence:subject:{subject}"]
    found = {person.user_id: person for topic in topics for person in presence.people(topic, who.hidden)}
    around = [LOBBY, *([f"cohort:{who.cohort_id}"] if who.cohort_id else [])]
    for topic in around:
        for person in presence.people(topic, who.hidden):
            if person.current_subject == subject:
                known = found.get(person.user_id)
                found[person.user_id] = person if known is None or person.current_activity else known
    return found


def room_figures(presence: Presence, who: Principal, subject: str) -> dict[str, Any]:
    """How many are in a subject, how many of them practise, and which skills."""
    people = people_in(presence, who, subject)
    skills: dict[str, int] = {}
    for person in people.values():
        if person.current_activity.startswith(PRACTISING):
            skill = person.current_activity.removeprefix(PRACTISING)
            skills[skill] = skills.get(skill, 0) + 1
    return {
        "peers_online": len(people.keys() - {str(who.id)}),
        "active_practicing": sum(skills.values()),
        "peers_by_skill": dict(sorted(skills.items())),
    }


async def subject_stats(services: Services, who: Principal, subject: str) -> dict[str, Any]:
    """`subject_stats`: who is here and at work, what is popular, and what one's own cohort did in the subject."""
    async with services.transactions.read() as db:
        popular = await popular_skills(db, subject, services.transactions.clock.now())
        items = []
        if who.cohort_id is not None:
            theirs = and_(in_cohort(who.cohort_id), ActivityRow.subject_id == subject)
            if who.hidden:
                theirs = and_(theirs, ActivityRow.user_id.not_in(who.hidden))
            items = await latest(db, theirs, COHORT_ACTIVITY)
    return {
        **room_figures(services.presence, who, subject),
        "popular_skills": [{"skill": one.skill, "count": one.count} for one in popular],
        "cohort_activity": [item.wire() for item in items],
    }


async def welcome_to_subject(services: Services, who: Principal, params: dict[str, str]) -> list[tuple[str, Any]]:
    """What follows the join to a subject's room."""
    return [("subject_stats", await subject_stats(services, who, params["subject_id"]))]


async def welcome_to_race(services: Services, who: Principal, params: dict[str, str]) -> list[tuple[str, Any]]:
    """How a race stands, for whoever comes to look."""
    cohort = parse_id(params.get("cohort_id"))
    topic = f"race:{params['subject_id']}" + (f":{cohort}" if cohort else "")
    return [("race", services.practice.race(topic, who.hidden))]


async def friends_here(services: Services, who: Principal, subject: str, skill: str) -> dict[str, Any] | None:
    """`friends_online`: friends who are in the subject now, with what to do about it; None when there are none."""
    me = str(who.id)
    async with services.transactions.read() as db:
        friends = (await friends_of(db, [me])).get(me, frozenset())
    here = [person for person in people_in(services.presence, who, subject).values() if person.user_id in friends]
    if not here:
        return None
    here.sort(key=lambda person: (person.current_activity != f"{PRACTISING}{skill}", person.online_at, person.user_id))
    shown = [{"user_id": p.user_id, "name": p.name, "current_activity": p.current_activity} for p in here]
    same = here[0].current_activity == f"{PRACTISING}{skill}"
    doing = f"is practising {skill}" if same else f"is in {subject}"
    return {"friends": shown, "suggestion": f"{here[0].name} {doing} too. Practise together?"}


# --- what clients say


async def practice_started(push: Push) -> dict[str, Any]:
    """Begin a skill of this room's subject; friends who are in it come as `friends_online`."""
    subject = push.params["subject_id"]
    services, said = push.services, push.payload
    what = what_of(subject, said.skill, said.app)
    run = await services.transactions.run(push.principal, start_practice, services.gate, what)
    services.presence.practise(_me(push.principal), what.skill, subject)
    await services.practice.begin(run.id)
    friends = await friends_here(services, push.principal, subject, what.skill)
    if friends is not None:
        push.say("friends_online", friends)
    return {"presence_updated": True, "practice_id": str(run.id), "session_id": str(run.session_id)}


async def practice_completed(push: Push) -> dict[str, Any]:
    """Finish what one practises of this room's subject."""
    said = push.payload
    what = what_of(push.params["subject_id"], said.skill)
    result = Result(score=said.score, wpm=said.wpm, items=said.items)
    return await _complete(push, result, run_id=said.practice_id, what=what)


async def practice_progress(push: Push) -> dict[str, Any]:
    """How one's own run goes; told on at most twice a second."""
    said = push.payload
    figures = {name: value for name in METRICS if (value := getattr(said, name)) is not None}
    await push.services.practice.say(said.practice_id, _me(push.principal), figures)
    return {"taken": True}


async def complete_here(push: Push) -> dict[str, Any]:
    """Finish one's own run of this practice."""
    said = push.payload
    result = Result(score=said.score, wpm=said.wpm, items=said.items, seconds=said.seconds)
    return await _complete(push, result, run_id=said.practice_id)


async def give_up_here(push: Push) -> dict[str, Any]:
    """End one's own run of this practice without a result."""
    run = await push.services.transactions.run(push.principal, give_up_practice, push.payload.practice_id)
    push.services.presence.practise(_me(push.principal), run.skill or "", done=True)
    return {"acknowledged": True}


async def _complete(push: Push, result: Result, **which: Any) -> dict[str, Any]:
    run = await push.services.transactions.run(push.principal, complete_practice, result, **which)
    push.services.presence.practise(_me(push.principal), run.skill or "", done=True)
    return {"acknowledged": True, "practice_id": str(run.id), "score": result.score, "seconds": run.seconds}


def _me(principal: Principal) -> UUID:
    me = parse_id(principal.id)
    if me is None:
        raise Forbidden
    return me
