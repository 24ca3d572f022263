"""The nickname that somebody chose themselves"""

from alembic import op
import sqlalchemy as sa

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("own_nickname", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "own_nickname")
