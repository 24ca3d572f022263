"""People, their cohorts, consents, friendships and blocks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class Cohort(Base):
    __tablename__ = "cohorts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    grade_level: Mapped[str | None] = mapped_column(String(32))
    active: Mapped[bool] = mapped_column(Boolean, server_default=true())
    inserted_at: Mapped[datetime]


class User(Base):
    """A person, by the host's id. The real name stays here; others see the public name."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("audience IN ('public', 'cohort', 'nobody')", name="audience"),
        Index("ix_users_birth_date", "birth_date"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(String(200), unique=True)
    role: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    first_name: Mapped[str] = mapped_column(String(60))
    username: Mapped[str] = mapped_column(String(60))
    """The public name, made in one place whenever its sources change."""
    display_name: Mapped[str | None] = mapped_column(String(60))
    """The nickname that the host sent."""
    own_nickname: Mapped[str | None] = mapped_column(String(60))
    """The one that the person chose; it goes first."""
    avatar: Mapped[str] = mapped_column(String(32))
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    birth_date: Mapped[date | None]
    age_band: Mapped[str | None] = mapped_column(String(16))
    audience: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id", ondelete="SET NULL"), index=True)
    grade_level: Mapped[str | None] = mapped_column(String(32))
    current_subject: Mapped[str | None] = mapped_column(String(64))
    device_id: Mapped[str | None] = mapped_column(String(200))
    timezone: Mapped[str | None] = mapped_column(String(64))
    simulated: Mapped[bool] = mapped_column(Boolean, server_default=false())
    appears_offline: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """The person's own switch."""
    kept_offline: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """The host's or a parent's, which the person cannot turn."""
    token_generation: Mapped[int] = mapped_column(Integer, server_default="0")
    """Tokens carry it; raising it revokes every token made before."""
    inserted_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ParentalConsent(Base):
    __tablename__ = "parental_consents"
    __table_args__ = (
        UniqueConstraint("user_id", "scope"),
        Index("parental_consents_user_consent_idx", "user_id", "consent_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    scope: Mapped[str] = mapped_column(String(32))
    consent_given: Mapped[bool]
    method: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[str | None] = mapped_column(Text)
    policy_version: Mapped[str] = mapped_column(String(32))
    given_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    inserted_at: Mapped[datetime]


class Friendship(Base):
    """One row a pair: `user_id` asked `friend_id`. Only `accepted` counts, and then for both."""

    __tablename__ = "friendships"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        CheckConstraint("status IN ('pending', 'accepted', 'declined', 'blocked')", name="status"),
        CheckConstraint("low_id < high_id", name="pair"),
        Index("ix_friendships_user_id", "user_id"),
        Index("ix_friendships_friend_id", "friend_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    friend_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    low_id: Mapped[UUID]
    high_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(String(16), server_default="pending")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Block(Base):
    """One direction of a block; while either stands, neither sees the other."""

    __tablename__ = "blocks"

    blocker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    blocked_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime]
