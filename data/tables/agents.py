"""What agents decided: one row for each decision, with all that it was made of, so that it can be made again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class AgentDecision(Base):
    """`(agent_name, source_event_id)` is there once: what happened once is decided on once."""

    __tablename__ = "agent_decisions"
    __table_args__ = (
        UniqueConstraint("agent_name", "source_event_id"),
        Index("ix_agent_decisions_agent_name_timestamp", "agent_name", "timestamp"),
        Index("ix_agent_decisions_timestamp", "timestamp"),
        Index("ix_agent_decisions_user_id_timestamp", "user_id", "timestamp"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_name: Mapped[str] = mapped_column(String(32))
    timestamp: Mapped[datetime]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    source_event_id: Mapped[UUID]
    features: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What it was like to decide: `latency_ms`."""
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Everything that the rules were given; codes, figures and times, never names."""
    rules_version: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[str] = mapped_column(String(32))
    """The action, or `none`."""
    loop: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(64))
