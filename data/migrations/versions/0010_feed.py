"""What people hide from themselves, report to staff and answer with a challenge"""

from alembic import op
import sqlalchemy as sa

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_hides",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("activity_event_id", sa.UUID(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("activity_hides_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["activity_event_id"],
            ["activity_events.id"],
            name=op.f("activity_hides_activity_event_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "activity_event_id", name=op.f("pk_activity_hides")),
    )
    op.create_index("ix_activity_hides_activity_event_id", "activity_hides", ["activity_event_id"], unique=False)
    op.create_table(
        "activity_reports",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("activity_event_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("reporter_id", sa.UUID(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), server_default="open", nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "reason IN ('unkind', 'private', 'unfair', 'other')", name=op.f("ck_activity_reports_reason")
        ),
        sa.CheckConstraint("status IN ('open', 'kept', 'removed')", name=op.f("ck_activity_reports_status")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("activity_reports_owner_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["users.id"], name=op.f("activity_reports_reporter_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_reports")),
        sa.UniqueConstraint(
            "activity_event_id", "reporter_id", name=op.f("uq_activity_reports_activity_event_id_reporter_id")
        ),
    )
    op.create_index(
        "ix_activity_reports_open",
        "activity_reports",
        ["reported_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_activity_reports_owner_id", "activity_reports", ["owner_id"], unique=False)
    op.create_index("ix_activity_reports_reporter_id", "activity_reports", ["reporter_id"], unique=False)
    op.create_table(
        "activity_challenges",
        sa.Column("activity_event_id", sa.UUID(), nullable=False),
        sa.Column("challenger_id", sa.UUID(), nullable=False),
        sa.Column("target_id", sa.UUID(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_event_id"],
            ["activity_events.id"],
            name=op.f("activity_challenges_activity_event_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["challenger_id"], ["users.id"], name=op.f("activity_challenges_challenger_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["users.id"], name=op.f("activity_challenges_target_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_event_id", "challenger_id", name=op.f("pk_activity_challenges")),
    )
    op.create_index(
        "ix_activity_challenges_pair",
        "activity_challenges",
        ["challenger_id", "target_id", "made_at"],
        unique=False,
    )
    op.create_index(op.f("ix_activity_challenges_target_id"), "activity_challenges", ["target_id"], unique=False)


def downgrade() -> None:
    op.drop_table("activity_challenges")
    op.drop_table("activity_reports")
    op.drop_table("activity_hides")
