"""Ranks on large boards without counting people: sums over how many have which score.

The database keeps `leaderboard_tallies` itself, in the transaction that changes entries: for each table, how many of
those whom everybody may see have exactly a score (width 1), and how many one within a span of 256 (width 256). How many
are ahead of a score is then a sum over the few spans above it and the few scores above it in its own span.
"""

from __future__ import annotations

SPAN = 256


def _of(place: str) -> str:
    return f"y.subject_id = {place}board AND y.period = {place}period AND y.period_start = {place}start"


PEOPLE = f"(SELECT coalesce(sum(y.people), 0) FROM leaderboard_tallies y WHERE {_of(':')} AND y.width = {SPAN})"  # noqa: S608
"""How many are listed."""


def ahead(score: str, place: str = ":") -> str:
    """How many listed people have more than a score, which is given in SQL; so is the table, by what precedes names."""
    return f"""((SELECT coalesce(sum(y.people), 0) FROM leaderboard_tallies y
            WHERE {_of(place)} AND y.width = {SPAN} AND y.bucket > {score} / {SPAN})
        + (SELECT coalesce(sum(y.people), 0) FROM leaderboard_tallies y
            WHERE {_of(place)} AND y.width = 1 AND y.bucket > {score}
                AND y.bucket < ({score} / {SPAN} + 1) * {SPAN}))"""  # noqa: S608


def level(score: str, place: str = ":") -> str:
    """How many listed people have exactly a score."""
    return f"""(SELECT coalesce(sum(y.people), 0) FROM leaderboard_tallies y
        WHERE {_of(place)} AND y.width = 1 AND y.bucket = {score})"""  # noqa: S608
