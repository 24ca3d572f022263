"""One example of every message of the socket: its payload as it looks on the wire.

The reference pages show them, and a test holds each against the form that the registry declares, so that no example can
lie and no message can go without one.
"""

from __future__ import annotations

from typing import Any, Final

from core.web.channels.workshop_examples import WORKSHOP_EXAMPLES, WORKSHOP_ID

ADA: Final = "01933f2a-7c41-7d0e-9b52-2f6a1c3d4e5f"
COHORT: Final = "01933f29-11aa-7b3c-8d4e-5f6071829304"
EPOCH: Final = "4f1c9a7e"

IDS: Final = {
    "user_id": ADA,
    "cohort_id": COHORT,
    "subject_id": "math",
    "board_id": "math",
    "workshop_id": WORKSHOP_ID,
}
"""What stands for the parameters of topics in examples."""

_FACT: Final[dict[str, Any]] = {
    "id": "01933f2b-0d52-7e61-a0b7-93c4d5e6f708",
    "seq": 4711,
    "type": "practice_completed",
    "user_id": ADA,
    "user_name": "Ada",
    "user_avatar": "/assets/avatars/fox-3.svg",
    "subject": "math",
    "skill": "algebra",
    "properties": {"score": 92},
    "visibility": "public",
    "timestamp": "2025-11-18T09:30:00+00:00",
    "simulated": False,
    "reactions": {},
}
_META: Final[dict[str, Any]] = {
    "phx_ref": "7Kq2",
    "user_id": ADA,
    "username": "Ada",
    "avatar_url": "/assets/avatars/fox-3.svg",
    "online_at": 1763458200,
    "status": "online",
    "current_activity": "",
    "current_subject": "",
}

_ENTRY: Final[dict[str, Any]] = {
    "rank": 5,
    "user_id": ADA,
    "user_name": "Ada",
    "user_avatar": "/assets/avatars/fox-3.svg",
    "simulated": False,
    "score": 1240,
    "results": 46,
    "previous_rank": 7,
    "rank_change": 2,
    "velocity": 0.4,
    "history": [7, 7, 6, 5],
    "timestamp": "2025-11-18T09:30:00+00:00",
}

EXAMPLES: Final[dict[str, Any]] = {
    **WORKSHOP_EXAMPLES,
    "update_status": {"status": "away"},
    "update_activity": {"activity": "practicing_algebra"},
    "presence_state": {ADA: {"metas": [_META]}},
    "appear_offline": {"offline": True},
    "presence_count": {"count": 340, "complete": False},
    "presence_diff": {
        "joins": {ADA: {"metas": [{**_META, "phx_ref": "7Kq3", "status": "away"}]}},
        "leaves": {ADA: {"metas": [_META]}},
    },
    "new_activity": {**_FACT, "event_type": "practice_completed", "data": {"score": 92}},
    "react": {"activity_id": _FACT["id"], "reaction": "celebrate"},
    "activity_reacted": {
        "id": "01933f2b-9a10-7f11-b2c3-d4e5f6071829",
        "seq": 4713,
        "activity_id": _FACT["id"],
        "reactions": {"celebrate": 2, "like": 1},
    },
    "person_updated": {
        "id": "01933f2c-5a10-7c22-8e3f-102132435465",
        "seq": 4715,
        "user_id": ADA,
        "user_name": "Ada L.",
        "user_avatar": "/assets/avatars/owl-1.svg",
    },
    "person_removed": {"id": "01933f2d-6b21-7d33-9f40-213243546576", "seq": 4720, "user_id": ADA},
    "leaderboard_update": {
        "board": "math",
        "period": "weekly",
        "entries": [_ENTRY],
        "periods": {"daily": [], "weekly": [_ENTRY], "all_time": []},
    },
    "rank_changed": {
        "board": "math",
        "scope": "cohort",
        "period": "weekly",
        "rank": 5,
        "previous_rank": 7,
        "rank_change": 2,
    },
    "snapshot": {"seq": 4720, "epoch": EPOCH, "activities": [_FACT]},
}
