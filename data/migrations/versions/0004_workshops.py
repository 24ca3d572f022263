"""Workshops: templates, runs of them, who took part and what was scored, written and agreed; teams"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_teams_secret_hash")),
    )
    op.create_index(op.f("ix_teams_last_activity_at"), "teams", ["last_activity_at"], unique=False)
    op.create_table(
        "templates",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=8), server_default="1.0", nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint("slug", "version", name=op.f("uq_templates_slug_version")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("template_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("short_title", sa.String(length=24), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("scale_type", sa.String(length=24), nullable=False),
        sa.Column("scale_min", sa.SmallInteger(), nullable=False),
        sa.Column("scale_max", sa.SmallInteger(), nullable=False),
        sa.Column("optimal_value", sa.SmallInteger(), nullable=False),
        sa.Column("discussion_prompts", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("facilitator_help", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["templates.id"], name=op.f("questions_template_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_questions_template_id_number")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("template_id", sa.UUID(), nullable=False),
        sa.Column("team_id", sa.UUID(), nullable=True),
        sa.Column("previous_id", sa.UUID(), nullable=True),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="lobby", nullable=False),
        sa.Column("stage", sa.String(length=16), server_default="", nullable=False),
        sa.Column("current_question", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("scores_revealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("revealed", postgresql.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False),
        sa.Column("names_shown", postgresql.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False),
        sa.Column("passed", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("section", sa.String(length=40), server_default="", nullable=False),
        sa.Column("paused", sa.String(length=8), server_default="", nullable=False),
        sa.Column("paused_by", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('lobby', 'intro', 'scoring', 'summary', 'actions', 'completed')", name=op.f("ck_sessions_state")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("sessions_team_id_fkey"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["template_id"], ["templates.id"], name=op.f("sessions_template_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("code", name=op.f("uq_sessions_code")),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_last_activity_at", "sessions", ["last_activity_at"], unique=False)
    op.create_index("ix_sessions_state", "sessions", ["state"], unique=False)
    op.create_index(op.f("ix_sessions_team_id"), "sessions", ["team_id"], unique=False)
    op.create_index(op.f("ix_sessions_template_id"), "sessions", ["template_id"], unique=False)
    op.create_table(
        "team_actions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("team_id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("team_actions_team_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_actions")),
    )
    op.create_index(op.f("ix_team_actions_expires_at"), "team_actions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_team_actions_team_id"), "team_actions", ["team_id"], unique=False)
    op.create_table(
        "team_results",
        sa.Column("team_id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("average", sa.Float(), nullable=True),
        sa.Column("spread", sa.Float(), nullable=True),
        sa.Column("count", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("team_results_team_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "session_id", "question", name=op.f("pk_team_results")),
    )
    op.create_index(op.f("ix_team_results_expires_at"), "team_results", ["expires_at"], unique=False)
    op.create_table(
        "actions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("carried", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="0", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("actions_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    op.create_index("ix_actions_session_id", "actions", ["session_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=True),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("feedback_session_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_session_id"), "feedback", ["session_id"], unique=False)
    op.create_table(
        "participants",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("browser_token", sa.LargeBinary(), nullable=False),
        sa.Column("token_generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=False),
        sa.Column("pin_tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.String(length=16), server_default="active", nullable=False),
        sa.Column("ready", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_facilitator", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_observer", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("away_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('active', 'inactive', 'dropped')", name=op.f("ck_participants_status")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("participants_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
        sa.UniqueConstraint("session_id", "browser_token", name=op.f("uq_participants_session_id_browser_token")),
    )
    op.create_index("ix_participants_last_seen_at", "participants", ["last_seen_at"], unique=False)
    op.create_index("ix_participants_session_id", "participants", ["session_id"], unique=False)
    op.create_table(
        "timers",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("remaining_ms", sa.BigInteger(), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("timers_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("session_id", "section", name=op.f("uq_timers_session_id_section")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=True),
        sa.Column("author_id", sa.UUID(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="0", nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["participants.id"], name=op.f("notes_author_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("notes_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_author_id"), "notes", ["author_id"], unique=False)
    op.create_index("ix_notes_session_id_question", "notes", ["session_id", "question"], unique=False)
    op.create_table(
        "reentries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("participant_id", sa.UUID(), nullable=False),
        sa.Column("browser_token", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("reentries_participant_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("reentries_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reentries")),
    )
    op.create_index(op.f("ix_reentries_participant_id"), "reentries", ["participant_id"], unique=False)
    op.create_index(op.f("ix_reentries_session_id"), "reentries", ["session_id"], unique=False)
    op.create_table(
        "scores",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("participant_id", sa.UUID(), nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("scores_participant_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("scores_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scores")),
        sa.UniqueConstraint(
            "session_id", "participant_id", "question", name=op.f("uq_scores_session_id_participant_id_question")
        ),
    )
    op.create_index(op.f("ix_scores_participant_id"), "scores", ["participant_id"], unique=False)
    op.create_index("ix_scores_session_id_question", "scores", ["session_id", "question"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_scores_session_id_question", table_name="scores")
    op.drop_index(op.f("ix_scores_participant_id"), table_name="scores")
    op.drop_table("scores")
    op.drop_index(op.f("ix_reentries_session_id"), table_name="reentries")
    op.drop_index(op.f("ix_reentries_participant_id"), table_name="reentries")
    op.drop_table("reentries")
    op.drop_index("ix_notes_session_id_question", table_name="notes")
    op.drop_index(op.f("ix_notes_author_id"), table_name="notes")
    op.drop_table("notes")
    op.drop_table("timers")
    op.drop_index("ix_participants_session_id", table_name="participants")
    op.drop_index("ix_participants_last_seen_at", table_name="participants")
    op.drop_table("participants")
    op.drop_index(op.f("ix_feedback_session_id"), table_name="feedback")
    op.drop_table("feedback")
    op.drop_index("ix_actions_session_id", table_name="actions")
    op.drop_table("actions")
    op.drop_index(op.f("ix_team_results_expires_at"), table_name="team_results")
    op.drop_table("team_results")
    op.drop_index(op.f("ix_team_actions_team_id"), table_name="team_actions")
    op.drop_index(op.f("ix_team_actions_expires_at"), table_name="team_actions")
    op.drop_table("team_actions")
    op.drop_index(op.f("ix_sessions_template_id"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_team_id"), table_name="sessions")
    op.drop_index("ix_sessions_state", table_name="sessions")
    op.drop_index("ix_sessions_last_activity_at", table_name="sessions")
    op.drop_index("ix_sessions_expires_at", table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("questions")
    op.drop_table("templates")
    op.drop_index(op.f("ix_teams_last_activity_at"), table_name="teams")
    op.drop_table("teams")
