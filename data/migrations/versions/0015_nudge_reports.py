"""Nudges that were reported, and what staff decided"""

from alembic import op
import sqlalchemy as sa

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nudge_reports",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("nudge_id", sa.UUID(), nullable=False),
        sa.Column("sender_id", sa.UUID(), nullable=False),
        sa.Column("reporter_id", sa.UUID(), nullable=True),
        sa.Column("nudge_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("skill", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=16), server_default="open", nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("kept_out_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('open', 'kept', 'paused')", name=op.f("ck_nudge_reports_status")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("nudge_reports_decided_by_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["users.id"], name=op.f("nudge_reports_reporter_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["users.id"], name=op.f("nudge_reports_sender_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge_reports")),
        sa.UniqueConstraint("nudge_id", name=op.f("uq_nudge_reports_nudge_id")),
    )
    op.create_index(
        "ix_nudge_reports_open",
        "nudge_reports",
        ["reported_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_nudge_reports_sender_id", "nudge_reports", ["sender_id", "kept_out_until"], unique=False)
    op.create_index("ix_nudge_reports_reporter_id", "nudge_reports", ["reporter_id"], unique=False)
    op.create_index("ix_nudge_reports_decided_by", "nudge_reports", ["decided_by"], unique=False)


def downgrade() -> None:
    op.drop_table("nudge_reports")
