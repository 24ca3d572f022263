"""Who has which score on boards is counted by the database itself; an index in the order of boards; more about results"""

from alembic import op
import sqlalchemy as sa

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COUNT = """
    INSERT INTO leaderboard_tallies AS t (subject_id, period, period_start, width, bucket, people)
    SELECT c.subject_id, c.period, c.period_start, w.width, c.score / w.width, sum(c.change)
    FROM ({rows}) c CROSS JOIN (VALUES (1), (256)) w (width)
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(c.change) <> 0 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (subject_id, period, period_start, width, bucket) DO UPDATE SET people = t.people + excluded.people
"""


def rows(table, change):
    return f"SELECT subject_id, period, period_start, score, {change} AS change FROM {table} WHERE shown = 'public'"  # noqa: S608


def upgrade() -> None:
    op.add_column("results", sa.Column("items", sa.Integer(), nullable=True))
    op.add_column("results", sa.Column("note", sa.Text(), nullable=True))
    op.create_table(
        "leaderboard_tallies",
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "subject_id", "period", "period_start", "width", "bucket", name=op.f("pk_leaderboard_tallies")
        ),
        postgresql_with={"fillfactor": "60"},
    )
    new, old = rows("new_rows", 1), rows("old_rows", -1)
    op.execute(
        f"""
        CREATE FUNCTION leaderboard_tally() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN {COUNT.format(rows=new)};
            ELSIF TG_OP = 'DELETE' THEN {COUNT.format(rows=old)};
            ELSE {COUNT.format(rows=f"{new} UNION ALL {old}")};
            END IF;
            RETURN NULL;
        END $$
        """
    )
    tables = {"INSERT": "NEW TABLE AS new_rows", "DELETE": "OLD TABLE AS old_rows"}
    tables["UPDATE"] = f"{tables['DELETE']} {tables['INSERT']}"
    for doing, seen in tables.items():
        op.execute(
            f"CREATE TRIGGER leaderboard_tally_{doing.lower()} AFTER {doing} ON leaderboard_entries"
            f" REFERENCING {seen} FOR EACH STATEMENT EXECUTE FUNCTION leaderboard_tally()"
        )
    op.execute(COUNT.format(rows=rows("leaderboard_entries", 1)))
    op.drop_index("ix_leaderboard_entries_public", table_name="leaderboard_entries")
    op.create_index(
        "ix_leaderboard_entries_public",
        "leaderboard_entries",
        ["subject_id", "period", "period_start", sa.literal_column("score DESC"), "reached_at", "user_id"],
        unique=False,
        postgresql_where=sa.text("shown = 'public'"),
    )


def downgrade() -> None:
    op.drop_index("ix_leaderboard_entries_public", table_name="leaderboard_entries")
    op.create_index(
        "ix_leaderboard_entries_public",
        "leaderboard_entries",
        ["subject_id", "period", "period_start", "score"],
        unique=False,
        postgresql_where=sa.text("shown = 'public'"),
    )
    for doing in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER leaderboard_tally_{doing} ON leaderboard_entries")
    op.execute("DROP FUNCTION leaderboard_tally()")
    op.drop_table("leaderboard_tallies")
    op.drop_column("results", "note")
    op.drop_column("results", "items")
