"""The lanes of a subject's room: everybody who practises in it right now, with how far each has come.

`race:{subject}` tells of those whom everybody may see, `race:{subject}:{cohort}` of a cohort's own who are seen there
alone; who appears offline, and who is seen by nobody, is on neither. Like all live progress it is a signal: told at
most twice a second while somebody looks, and never in the log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.practice.catalogue import rank_by
from core.practice.live import Runner

if TYPE_CHECKING:
    from core.practice.progress import Going

LANES = 40
"""So many runs are told of at most; how many there are is told beside them."""


def race_of(runner: Runner) -> str | None:
    """The topic on which somebody's run is shown; None where nobody may see it."""
    if runner.offline or runner.subject is None:
        return None
    if runner.audience == "public":
        return f"race:{runner.subject}"
    if runner.audience == "cohort" and runner.cohort_id is not None:
        return f"race:{runner.subject}:{runner.cohort_id}"
    return None


def far(going: Going) -> dict[str, int | None]:
    """How far a run has come, where its app tells."""
    done, of = going.figures.get("done"), going.figures.get("of")
    if done is None or of is None:
        return {"done": None, "of": None}
    return {"done": int(min(done, of)), "of": int(of)}


def picture(topic: str, everybody: Iterable[Going], hidden: Collection[UUID] = ()) -> dict[str, Any]:
    """Who is on the way, the furthest first."""
    runs = [g for g in everybody if race_of(g.runner) == topic and g.runner.user_id not in hidden]
    runs.sort(key=lambda g: (-_share(g), g.runner.started_at, str(g.runner.run_id)))
    return {"subject": topic.split(":")[1], "runs": [_lane(g) for g in runs[:LANES]], "count": len(runs)}


def _share(going: Going) -> float:
    done, of = going.figures.get("done", 0.0), going.figures.get("of", 0.0)
    return done / of if of else 0.0


def _lane(going: Going) -> dict[str, Any]:
    runner = going.runner
    metric = rank_by(runner.app)[0]
    return {
        "user_id": str(runner.user_id),
        "username": runner.name,
        "avatar_url": runner.avatar,
        "skill": runner.skill,
        "app": runner.app,
        "metric": metric,
        "metric_value": going.figures.get(metric),
        **far(going),
    }
