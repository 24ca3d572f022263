"""Results, the boards made of them, and who wants to be on boards"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaderboard_boards",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("scope", sa.String(length=16), server_default="everybody", nullable=False),
        sa.Column("metric", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=8), server_default="higher", nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaderboard_boards")),
    )
    op.create_index(op.f("ix_leaderboard_boards_subject_id"), "leaderboard_boards", ["subject_id"], unique=False)
    op.create_table(
        "leaderboard_choices",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("leaderboard_choices_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_leaderboard_choices")),
    )
    op.create_table(
        "leaderboard_entries",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", sa.String(length=16), nullable=False),
        sa.Column("cohort_id", sa.UUID(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("cohort_rank", sa.Integer(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint("period IN ('daily', 'weekly', 'all_time')", name=op.f("ck_leaderboard_entries_period")),
        sa.CheckConstraint("shown IN ('public', 'cohort', 'nobody')", name=op.f("ck_leaderboard_entries_shown")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("leaderboard_entries_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "subject_id", "period", "period_start", name=op.f("pk_leaderboard_entries")),
    )
    op.create_index(
        "ix_leaderboard_entries_cohort",
        "leaderboard_entries",
        ["cohort_id", "subject_id", "period", "period_start", "score"],
        unique=False,
        postgresql_where=sa.text("shown <> 'nobody'"),
    )
    op.create_index(
        "ix_leaderboard_entries_public",
        "leaderboard_entries",
        ["subject_id", "period", "period_start", "score"],
        unique=False,
        postgresql_where=sa.text("shown = 'public'"),
    )
    op.create_index(
        "ix_leaderboard_entries_rank",
        "leaderboard_entries",
        ["subject_id", "period", "period_start", "rank"],
        unique=False,
    )
    op.create_table(
        "results",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=True),
        sa.Column("event_type", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("wpm", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_day", sa.Boolean(), nullable=False),
        sa.Column("in_week", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("status IN ('counted', 'review', 'voided')", name=op.f("ck_results_status")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("results_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("seq", name=op.f("uq_results_seq")),
    )
    op.create_index(
        "ix_results_review", "results", ["taken_at", "id"], unique=False, postgresql_where=sa.text("status = 'review'")
    )
    op.create_index("ix_results_subject_id_taken_at", "results", ["subject_id", "taken_at"], unique=False)
    op.create_index(
        "ix_results_user_id_subject_id_taken_at", "results", ["user_id", "subject_id", "taken_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("results")
    op.drop_table("leaderboard_entries")
    op.drop_table("leaderboard_choices")
    op.drop_table("leaderboard_boards")
