"""What feeds show: one row for each activity, its id that of the event in the log; and what people think of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class ActivityRow(Base):
    __tablename__ = "activity_events"
    __table_args__ = (
        CheckConstraint("visibility IN ('public', 'cohort', 'friends', 'private')", name="visibility"),
        Index("ix_activity_events_seq", "seq"),
        Index("ix_activity_events_user_id_seq", "user_id", "seq"),
        Index("ix_activity_events_subject_id_seq", "subject_id", "seq"),
        Index("ix_activity_events_cohort_id_seq", "cohort_id", "seq"),
        Index("ix_activity_events_event_type", "event_type"),
        Index("ix_activity_events_inserted_at", "inserted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The event's place in the log, stamped when it is appended."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    cohort_id: Mapped[UUID | None]
    subject_id: Mapped[str | None] = mapped_column(String(64))
    skill: Mapped[str | None] = mapped_column(String(64))
    event_type: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    visibility: Mapped[str] = mapped_column(String(16), server_default="public")
    reactions_count: Mapped[int] = mapped_column(Integer, server_default="0")
    at: Mapped[datetime]
    inserted_at: Mapped[datetime]


class ActivityReaction(Base):
    """One person's reaction to one activity: there is never a second one beside it."""

    __tablename__ = "activity_reactions"
    __table_args__ = (
        CheckConstraint("reaction IN ('like', 'celebrate', 'wow', 'support')", name="reaction"),
        Index("ix_activity_reactions_user_id", "user_id"),
    )

    activity_event_id: Mapped[UUID] = mapped_column(
        ForeignKey("activity_events.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    reaction: Mapped[str] = mapped_column(String(16))
    inserted_at: Mapped[datetime]


class ActivityHide(Base):
    """An activity that one person does not want to see."""

    __tablename__ = "activity_hides"
    __table_args__ = (Index("ix_activity_hides_activity_event_id", "activity_event_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    activity_event_id: Mapped[UUID] = mapped_column(
        ForeignKey("activity_events.id", ondelete="CASCADE"), primary_key=True
    )
    hidden_at: Mapped[datetime]


class ActivityReport(Base):
    """One person's wish that staff look at an activity; it outlives the activity."""

    __tablename__ = "activity_reports"
    __table_args__ = (
        UniqueConstraint("activity_event_id", "reporter_id"),
        CheckConstraint("reason IN ('unkind', 'private', 'unfair', 'other')", name="reason"),
        CheckConstraint("status IN ('open', 'kept', 'removed')", name="status"),
        Index("ix_activity_reports_open", "reported_at", postgresql_where=text("status = 'open'")),
        Index("ix_activity_reports_owner_id", "owner_id"),
        Index("ix_activity_reports_reporter_id", "reporter_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    activity_event_id: Mapped[UUID]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), server_default="open")
    reported_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(80))


class ActivityChallenge(Base):
    """A challenge with which somebody answered an activity: one a person, ever."""

    __tablename__ = "activity_challenges"
    __table_args__ = (Index("ix_activity_challenges_pair", "challenger_id", "target_id", "made_at"),)

    activity_event_id: Mapped[UUID] = mapped_column(
        ForeignKey("activity_events.id", ondelete="CASCADE"), primary_key=True
    )
    challenger_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    target_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]


_of_each = (
    select(ActivityReaction.reaction, func.count().label("n"))
    .where(ActivityReaction.activity_event_id == ActivityRow.id)
    .correlate(ActivityRow)
    .group_by(ActivityReaction.reaction)
    .subquery()
)
REACTIONS = (
    select(func.coalesce(func.jsonb_object_agg(_of_each.c.reaction, _of_each.c.n), text("'{}'::jsonb")))
    .correlate(ActivityRow)
    .scalar_subquery()
)
"""How many there are of each kind of reaction to an activity; kinds that nobody chose are left out."""
