"""Practice as it runs, practising together; badges, totals, bests, days and zones"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "achievements",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("achievement", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=160), server_default="", nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("achievements_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievements")),
        sa.UniqueConstraint("user_id", "achievement", "scope", name=op.f("uq_achievements_user_id_achievement_scope")),
    )
    op.create_table(
        "co_practices",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("inviter_id", sa.UUID(), nullable=True),
        sa.Column("partner_id", sa.UUID(), nullable=True),
        sa.Column("app", sa.String(length=64), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('invited', 'live', 'declined', 'completed', 'ended')", name=op.f("ck_co_practices_status")
        ),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["users.id"], name=op.f("co_practices_inviter_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["users.id"], name=op.f("co_practices_partner_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_practices")),
    )
    op.create_index("ix_co_practices_created_at", "co_practices", ["created_at"], unique=False)
    op.create_index("ix_co_practices_inviter_id", "co_practices", ["inviter_id"], unique=False)
    op.create_index("ix_co_practices_partner_id", "co_practices", ["partner_id"], unique=False)
    op.create_table(
        "learner_progress",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("practices", sa.Integer(), server_default="0", nullable=False),
        sa.Column("perfect", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pairs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("subjects", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("streak", sa.Integer(), server_default="0", nullable=False),
        sa.Column("longest", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("learner_progress_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_learner_progress")),
    )
    op.create_table(
        "practice_days",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("practice_days_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "number", name=op.f("pk_practice_days")),
    )
    op.create_table(
        "practice_runs",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("seat", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("app", sa.String(length=64), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("skill", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("wpm", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('live', 'completed', 'ended')", name=op.f("ck_practice_runs_status")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("practice_runs_user_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_runs")),
    )
    op.create_index(
        "ix_practice_runs_live", "practice_runs", ["user_id"], unique=True, postgresql_where=sa.text("status = 'live'")
    )
    op.create_index("ix_practice_runs_session_id", "practice_runs", ["session_id"], unique=False)
    op.create_index("ix_practice_runs_started_at", "practice_runs", ["started_at"], unique=False)
    op.create_index("ix_practice_runs_user_id_started_at", "practice_runs", ["user_id", "started_at"], unique=False)
    op.create_table(
        "skill_bests",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("skill_bests_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "subject_id", "skill", name=op.f("pk_skill_bests")),
    )
    op.create_table(
        "zone_moves",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("zone_moves_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_moves")),
    )
    op.create_index(op.f("ix_zone_moves_user_id"), "zone_moves", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_zone_moves_user_id"), table_name="zone_moves")
    op.drop_table("zone_moves")
    op.drop_table("skill_bests")
    op.drop_index("ix_practice_runs_user_id_started_at", table_name="practice_runs")
    op.drop_index("ix_practice_runs_started_at", table_name="practice_runs")
    op.drop_index("ix_practice_runs_session_id", table_name="practice_runs")
    op.drop_index("ix_practice_runs_live", table_name="practice_runs", postgresql_where=sa.text("status = 'live'"))
    op.drop_table("practice_runs")
    op.drop_table("practice_days")
    op.drop_table("learner_progress")
    op.drop_index("ix_co_practices_partner_id", table_name="co_practices")
    op.drop_index("ix_co_practices_inviter_id", table_name="co_practices")
    op.drop_index("ix_co_practices_created_at", table_name="co_practices")
    op.drop_table("co_practices")
    op.drop_table("achievements")
