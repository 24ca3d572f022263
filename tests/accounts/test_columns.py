"""The tables of people, consents, friends and activities have the columns, defaults and indexes that others rely on."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, inspect
from sqlalchemy.engine.interfaces import ReflectedColumn

from data.database import Database


class Found:
    def __init__(self, connection: Connection, table: str) -> None:
        looked = inspect(connection)
        self.columns: dict[str, ReflectedColumn] = {c["name"]: c for c in looked.get_columns(table)}
        self.indexes = {str(i["name"]): list(i["column_names"]) for i in looked.get_indexes(table)}
        self.unique = [sorted(u["column_names"]) for u in looked.get_unique_constraints(table)]
        self.foreign = {str(f["name"]): (f["constrained_columns"], f["referred_table"])
                        for f in looked.get_foreign_keys(table)}  # fmt: skip

    def default(self, column: str) -> str:
        return str(self.columns[column]["default"]).partition("::")[0].strip("'")

    def indexed(self, column: str) -> bool:
        return any(columns[0] == column for columns in self.indexes.values())


async def found(database: Database, table: str) -> Found:
    async with database.engine.connect() as connection:
        return await connection.run_sync(Found, table)


@pytest.mark.req("SC-2")
async def test_activities(database: Database) -> None:
    table = await found(database, "activity_events")
    assert not any(table.columns[name]["nullable"] for name in ("user_id", "event_type", "data", "visibility"))
    assert (table.default("visibility"), table.default("reactions_count")) == ("public", "0")
    assert all(table.indexed(name) for name in ("user_id", "subject_id", "event_type", "inserted_at"))


@pytest.mark.req("SC-8", "CO-11")
async def test_friendships(database: Database) -> None:
    table = await found(database, "friendships")
    assert {"user_id", "friend_id", "status", "created_at"} <= table.columns.keys()
    assert table.default("status") == "pending"
    assert table.indexed("user_id")
    assert table.indexed("friend_id")
    # One row a pair, whoever asked.
    assert ["high_id", "low_id"] in table.unique


@pytest.mark.req("SC-9")
async def test_cohorts_and_their_challenges(database: Database) -> None:
    cohorts, challenges = await found(database, "cohorts"), await found(database, "cohort_challenges")
    assert {"name", "grade_level", "active"} <= cohorts.columns.keys()
    assert cohorts.default("active") == "true"
    assert {"cohort_id", "creator_id", "skill", "expires_at"} <= challenges.columns.keys()
    assert all(challenges.indexed(name) for name in ("cohort_id", "expires_at"))
    assert challenges.foreign["cohort_challenges_cohort_id_fkey"] == (["cohort_id"], "cohorts")
    # How many are in a cohort or a challenge is counted from their rows, so no column can say something else.
    assert not {"member_count"} & cohorts.columns.keys()
    assert not {"participant_count"} & challenges.columns.keys()


@pytest.mark.req("SC-13", "CP-4")
async def test_consents(database: Database) -> None:
    table = await found(database, "parental_consents")
    wanted = {
        "user_id",
        "parent_id",
        "scope",
        "consent_given",
        "method",
        "evidence",
        "given_at",
        "withdrawn_at",
        "policy_version",
    }
    assert wanted <= table.columns.keys()
    assert table.indexes["parental_consents_user_consent_idx"] == ["user_id", "consent_given"]


@pytest.mark.req("SC-18", "CP-2")
async def test_people(database: Database) -> None:
    table = await found(database, "users")
    wanted = {
        "birth_date",
        "parent_id",
        "first_name",
        "username",
        "display_name",
        "avatar_url",
        "grade_level",
        "cohort_id",
        "current_subject",
        "device_id",
        "timezone",
    }
    assert wanted <= table.columns.keys()
    assert table.foreign["users_parent_id_fkey"] == (["parent_id"], "users")
    assert table.indexed("birth_date")
    assert table.indexed("parent_id")
    # No age that goes stale.
    assert "age" not in table.columns


@pytest.mark.req("SC-5", "ND-1")
async def test_nudges(database: Database) -> None:
    table = await found(database, "nudges")
    assert not any(
        table.columns[name]["nullable"] for name in ("sender_id", "recipient_id", "nudge_type", "expires_at")
    )
    assert table.columns["subject_id"]["nullable"]
    assert (table.default("status"), table.default("metadata")) == ("pending", "{}")
    assert all(table.indexed(name) for name in ("sender_id", "expires_at"))
    assert ["recipient_id", "status"] in table.indexes.values()
