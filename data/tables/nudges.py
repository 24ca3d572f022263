"""Nudges, the one queue of notifications a person has, and what they and their parents allow.

A notification's `seq` is the place in the log of the fact that tells of it, so that a queue has the order of the log.
What is to reach somebody outside the app is a row of `nudge_deliveries`, which a job sends.
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
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class NudgeRow(Base):
    """Somebody practises, challenges, or is about to lose their streak: one row for one who may care."""

    __tablename__ = "nudges"
    __table_args__ = (
        CheckConstraint("nudge_type IN ('friend_online', 'challenge', 'streak_rescue')", name="nudge_type"),
        CheckConstraint("status IN ('pending', 'accepted', 'ignored', 'expired')", name="status"),
        Index("ix_nudges_recipient_id_status", "recipient_id", "status"),
        Index("ix_nudges_recipient_id_inserted_at", "recipient_id", "inserted_at"),
        Index("ix_nudges_sender_id", "sender_id"),
        Index("ix_nudges_expires_at", "expires_at"),
        Index("ix_nudges_inserted_at", "inserted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Whom it is about; who is reminded of their own streak is both."""
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    nudge_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), server_default="pending")
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, server_default="{}")
    expires_at: Mapped[datetime]
    delivery: Mapped[str] = mapped_column(String(8), server_default="live")
    """How it was to reach them: `live`, `mail`, or by the `queue` alone."""
    inserted_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    muted: Mapped[str | None] = mapped_column(String(8))
    """What was muted in answer to it: the `friend`, or the `kind`."""


class NudgeReport(Base):
    """Somebody's wish that staff look at a friend's nudges; it outlives the nudge."""

    __tablename__ = "nudge_reports"
    __table_args__ = (
        UniqueConstraint("nudge_id"),
        CheckConstraint("status IN ('open', 'kept', 'paused')", name="status"),
        Index("ix_nudge_reports_open", "reported_at", postgresql_where=text("status = 'open'")),
        Index("ix_nudge_reports_sender_id", "sender_id", "kept_out_until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    nudge_id: Mapped[UUID]
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Whom it was about."""
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    nudge_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str | None] = mapped_column(String(64))
    skill: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), server_default="open")
    reported_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    kept_out_until: Mapped[datetime | None]
    """Until then nobody is nudged about this person."""


class NotificationRow(Base):
    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notifications_user_id_seq", "user_id", "seq"),
        Index("ix_notifications_about_id", "about_id"),
        Index("ix_notifications_nudge_id", "nudge_id"),
        Index("ix_notifications_inserted_at", "inserted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    seq: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(160))
    """What makes it the same as another: that one is not told again."""
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    nudge_id: Mapped[UUID | None] = mapped_column(ForeignKey("nudges.id", ondelete="CASCADE"))
    subject_id: Mapped[str | None] = mapped_column(String(64))
    skill: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    inserted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class NudgeSettings(Base):
    """What somebody chose; what they left alone is null and follows the defaults of their age."""

    __tablename__ = "nudge_settings"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    app: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """Kind to whether it may be shown in the app."""
    mail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    quiet: Mapped[bool | None] = mapped_column(Boolean)
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger)
    """Minutes after local midnight."""
    quiet_to: Mapped[int | None] = mapped_column(SmallInteger)
    daily_cap: Mapped[int | None] = mapped_column(SmallInteger)
    digest: Mapped[bool | None] = mapped_column(Boolean)
    email: Mapped[str | None] = mapped_column(String(254))
    updated_at: Mapped[datetime]


class NudgeLimits(Base):
    """What a parent set for a child: at most this, whatever the child chooses."""

    __tablename__ = "nudge_limits"

    child_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    kinds_off: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    mail: Mapped[bool | None] = mapped_column(Boolean)
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_to: Mapped[int | None] = mapped_column(SmallInteger)
    daily_cap: Mapped[int | None] = mapped_column(SmallInteger)
    updated_at: Mapped[datetime]


class NudgeMute(Base):
    """Of whom somebody wants to hear nothing for a while; the muted one is not told."""

    __tablename__ = "nudge_mutes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class DeliveryRow(Base):
    """One nudge on its way outside the app; its id is what keeps a receiver from taking it twice."""

    __tablename__ = "nudge_deliveries"
    __table_args__ = (
        UniqueConstraint("nudge_id"),
        CheckConstraint("status IN ('waiting', 'sent', 'kept', 'dropped', 'failed')", name="status"),
        Index("ix_nudge_deliveries_due_at", "due_at", postgresql_where=text("status = 'waiting'")),
        Index("ix_nudge_deliveries_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    nudge_id: Mapped[UUID] = mapped_column(ForeignKey("nudges.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(8), server_default="waiting")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
