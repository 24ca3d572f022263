"""What there is to practise, and what a practice came to beside one's own past."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from core.achievements.queries import streak_now
from core.content import most_points, points_for
from core.errors import Invalid, NotFound
from core.practice.catalogue import rank_by, what_of
from core.practice.exercises import exercise
from core.practice.queries import Past, own_run_of, past_of
from core.safety.gate import ActionRequest
from core.web.rest.fields import Input, Output
from core.web.rest.practice import A_RUN, RunOut, own_id, run_out
from core.web.routes import READING, Call, Routes
from data.tables import PracticeRun

routes = Routes("Practice")

OFFERED_FROM = 8_000
"""A result of so much, in hundredths, is worth asking a friend to try the same."""


class ExerciseQuery(Input, frozen=True, kw_only=True):
    """How hard, and which one: the same seed gives the same exercise."""

    level: Annotated[int, Meta(ge=1, le=3)] = 2
    seed: Annotated[str, Meta(max_length=64)] = ""


class QuestionOut(Output, frozen=True, kw_only=True):
    """A question, with every way to write its answer; with choices, the right one of them."""

    ask: str
    answers: tuple[str, ...]
    choices: tuple[str, ...]
    passage: Annotated[int | None, Meta(description="Which of the passages it is about.")]


class ExerciseOut(Output, frozen=True, kw_only=True):
    """Something to practise. By its kind it is a text to type, questions to answer, notes to play or beats to tap."""

    kind: Literal["text", "answers", "notes", "beats"]
    level: int
    title: str
    hint: str
    seconds: Annotated[int | None, Meta(description="The most it takes; null where it takes as long as it takes.")]
    text: str
    questions: list[QuestionOut]
    passages: Annotated[list[tuple[str, str]], Meta(description="Title and text of each.")]
    notes: list[str]
    beats: list[float]


AN_EXERCISE: dict[str, Any] = {
    "kind": "notes",
    "level": 1,
    "title": "Morning steps",
    "hint": "Slow and even beats fast and bumpy.",
    "seconds": None,
    "text": "",
    "questions": [],
    "passages": [],
    "notes": ["C", "D", "E", "C"],
    "beats": [],
}


@routes(
    "GET",
    "/api/v1/exercises/{subject_id}/{skill}",
    scope="practice:write",
    summary="An exercise of a skill.",
    rate=READING,
    errors=(404, 422),
    answer_example=AN_EXERCISE,
)
async def get_exercise(call: Call[None, ExerciseQuery]) -> ExerciseOut:
    """Two who practise together ask with the id of their session, and get the same."""
    try:
        what = what_of(call.path["subject_id"], call.path["skill"])
    except Invalid as unknown:
        raise NotFound("There is nothing of this to practise.", **unknown.details) from None
    found = exercise(what, call.query.level, call.query.seed)
    questions = [
        QuestionOut(ask=one.ask, answers=one.answers, choices=one.choices, passage=one.passage)
        for one in found.questions
    ]
    return ExerciseOut(
        kind=found.kind,
        level=found.level,
        title=found.title,
        hint=found.hint,
        seconds=found.seconds,
        text=found.text,
        questions=questions,
        passages=list(found.passages),
        notes=list(found.notes),
        beats=list(found.beats),
    )


class BeforeOut(Output, frozen=True, kw_only=True):
    """A result of one's own from before."""

    score: float
    wpm: float | None
    at: datetime


class PastOut(Output, frozen=True, kw_only=True):
    """What one did of the same skill before."""

    times: int
    best: BeforeOut | None
    last: BeforeOut | None


class OutcomeOut(Output, frozen=True, kw_only=True):
    """One's own practice beside one's own past."""

    run: RunOut
    past: PastOut
    points: Annotated[int, Meta(description="What its result is worth on boards of points.")]
    streak: Annotated[int, Meta(description="Days in a row, as they stand now.")]
    challenge: Annotated[bool, Meta(description="Whether one may ask a friend to try the same now.")]


@routes(
    "GET",
    "/api/v1/practice/{practice_id}",
    scope="practice:write",
    summary="One's own practice, beside what one did before.",
    rate=READING,
    errors=(404,),
    answer_example={
        "run": A_RUN,
        "past": {"times": 0, "best": None, "last": None},
        "points": 0,
        "streak": 3,
        "challenge": False,
    },
)
async def get_outcome(call: Call[None, None]) -> OutcomeOut:
    me = own_id(call)
    async with call.app.transactions.read() as db:
        run = await own_run_of(db, me, call.path_id("practice_id"))
        if run is None:
            raise NotFound("There is no such practice of yours.", reason="unknown_practice")
        past = await past_of(db, run, rank_by(run.app)[0])
        streak = await streak_now(db, me, call.app.clock.now())
        challenge = await _may_challenge(call, db, run)
    points = points_for(most_points()["practice_completed"], run.score) if run.score is not None else 0
    return OutcomeOut(run=run_out(run), past=_past(past), points=points, streak=streak.days, challenge=challenge)


async def _may_challenge(call: Call[None, None], db: Any, run: PracticeRun) -> bool:
    """Offered after a good result alone, and never where consent, a parent or a list says no."""
    if run.status != "completed" or (run.score or 0) < OFFERED_FROM:
        return False
    asked = ActionRequest(actor=call.principal, action="co_practice", ip=call.address)
    return (await call.app.gate.would_allow(db, call.app.clock.now(), asked)).allowed


def _past(past: Past) -> PastOut:
    return PastOut(times=past.times, best=_before(past.best), last=_before(past.last))


def _before(run: PracticeRun | None) -> BeforeOut | None:
    if run is None:
        return None
    out = run_out(run)
    return BeforeOut(score=out.score or 0, wpm=out.wpm, at=run.ended_at or run.started_at)
