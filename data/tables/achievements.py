"""What somebody has reached: badges, totals, bests, the days on which they practised, and the zones they lived in.

Days are a person's own, numbered so that neighbours differ by one wherever the person travels.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class Achievement(Base):
    """A badge, once a person and scope: the scope of a rank is its board and period, elsewhere it is empty."""

    __tablename__ = "achievements"
    __table_args__ = (UniqueConstraint("user_id", "achievement", "scope"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    achievement: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(160), server_default="")
    title: Mapped[str] = mapped_column(String(80))
    points: Mapped[int] = mapped_column(Integer)
    earned_at: Mapped[datetime]


class LearnerProgress(Base):
    """Somebody's totals after the fact `seq`; what is told of them live is exactly this row."""

    __tablename__ = "learner_progress"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    points: Mapped[int] = mapped_column(Integer, server_default="0")
    practices: Mapped[int] = mapped_column(Integer, server_default="0")
    perfect: Mapped[int] = mapped_column(Integer, server_default="0")
    pairs: Mapped[int] = mapped_column(Integer, server_default="0")
    subjects: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """Points by subject."""
    streak: Mapped[int] = mapped_column(Integer, server_default="0")
    longest: Mapped[int] = mapped_column(Integer, server_default="0")
    last_day: Mapped[date | None] = mapped_column(Date)
    seq: Mapped[int] = mapped_column(BigInteger, server_default="0")


class SkillBest(Base):
    __tablename__ = "skill_bests"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    skill: Mapped[str] = mapped_column(String(64), primary_key=True)
    score: Mapped[int] = mapped_column(Integer)
    """In hundredths."""
    at: Mapped[datetime]


class PracticeDay(Base):
    __tablename__ = "practice_days"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    """What the calendar on their wall said."""
    results: Mapped[int] = mapped_column(Integer)


class ZoneMove(Base):
    """Somebody's time zone changed: from this moment on they live by another one."""

    __tablename__ = "zone_moves"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]
    before: Mapped[str] = mapped_column(String(64))
    zone: Mapped[str] = mapped_column(String(64))
