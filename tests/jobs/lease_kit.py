"""For tests of the lease: how a server takes it away."""

from __future__ import annotations

from sqlalchemy import text

TERMINATE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_locks USING (pid)"
    " WHERE application_name = 'tandem lease' AND locktype = 'advisory' AND granted AND datname = current_database()"
)
"""Ends the connection of the leader, in this database."""
