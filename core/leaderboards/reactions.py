"""What follows for boards from facts: results are counted in, entries follow their people, ranks are compared.

Counting in and following are one reaction, so that they happen in the order of the log. Ranks are another: counting
them on a large board takes longer than changing a score, and nobody's score has to wait for that.
"""

from __future__ import annotations

from core.events.boards import StandingsChanged
from core.events.catalog import AudienceChanged, DiagnosticCompleted, PersonUpdated, PracticeCompleted, QuizCompleted
from core.events.fact import Fact
from core.leaderboards.commands import record_result
from core.leaderboards.people import refresh_entries
from core.leaderboards.ranking import compare_ranks
from core.reactions import Reaction
from core.transaction import Transaction


async def keep_boards(tx: Transaction, fact: Fact) -> None:
    """A result counts; a person whose audience or cohort is another is shown to others, elsewhere."""
    event = fact.event
    if isinstance(event, AudienceChanged | PersonUpdated):
        moved = isinstance(event, AudienceChanged) or event.cohort_from != fact.cohort_id
        if moved and fact.user_id is not None:
            await refresh_entries(tx, fact.user_id)
        return
    await record_result(tx, fact)


BOARDS = Reaction(
    "boards",
    (PracticeCompleted, QuizCompleted, DiagnosticCompleted, AudienceChanged, PersonUpdated),
    keep_boards,
    starts="beginning",
)
RANKS = Reaction("board_ranks", (StandingsChanged,), compare_ranks)
