"""Reactions to activities, and the way from an event back to the host's id of it"""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_reactions",
        sa.Column("activity_event_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("reaction", sa.String(length=16), nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reaction IN ('like', 'celebrate', 'wow', 'support')", name=op.f("ck_activity_reactions_reaction")
        ),
        sa.ForeignKeyConstraint(
            ["activity_event_id"],
            ["activity_events.id"],
            name=op.f("fk_activity_reactions_activity_event_id_activity_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_activity_reactions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_event_id", "user_id", name=op.f("pk_activity_reactions")),
    )
    op.create_index("ix_activity_reactions_user_id", "activity_reactions", ["user_id"], unique=False)
    op.create_index("ix_inbound_keys_event_id", "inbound_keys", ["event_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_inbound_keys_event_id", table_name="inbound_keys")
    op.drop_table("activity_reactions")
