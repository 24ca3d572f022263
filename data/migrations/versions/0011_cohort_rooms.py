"""Cohort rooms: chat with its switch, reports, and challenges with who takes part"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort_rooms",
        sa.Column("cohort_id", sa.UUID(), nullable=False),
        sa.Column("chat_on", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("chat_open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("changed_by", sa.UUID(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("cohort_rooms_cohort_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_cohort_rooms")),
    )
    # Until their people have been looked at, chat stays shut.
    op.execute("INSERT INTO cohort_rooms (cohort_id, changed_at) SELECT id, inserted_at FROM cohorts")
    op.create_table(
        "cohort_challenges",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("cohort_id", sa.UUID(), nullable=False),
        sa.Column("creator_id", sa.UUID(), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("winner_id", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("cohort_challenges_cohort_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name=op.f("cohort_challenges_creator_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["winner_id"], ["users.id"], name=op.f("cohort_challenges_winner_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_challenges")),
    )
    op.create_index("ix_cohort_challenges_cohort_id", "cohort_challenges", ["cohort_id"], unique=False)
    op.create_index("ix_cohort_challenges_created_at", "cohort_challenges", ["created_at"], unique=False)
    op.create_index(op.f("ix_cohort_challenges_creator_id"), "cohort_challenges", ["creator_id"], unique=False)
    op.create_index("ix_cohort_challenges_expires_at", "cohort_challenges", ["expires_at"], unique=False)
    op.create_index(op.f("ix_cohort_challenges_winner_id"), "cohort_challenges", ["winner_id"], unique=False)
    op.create_table(
        "cohort_messages",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("cohort_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("redacted", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=True),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.CheckConstraint("status IN ('shown', 'held', 'removed')", name=op.f("ck_cohort_messages_status")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("cohort_messages_cohort_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("cohort_messages_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_messages")),
    )
    op.create_index("ix_cohort_messages_cohort_id_seq", "cohort_messages", ["cohort_id", "seq"], unique=False)
    op.create_index(
        "ix_cohort_messages_held",
        "cohort_messages",
        ["cohort_id", "sent_at"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index(
        "ix_cohort_messages_key",
        "cohort_messages",
        ["user_id", "key"],
        unique=True,
        postgresql_where=sa.text("key IS NOT NULL"),
    )
    op.create_index("ix_cohort_messages_sent_at", "cohort_messages", ["sent_at"], unique=False)
    op.create_index("ix_cohort_messages_user_id_sent_at", "cohort_messages", ["user_id", "sent_at"], unique=False)
    op.create_table(
        "cohort_challenge_entries",
        sa.Column("challenge_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_id", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["cohort_challenges.id"],
            name=op.f("cohort_challenge_entries_challenge_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("cohort_challenge_entries_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("challenge_id", "user_id", name=op.f("pk_cohort_challenge_entries")),
    )
    op.create_index(op.f("ix_cohort_challenge_entries_user_id"), "cohort_challenge_entries", ["user_id"], unique=False)
    op.create_table(
        "cohort_message_reports",
        sa.Column("message_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["cohort_messages.id"],
            name=op.f("cohort_message_reports_message_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("cohort_message_reports_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_cohort_message_reports")),
    )
    op.create_index(op.f("ix_cohort_message_reports_user_id"), "cohort_message_reports", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_cohort_message_reports_user_id"), table_name="cohort_message_reports")
    op.drop_table("cohort_message_reports")
    op.drop_index(op.f("ix_cohort_challenge_entries_user_id"), table_name="cohort_challenge_entries")
    op.drop_table("cohort_challenge_entries")
    op.drop_index("ix_cohort_messages_user_id_sent_at", table_name="cohort_messages")
    op.drop_index("ix_cohort_messages_sent_at", table_name="cohort_messages")
    op.drop_index("ix_cohort_messages_key", table_name="cohort_messages", postgresql_where=sa.text("key IS NOT NULL"))
    op.drop_index("ix_cohort_messages_held", table_name="cohort_messages", postgresql_where=sa.text("status = 'held'"))
    op.drop_index("ix_cohort_messages_cohort_id_seq", table_name="cohort_messages")
    op.drop_table("cohort_messages")
    op.drop_index(op.f("ix_cohort_challenges_winner_id"), table_name="cohort_challenges")
    op.drop_index("ix_cohort_challenges_expires_at", table_name="cohort_challenges")
    op.drop_index(op.f("ix_cohort_challenges_creator_id"), table_name="cohort_challenges")
    op.drop_index("ix_cohort_challenges_created_at", table_name="cohort_challenges")
    op.drop_index("ix_cohort_challenges_cohort_id", table_name="cohort_challenges")
    op.drop_table("cohort_challenges")
    op.drop_table("cohort_rooms")
