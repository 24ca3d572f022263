"""A cohort's own room: whether people may chat, what they said, and the challenges they set each other.

A message keeps its text only while it is shown or held; what was taken down keeps its place alone. How many take part
in a challenge is how many entries it has: no counter stands beside them that could say something else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class CohortRoomRow(Base):
    __tablename__ = "cohort_rooms"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    chat_on: Mapped[bool] = mapped_column(Boolean, server_default=true())
    """The staff's switch."""
    chat_open: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Whether people may chat, as the room was last told."""
    reason: Mapped[str | None] = mapped_column(String(32))
    """Why they may not."""
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class CohortMessage(Base):
    __tablename__ = "cohort_messages"
    __table_args__ = (
        CheckConstraint("status IN ('shown', 'held', 'removed')", name="status"),
        Index("ix_cohort_messages_cohort_id_seq", "cohort_id", "seq"),
        Index("ix_cohort_messages_user_id_sent_at", "user_id", "sent_at"),
        Index("ix_cohort_messages_sent_at", "sent_at"),
        Index("ix_cohort_messages_held", "cohort_id", "sent_at", postgresql_where=text("status = 'held'")),
        Index("ix_cohort_messages_key", "user_id", "key", unique=True, postgresql_where=text("key IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str | None] = mapped_column(String(64))
    """The writer's own mark, by which a message that is sent again is known."""
    body: Mapped[str | None] = mapped_column(Text)
    """As others may read it: never what was redacted."""
    redacted: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    role: Mapped[str | None] = mapped_column(String(16))
    """The writer's role, where they wrote as staff."""
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    """Why it is held."""
    sent_at: Mapped[datetime]
    event_id: Mapped[UUID | None]
    """The fact by which the room was told."""
    seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """That fact's place in the log."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class MessageReport(Base):
    """Somebody asked that staff look at a message."""

    __tablename__ = "cohort_message_reports"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("cohort_messages.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(16))
    reported_at: Mapped[datetime]


class ChatMute(Base):
    """Somebody cannot write in their cohort's chat until then."""

    __tablename__ = "cohort_mutes"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    until: Mapped[datetime]
    muted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    muted_at: Mapped[datetime]


class CohortChallenge(Base):
    __tablename__ = "cohort_challenges"
    __table_args__ = (
        Index("ix_cohort_challenges_cohort_id", "cohort_id"),
        Index("ix_cohort_challenges_expires_at", "expires_at"),
        Index("ix_cohort_challenges_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    creator_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    subject_id: Mapped[str] = mapped_column(String(64))
    skill: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    winner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)


class ChallengeEntry(Base):
    """Somebody who takes part, and their best result."""

    __tablename__ = "cohort_challenge_entries"

    challenge_id: Mapped[UUID] = mapped_column(ForeignKey("cohort_challenges.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    joined_at: Mapped[datetime]
    score: Mapped[int | None] = mapped_column(Integer)
    """In hundredths."""
    reached_at: Mapped[datetime | None]
    result_id: Mapped[UUID | None]
    """The result that it is of, as boards know it."""
