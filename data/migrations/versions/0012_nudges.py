"""Nudges, the queue of notifications, and what people and their parents allow"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nudge_limits",
        sa.Column("child_id", sa.UUID(), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column("kinds_off", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=True),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_to", sa.SmallInteger(), nullable=True),
        sa.Column("daily_cap", sa.SmallInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["users.id"], name=op.f("nudge_limits_child_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["users.id"], name=op.f("nudge_limits_parent_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_nudge_limits")),
    )
    op.create_index(op.f("ix_nudge_limits_parent_id"), "nudge_limits", ["parent_id"], unique=False)
    op.create_table(
        "nudge_mutes",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("sender_id", sa.UUID(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["users.id"], name=op.f("nudge_mutes_sender_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("nudge_mutes_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "sender_id", name=op.f("pk_nudge_mutes")),
    )
    op.create_index(op.f("ix_nudge_mutes_sender_id"), "nudge_mutes", ["sender_id"], unique=False)
    op.create_table(
        "nudge_settings",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("app", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("mail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=True),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_to", sa.SmallInteger(), nullable=True),
        sa.Column("daily_cap", sa.SmallInteger(), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("nudge_settings_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_nudge_settings")),
    )
    op.create_table(
        "nudges",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sender_id", sa.UUID(), nullable=False),
        sa.Column("recipient_id", sa.UUID(), nullable=False),
        sa.Column("nudge_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.String(length=8), server_default="live", nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("muted", sa.String(length=8), nullable=True),
        sa.CheckConstraint(
            "nudge_type IN ('friend_online', 'challenge', 'streak_rescue')", name=op.f("ck_nudges_nudge_type")
        ),
        sa.CheckConstraint("status IN ('pending', 'accepted', 'ignored', 'expired')", name=op.f("ck_nudges_status")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["users.id"], name=op.f("nudges_recipient_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("nudges_sender_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudges")),
    )
    op.create_index("ix_nudges_expires_at", "nudges", ["expires_at"], unique=False)
    op.create_index("ix_nudges_inserted_at", "nudges", ["inserted_at"], unique=False)
    op.create_index("ix_nudges_recipient_id_inserted_at", "nudges", ["recipient_id", "inserted_at"], unique=False)
    op.create_index("ix_nudges_recipient_id_status", "nudges", ["recipient_id", "status"], unique=False)
    op.create_index("ix_nudges_sender_id", "nudges", ["sender_id"], unique=False)
    op.create_table(
        "nudge_deliveries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("nudge_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'sent', 'kept', 'dropped', 'failed')", name=op.f("ck_nudge_deliveries_status")
        ),
        sa.ForeignKeyConstraint(
            ["nudge_id"], ["nudges.id"], name=op.f("nudge_deliveries_nudge_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("nudge_deliveries_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge_deliveries")),
        sa.UniqueConstraint("nudge_id", name=op.f("uq_nudge_deliveries_nudge_id")),
    )
    op.create_index("ix_nudge_deliveries_created_at", "nudge_deliveries", ["created_at"], unique=False)
    op.create_index(
        "ix_nudge_deliveries_due_at",
        "nudge_deliveries",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(op.f("ix_nudge_deliveries_user_id"), "nudge_deliveries", ["user_id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("about_id", sa.UUID(), nullable=True),
        sa.Column("nudge_id", sa.UUID(), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("skill", sa.String(length=64), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["about_id"], ["users.id"], name=op.f("notifications_about_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["nudge_id"], ["nudges.id"], name=op.f("notifications_nudge_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("notifications_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notifications_user_id_key")),
    )
    op.create_index("ix_notifications_about_id", "notifications", ["about_id"], unique=False)
    op.create_index("ix_notifications_inserted_at", "notifications", ["inserted_at"], unique=False)
    op.create_index("ix_notifications_nudge_id", "notifications", ["nudge_id"], unique=False)
    op.create_index("ix_notifications_user_id_seq", "notifications", ["user_id", "seq"], unique=False)


def downgrade() -> None:
    op.drop_table("notifications")
    op.drop_table("nudge_deliveries")
    op.drop_table("nudge_settings")
    op.drop_table("nudge_mutes")
    op.drop_table("nudge_limits")
    op.drop_table("nudges")
