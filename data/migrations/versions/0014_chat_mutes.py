"""Who cannot write in their cohort's chat for a while"""

from alembic import op
import sqlalchemy as sa

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort_mutes",
        sa.Column("cohort_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("muted_by", sa.UUID(), nullable=True),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("cohort_mutes_cohort_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["muted_by"], ["users.id"], name=op.f("cohort_mutes_muted_by_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("cohort_mutes_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cohort_id", "user_id", name=op.f("pk_cohort_mutes")),
    )
    op.create_index(op.f("ix_cohort_mutes_user_id"), "cohort_mutes", ["user_id"], unique=False)
    op.create_index(op.f("ix_cohort_mutes_muted_by"), "cohort_mutes", ["muted_by"], unique=False)


def downgrade() -> None:
    op.drop_table("cohort_mutes")
