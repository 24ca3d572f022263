"""Workshops: templates, runs of them (`sessions`), and who took part, scored, wrote and agreed there.

In the product's own words a session is a workshop; the tables keep their public names. Scores stand nowhere else until
they are revealed. Teams, their figures and their open actions outlive the workshops, without names.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class TemplateRow(Base):
    """One version of a template: a workshop keeps the one that it began with."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("slug", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(8), server_default="1.0")
    name: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default=true())
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """All of it: time shares, screens and help included."""
    inserted_at: Mapped[datetime]


class QuestionRow(Base):
    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("templates.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(60))
    short_title: Mapped[str] = mapped_column(String(24))
    explanation: Mapped[str] = mapped_column(Text)
    scale_type: Mapped[str] = mapped_column(String(24))
    scale_min: Mapped[int] = mapped_column(SmallInteger)
    scale_max: Mapped[int] = mapped_column(SmallInteger)
    optimal_value: Mapped[int] = mapped_column(SmallInteger)
    discussion_prompts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    facilitator_help: Mapped[str] = mapped_column(Text)


class TeamRow(Base):
    """A team: found by the secret in its link, which is kept as a hash."""

    __tablename__ = "teams"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    inserted_at: Mapped[datetime]
    last_activity_at: Mapped[datetime] = mapped_column(index=True)


class WorkshopRow(Base):
    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("state IN ('lobby', 'intro', 'scoring', 'summary', 'actions', 'completed')", name="state"),
        Index("ix_sessions_state", "state"),
        Index("ix_sessions_expires_at", "expires_at"),
        Index("ix_sessions_last_activity_at", "last_activity_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("templates.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"), index=True)
    previous_id: Mapped[UUID | None]
    """The workshop that this one follows; it may be gone by now."""
    code: Mapped[str] = mapped_column(String(6), unique=True)
    state: Mapped[str] = mapped_column(String(16), server_default="lobby")
    stage: Mapped[str] = mapped_column(String(16), server_default="")
    current_question: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    scores_revealed: Mapped[bool] = mapped_column(Boolean, server_default=false())
    revealed: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    """The questions whose scores have been shown, in their order."""
    names_shown: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    missing: Mapped[dict[str, list[str]]] = mapped_column(JSONB, server_default="{}")
    """By question: who had not scored when it was revealed without them."""
    passed: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)), server_default="{}")
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    outcome: Mapped[str] = mapped_column(String(16), server_default="")
    section: Mapped[str] = mapped_column(String(40), server_default="")
    paused: Mapped[str] = mapped_column(String(8), server_default="")
    paused_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(Integer, server_default="0")
    revision: Mapped[int] = mapped_column(Integer, server_default="0")
    inserted_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    last_activity_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ParticipantRow(Base):
    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("session_id", "browser_token"),
        CheckConstraint("status IN ('active', 'inactive', 'dropped')", name="status"),
        Index("ix_participants_session_id", "session_id"),
        Index("ix_participants_last_seen_at", "last_seen_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """People stand in the order in which they joined."""
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    browser_token: Mapped[bytes] = mapped_column(LargeBinary)
    """Hashed."""
    token_generation: Mapped[int] = mapped_column(Integer, server_default="0")
    pin_hash: Mapped[bytes] = mapped_column(LargeBinary)
    pin_tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    status: Mapped[str] = mapped_column(String(16), server_default="active")
    ready: Mapped[bool] = mapped_column(Boolean, server_default=false())
    is_facilitator: Mapped[bool] = mapped_column(Boolean, server_default=false())
    is_observer: Mapped[bool] = mapped_column(Boolean, server_default=false())
    joined_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    away_since: Mapped[datetime | None]


class ReentryRow(Base):
    """Somebody at the door who says that they are a participant; their browser's new token waits here, hashed."""

    __tablename__ = "reentries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"), index=True)
    browser_token: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]


class ScoreRow(Base):
    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("session_id", "participant_id", "question"),
        Index("ix_scores_session_id_question", "session_id", "question"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"), index=True)
    question: Mapped[int] = mapped_column(SmallInteger)
    value: Mapped[int] = mapped_column(SmallInteger)
    locked: Mapped[bool] = mapped_column(Boolean, server_default=false())
    submitted_at: Mapped[datetime]


class NoteRow(Base):
    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_session_id_question", "session_id", "question"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    question: Mapped[int | None] = mapped_column(SmallInteger)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("participants.id", ondelete="SET NULL"), index=True)
    content: Mapped[str] = mapped_column(Text)
    edition: Mapped[int] = mapped_column(Integer, server_default="0")
    inserted_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ActionRow(Base):
    __tablename__ = "actions"
    __table_args__ = (Index("ix_actions_session_id", "session_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    question: Mapped[int | None] = mapped_column(SmallInteger)
    content: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(60))
    due_on: Mapped[date | None]
    done: Mapped[bool] = mapped_column(Boolean, server_default=false())
    carried: Mapped[bool] = mapped_column(Boolean, server_default=false())
    edition: Mapped[int] = mapped_column(Integer, server_default="0")
    position: Mapped[int] = mapped_column(Integer)
    inserted_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TimerRow(Base):
    __tablename__ = "timers"
    __table_args__ = (UniqueConstraint("session_id", "section"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    section: Mapped[str] = mapped_column(String(40))
    duration_ms: Mapped[int] = mapped_column(BigInteger)
    remaining_ms: Mapped[int] = mapped_column(BigInteger)
    """When it last began to run, or stood."""
    paused: Mapped[bool] = mapped_column(Boolean, server_default=false())
    started_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class FeedbackRow(Base):
    __tablename__ = "feedback"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("sessions.id", ondelete="SET NULL"), index=True)
    section: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(200))
    inserted_at: Mapped[datetime]


class TeamResultRow(Base):
    """What is left of a question in a workshop: figures, nobody's name, nobody's score."""

    __tablename__ = "team_results"

    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    template: Mapped[str] = mapped_column(String(40))
    ended_at: Mapped[datetime]
    average: Mapped[float | None] = mapped_column(Float)
    spread: Mapped[float | None] = mapped_column(Float)
    count: Mapped[int] = mapped_column(SmallInteger)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TeamActionRow(Base):
    """What a team still has to do, without who does it."""

    __tablename__ = "team_actions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[UUID]
    content: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(index=True)
