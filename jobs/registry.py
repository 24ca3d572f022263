"""Every job there is, in the order in which they run when several are due."""

from __future__ import annotations

from jobs.audiences import AUDIENCES
from jobs.boards import BOARD_PERCENTILES, BOARD_PERIODS, BOARDS
from jobs.cohorts import COHORT_CHAT, COHORT_ROOMS
from jobs.export_log import export_log
from jobs.job import Job
from jobs.nudges import CHALLENGE_REMINDERS, NUDGE_EXPIRY, nudge_detection, nudge_mail, streak_rescue
from jobs.place import Place
from jobs.practice_cleanup import PRACTICE_CLEANUP
from jobs.presence_cleanup import PRESENCE_CLEANUP
from jobs.retention import retention
from jobs.rollups import rollups
from jobs.workshops import WORKSHOP_EXPIRY, WORKSHOPS


def registry(place: Place) -> tuple[Job, ...]:
    return (
        PRESENCE_CLEANUP,
        PRACTICE_CLEANUP,
        NUDGE_EXPIRY,
        nudge_detection(place),
        streak_rescue(place),
        CHALLENGE_REMINDERS,
        nudge_mail(place),
        WORKSHOPS,
        COHORT_ROOMS,
        AUDIENCES,
        BOARD_PERIODS,
        BOARDS,
        BOARD_PERCENTILES,
        export_log(place),
        rollups(place),
        COHORT_CHAT,
        retention(place),
        WORKSHOP_EXPIRY,
    )
