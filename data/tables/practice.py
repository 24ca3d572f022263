"""Runs of practice, one row each, and the invitations by which two people practise together.

A run ends once. When its person is forgotten the row stays, as nobody's: the other's result of a pair is still true.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class PracticeRun(Base):
    __tablename__ = "practice_runs"
    __table_args__ = (
        CheckConstraint("status IN ('live', 'completed', 'ended')", name="status"),
        Index("ix_practice_runs_live", "user_id", unique=True, postgresql_where=text("status = 'live'")),
        Index("ix_practice_runs_user_id_started_at", "user_id", "started_at"),
        Index("ix_practice_runs_session_id", "session_id"),
        Index("ix_practice_runs_started_at", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Also the id of the fact that it began."""
    session_id: Mapped[UUID]
    """What its topics are called by: its own id, or the one that two who practise together share."""
    seat: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Which of the two it is; who invited sits first."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    app: Mapped[str | None] = mapped_column(String(64))
    subject_id: Mapped[str | None] = mapped_column(String(64))
    skill: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    """Why it ended without a result."""
    score: Mapped[int | None] = mapped_column(Integer)
    """In hundredths: 8550 is 85.5; words a minute likewise."""
    wpm: Mapped[int | None] = mapped_column(Integer)
    seconds: Mapped[int | None] = mapped_column(Integer)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CoPractice(Base):
    """Somebody asked somebody to practise together; both runs carry its id as their session's."""

    __tablename__ = "co_practices"
    __table_args__ = (
        CheckConstraint("status IN ('invited', 'live', 'declined', 'completed', 'ended')", name="status"),
        Index("ix_co_practices_inviter_id", "inviter_id"),
        Index("ix_co_practices_partner_id", "partner_id"),
        Index("ix_co_practices_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    inviter_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    app: Mapped[str | None] = mapped_column(String(64))
    subject_id: Mapped[str] = mapped_column(String(64))
    skill: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    score: Mapped[int | None] = mapped_column(Integer)
    """The mean of both, in hundredths."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
