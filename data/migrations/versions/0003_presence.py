"""Whether somebody appears offline: by their own switch, or by the host's or a parent's"""

from alembic import op
import sqlalchemy as sa

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("appears_offline", "kept_offline"):
        op.add_column("users", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("users", "kept_offline")
    op.drop_column("users", "appears_offline")
