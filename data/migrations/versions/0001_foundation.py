"""The foundation's tables"""

from uuid import uuid4

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("target_id", sa.UUID(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_actor_id_at", "audit_log", ["actor_id", "at"], unique=False)
    op.create_index("ix_audit_log_at", "audit_log", ["at"], unique=False)
    op.create_table(
        "blocklist",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('user', 'device', 'ip')", name=op.f("ck_blocklist_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocklist")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_blocklist_kind_value")),
    )
    op.create_index(op.f("ix_blocklist_expires_at"), "blocklist", ["expires_at"], unique=False)
    op.create_table(
        "cohorts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("grade_level", sa.String(length=32), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("external_id", name=op.f("uq_cohorts_external_id")),
    )
    op.create_table(
        "event_log",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("visitor_id", sa.UUID(), nullable=True),
        sa.Column("cohort_id", sa.UUID(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("skill", sa.String(length=64), nullable=True),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("backfill", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("loop_id", sa.String(length=64), nullable=True),
        sa.Column("link_id", sa.UUID(), nullable=True),
        sa.Column("experiment_id", sa.String(length=64), nullable=True),
        sa.Column("variant", sa.String(length=64), nullable=True),
        sa.Column("phase", sa.String(length=32), nullable=True),
        sa.Column("properties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("personal", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event_log")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_log_event_id")),
    )
    op.create_index("ix_event_log_received_at", "event_log", ["received_at"], unique=False)
    op.create_index("ix_event_log_type_at", "event_log", ["type", "at"], unique=False)
    op.create_index("ix_event_log_user_id_at", "event_log", ["user_id", "at"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_index(op.f("ix_idempotency_keys_user_id"), "idempotency_keys", ["user_id"], unique=False)
    op.create_table(
        "inbound_keys",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_keys")),
    )
    op.create_index(op.f("ix_inbound_keys_received_at"), "inbound_keys", ["received_at"], unique=False)
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "due_at", name=op.f("pk_job_runs")),
    )
    op.create_index("ix_job_runs_finished_at", "job_runs", ["finished_at"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "parked_events",
        sa.Column("reaction", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reaction", "seq", name=op.f("pk_parked_events")),
    )
    op.create_table(
        "reaction_cursors",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reaction_cursors")),
    )
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("username", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_accounts_username")),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_name", sa.String(length=60), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("display_name", sa.String(length=60), nullable=True),
        sa.Column("avatar", sa.String(length=32), nullable=False),
        sa.Column("avatar_url", sa.String(length=500), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("age_band", sa.String(length=16), nullable=True),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column("cohort_id", sa.UUID(), nullable=True),
        sa.Column("grade_level", sa.String(length=32), nullable=True),
        sa.Column("current_subject", sa.String(length=64), nullable=True),
        sa.Column("device_id", sa.String(length=200), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("simulated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("token_generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("audience IN ('public', 'cohort', 'nobody')", name=op.f("ck_users_audience")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("users_cohort_id_fkey"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["parent_id"], ["users.id"], name=op.f("users_parent_id_fkey"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("external_id", name=op.f("uq_users_external_id")),
    )
    op.create_index("ix_users_birth_date", "users", ["birth_date"], unique=False)
    op.create_index(op.f("ix_users_cohort_id"), "users", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_users_parent_id"), "users", ["parent_id"], unique=False)
    op.create_table(
        "activity_events",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("cohort_id", sa.UUID(), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("skill", sa.String(length=64), nullable=True),
        sa.Column("event_type", sa.String(length=64), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("visibility", sa.String(length=16), server_default="public", nullable=False),
        sa.Column("reactions_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "visibility IN ('public', 'cohort', 'friends', 'private')", name=op.f("ck_activity_events_visibility")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("activity_events_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_events")),
    )
    op.create_index("ix_activity_events_cohort_id_seq", "activity_events", ["cohort_id", "seq"], unique=False)
    op.create_index("ix_activity_events_event_type", "activity_events", ["event_type"], unique=False)
    op.create_index("ix_activity_events_inserted_at", "activity_events", ["inserted_at"], unique=False)
    op.create_index("ix_activity_events_seq", "activity_events", ["seq"], unique=False)
    op.create_index("ix_activity_events_subject_id_seq", "activity_events", ["subject_id", "seq"], unique=False)
    op.create_index("ix_activity_events_user_id_seq", "activity_events", ["user_id", "seq"], unique=False)
    op.create_table(
        "blocks",
        sa.Column("blocker_id", sa.UUID(), nullable=False),
        sa.Column("blocked_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["blocked_id"], ["users.id"], name=op.f("blocks_blocked_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["blocker_id"], ["users.id"], name=op.f("blocks_blocker_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_blocks")),
    )
    op.create_index(op.f("ix_blocks_blocked_id"), "blocks", ["blocked_id"], unique=False)
    op.create_table(
        "enter_tickets",
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("enter_tickets_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_enter_tickets")),
    )
    op.create_index(op.f("ix_enter_tickets_expires_at"), "enter_tickets", ["expires_at"], unique=False)
    op.create_index(op.f("ix_enter_tickets_user_id"), "enter_tickets", ["user_id"], unique=False)
    op.create_table(
        "friendships",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("friend_id", sa.UUID(), nullable=False),
        sa.Column("low_id", sa.UUID(), nullable=False),
        sa.Column("high_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'accepted', 'declined', 'blocked')", name=op.f("ck_friendships_status")
        ),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_friendships_pair")),
        sa.ForeignKeyConstraint(
            ["friend_id"], ["users.id"], name=op.f("friendships_friend_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("friendships_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_friendships")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_friendships_low_id_high_id")),
    )
    op.create_index("ix_friendships_friend_id", "friendships", ["friend_id"], unique=False)
    op.create_index("ix_friendships_user_id", "friendships", ["user_id"], unique=False)
    op.create_table(
        "parental_consents",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("consent_given", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.String(length=32), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inserted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["users.id"], name=op.f("parental_consents_parent_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("parental_consents_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parental_consents")),
        sa.UniqueConstraint("user_id", "scope", name=op.f("uq_parental_consents_user_id_scope")),
    )
    op.create_index(op.f("ix_parental_consents_parent_id"), "parental_consents", ["parent_id"], unique=False)
    op.create_index(
        "parental_consents_user_consent_idx", "parental_consents", ["user_id", "consent_given"], unique=False
    )
    op.create_table(
        "presence_sessions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), server_default="online", nullable=False),
        sa.Column("current_activity", sa.String(length=80), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("presence_sessions_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_sessions")),
        sa.UniqueConstraint("session_id", name=op.f("uq_presence_sessions_session_id")),
    )
    op.create_index(op.f("ix_presence_sessions_last_seen_at"), "presence_sessions", ["last_seen_at"], unique=False)
    op.create_index(op.f("ix_presence_sessions_subject_id"), "presence_sessions", ["subject_id"], unique=False)
    op.create_index(op.f("ix_presence_sessions_user_id"), "presence_sessions", ["user_id"], unique=False)

    op.execute(
        "CREATE VIEW viral_events AS SELECT seq, event_id AS id, type AS event_type, user_id, properties, at AS timestamp"
        " FROM event_log"
    )
    op.bulk_insert(
        sa.table("meta", sa.column("key", sa.String), sa.column("value", sa.Text)),
        [{"key": "log_epoch", "value": str(uuid4())}],
    )


def downgrade() -> None:
    op.execute("DROP VIEW viral_events")
    op.drop_index(op.f("ix_presence_sessions_user_id"), table_name="presence_sessions")
    op.drop_index(op.f("ix_presence_sessions_subject_id"), table_name="presence_sessions")
    op.drop_index(op.f("ix_presence_sessions_last_seen_at"), table_name="presence_sessions")
    op.drop_table("presence_sessions")
    op.drop_index("parental_consents_user_consent_idx", table_name="parental_consents")
    op.drop_index(op.f("ix_parental_consents_parent_id"), table_name="parental_consents")
    op.drop_table("parental_consents")
    op.drop_index("ix_friendships_user_id", table_name="friendships")
    op.drop_index("ix_friendships_friend_id", table_name="friendships")
    op.drop_table("friendships")
    op.drop_index(op.f("ix_enter_tickets_user_id"), table_name="enter_tickets")
    op.drop_index(op.f("ix_enter_tickets_expires_at"), table_name="enter_tickets")
    op.drop_table("enter_tickets")
    op.drop_index(op.f("ix_blocks_blocked_id"), table_name="blocks")
    op.drop_table("blocks")
    op.drop_index("ix_activity_events_user_id_seq", table_name="activity_events")
    op.drop_index("ix_activity_events_subject_id_seq", table_name="activity_events")
    op.drop_index("ix_activity_events_seq", table_name="activity_events")
    op.drop_index("ix_activity_events_inserted_at", table_name="activity_events")
    op.drop_index("ix_activity_events_event_type", table_name="activity_events")
    op.drop_index("ix_activity_events_cohort_id_seq", table_name="activity_events")
    op.drop_table("activity_events")
    op.drop_index(op.f("ix_users_parent_id"), table_name="users")
    op.drop_index(op.f("ix_users_cohort_id"), table_name="users")
    op.drop_index("ix_users_birth_date", table_name="users")
    op.drop_table("users")
    op.drop_table("switches")
    op.drop_table("staff_accounts")
    op.drop_table("reaction_cursors")
    op.drop_table("parked_events")
    op.drop_table("meta")
    op.drop_index("ix_job_runs_finished_at", table_name="job_runs")
    op.drop_table("job_runs")
    op.drop_index(op.f("ix_inbound_keys_received_at"), table_name="inbound_keys")
    op.drop_table("inbound_keys")
    op.drop_index(op.f("ix_idempotency_keys_user_id"), table_name="idempotency_keys")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index("ix_event_log_user_id_at", table_name="event_log")
    op.drop_index("ix_event_log_type_at", table_name="event_log")
    op.drop_index("ix_event_log_received_at", table_name="event_log")
    op.drop_table("event_log")
    op.drop_table("cohorts")
    op.drop_index(op.f("ix_blocklist_expires_at"), table_name="blocklist")
    op.drop_table("blocklist")
    op.drop_index("ix_audit_log_at", table_name="audit_log")
    op.drop_index("ix_audit_log_actor_id_at", table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_table("api_keys")
