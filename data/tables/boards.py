"""Results, and the boards made of them: one entry a person, board and period, kept up with every result.

`results` is what boards are made of and can always be made of again. An entry holds whom it may be shown to and its
person's cohort, so that a rank is one count over an index; whoever shows a name looks at the person all the same.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class BoardRow(Base):
    """A board, and which day and week it is on it. Whoever changes entries holds these rows."""

    __tablename__ = "leaderboard_boards"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject_id: Mapped[str | None] = mapped_column(String(64), index=True)
    """The subject whose results it is made of; none for a board made of boards."""
    scope: Mapped[str] = mapped_column(String(16), server_default="everybody")
    metric: Mapped[str] = mapped_column(String(16))
    direction: Mapped[str] = mapped_column(String(8), server_default="higher")
    timezone: Mapped[str] = mapped_column(String(64))
    least: Mapped[int] = mapped_column(Integer)
    """So many results one needs to stand on it."""
    day: Mapped[date] = mapped_column(Date)
    week: Mapped[date] = mapped_column(Date)
    since: Mapped[date] = mapped_column(Date)
    """The first day that counts for all time."""


class ResultRow(Base):
    """One result, its id that of the event in the log. Only `counted` ones are on boards."""

    __tablename__ = "results"
    __table_args__ = (
        CheckConstraint("status IN ('counted', 'review', 'voided')", name="status"),
        Index("ix_results_user_id_subject_id_taken_at", "user_id", "subject_id", "taken_at"),
        Index("ix_results_subject_id_taken_at", "subject_id", "taken_at"),
        Index("ix_results_review", "taken_at", "id", postgresql_where=text("status = 'review'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    subject_id: Mapped[str] = mapped_column(String(64))
    skill: Mapped[str | None] = mapped_column(String(64))
    event_type: Mapped[str] = mapped_column(String(64))
    score: Mapped[int] = mapped_column(Integer)
    """In hundredths: 8550 is 85.5."""
    points: Mapped[int] = mapped_column(Integer)
    wpm: Mapped[int | None] = mapped_column(Integer)
    """In hundredths too."""
    seconds: Mapped[int | None] = mapped_column(Integer)
    items: Mapped[int | None] = mapped_column(Integer)
    taken_at: Mapped[datetime]
    received_at: Mapped[datetime]
    in_day: Mapped[bool] = mapped_column(Boolean)
    """Whether it came while the table of its day was open; likewise of its week."""
    in_week: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    """Why it was held for review."""
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(Text)
    """Why it was decided so, in the words of who did."""


class EntryRow(Base):
    __tablename__ = "leaderboard_entries"
    __table_args__ = (
        CheckConstraint("period IN ('daily', 'weekly', 'all_time')", name="period"),
        CheckConstraint("shown IN ('public', 'cohort', 'nobody')", name="shown"),
        Index("ix_leaderboard_entries_rank", "subject_id", "period", "period_start", "rank"),
        Index(
            "ix_leaderboard_entries_public",
            "subject_id",
            "period",
            "period_start",
            text("score DESC"),
            "reached_at",
            "user_id",
            postgresql_where=text("shown = 'public'"),
        ),
        Index(
            "ix_leaderboard_entries_cohort",
            "cohort_id",
            "subject_id",
            "period",
            "period_start",
            "score",
            postgresql_where=text("shown <> 'nobody'"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The board's id; a subject's own board is called like the subject."""
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    period_start: Mapped[date] = mapped_column(Date, primary_key=True)
    """The day in the board's zone with which the period began."""
    score: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    results: Mapped[int] = mapped_column(Integer)
    reached_at: Mapped[datetime]
    """When the last result was taken that made this score: among equals the earlier one stands first."""
    shown: Mapped[str] = mapped_column(String(16))
    cohort_id: Mapped[UUID | None]
    rank: Mapped[int | None] = mapped_column(Integer)
    """As last recalculated or frozen, among all; the present one is counted when it is read."""
    cohort_rank: Mapped[int | None] = mapped_column(Integer)
    frozen_at: Mapped[datetime | None]
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, server_default="{}")


class TallyRow(Base):
    """How many of those whom everybody may see have a score, and how many one within a span of 256 scores.

    Triggers on the entries keep it, in the transaction that changes them: a rank on a large board is a sum of these.
    """

    __tablename__ = "leaderboard_tallies"
    __table_args__ = ({"postgresql_with": {"fillfactor": "60"}},)

    subject_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    period_start: Mapped[date] = mapped_column(Date, primary_key=True)
    width: Mapped[int] = mapped_column(Integer, primary_key=True)
    bucket: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """The score divided by the width."""
    people: Mapped[int] = mapped_column(Integer)


class ChoiceRow(Base):
    """Whether somebody wants to be on boards; who never said is."""

    __tablename__ = "leaderboard_choices"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    listed: Mapped[bool] = mapped_column(Boolean)
    updated_at: Mapped[datetime]
