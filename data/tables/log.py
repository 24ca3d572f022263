"""The append-only event log, and what stands beside it: keys of inbound events, cursors of reactions, parked events.

`seq` rises in commit order: whoever appends holds the log's advisory lock from before the insert to the commit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Identity, Index, SmallInteger, String, Text, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class Meta(Base):
    """Facts about this database itself: `log_epoch` changes when a backup is restored."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class EventRow(Base):
    __tablename__ = "event_log"
    __table_args__ = (
        UniqueConstraint("event_id"),
        Index("ix_event_log_type_at", "type", "at"),
        Index("ix_event_log_user_id_at", "user_id", "at"),
        Index("ix_event_log_received_at", "received_at"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID]
    type: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    visitor_id: Mapped[UUID | None]
    cohort_id: Mapped[UUID | None]
    subject: Mapped[str | None] = mapped_column(String(64))
    skill: Mapped[str | None] = mapped_column(String(64))
    visibility: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    backfill: Mapped[bool] = mapped_column(Boolean, server_default=false())
    loop_id: Mapped[str | None] = mapped_column(String(64))
    link_id: Mapped[UUID | None]
    experiment_id: Mapped[str | None] = mapped_column(String(64))
    variant: Mapped[str | None] = mapped_column(String(64))
    phase: Mapped[str | None] = mapped_column(String(32))
    properties: Mapped[dict[str, Any]] = mapped_column(JSONB)
    personal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class InboundKey(Base):
    """The host's own id of an event: the first body of an id wins for ever."""

    __tablename__ = "inbound_keys"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)


class ReactionCursor(Base):
    __tablename__ = "reaction_cursors"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class ParkedEvent(Base):
    """An event that a reaction failed on five times: put aside so that the rest goes on, until somebody looks."""

    __tablename__ = "parked_events"

    reaction: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    error: Mapped[str] = mapped_column(Text)
    parked_at: Mapped[datetime]
