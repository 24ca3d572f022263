"""One example of every message of the socket: its payload as it looks on the wire.

The reference pages show them, and a test holds each against the form that the registry declares, so that no example can
lie and no message can go without one.
"""

from __future__ import annotations

from typing import Any, Final

from core.web.channels.nudge_examples import NUDGE_EXAMPLES
from core.web.channels.workshop_examples import WORKSHOP_EXAMPLES, WORKSHOP_ID

ADA: Final = "01933f2a-7c41-7d0e-9b52-2f6a1c3d4e5f"
COHORT: Final = "01933f29-11aa-7b3c-8d4e-5f6071829304"
EPOCH: Final = "4f1c9a7e"

RUN: Final = "01933f2e-7c32-7e44-8a51-324354657687"

IDS: Final = {
    "user_id": ADA,
    "cohort_id": COHORT,
    "subject_id": "math",
    "board_id": "math",
    "session_id": RUN,
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
    "today": 64,
    "previous_rank": 7,
    "rank_change": 2,
    "velocity": 0.4,
    "history": [7, 7, 6, 5],
    "timestamp": "2025-11-18T09:30:00+00:00",
}
_BADGE: Final[dict[str, Any]] = {
    "achievement": "7-day-streak",
    "scope": "",
    "title": "Week Warrior",
    "description": "Practise on seven days in a row.",
    "icon": "flame",
    "points": 50,
    "timestamp": "2025-11-18T09:31:00+00:00",
}
_RUN: Final[dict[str, Any]] = {
    "practice_id": RUN,
    "seat": 0,
    "app": "typing",
    "subject": "typing",
    "skill": "speed",
}

PRACTICE: Final[dict[str, Any]] = {
    "practice_started": {"skill": "algebra"},
    "practice_completed": {"skill": "algebra", "score": 92},
    "practice_progress": {"practice_id": RUN, "wpm": 52.5, "accuracy": 97, "done": 140, "of": 210},
    "complete_practice": {"practice_id": RUN, "score": 97, "wpm": 54, "items": 60, "seconds": 66},
    "give_up_practice": {"practice_id": RUN},
    "subject_stats": {
        "peers_online": 28,
        "active_practicing": 9,
        "peers_by_skill": {"algebra": 6, "geometry": 3},
        "popular_skills": [{"skill": "algebra", "count": 14}],
        "cohort_activity": [_FACT],
    },
    "friends_online": {
        "friends": [{"user_id": ADA, "name": "Ada", "current_activity": "practicing_algebra"}],
        "suggestion": "Ada is practising algebra too. Practise together?",
    },
    "practice_changed": {
        **_RUN,
        "id": "01933f2f-8d43-7f55-9b62-435465768798",
        "seq": 4722,
        "status": "completed",
        "reason": None,
        "score": 97.0,
        "wpm": 54.0,
        "seconds": 66,
    },
    "progress_update": {
        **_RUN,
        "session_id": RUN,
        "current_wpm": 52.5,
        "current_accuracy": 97.0,
        "current_score": None,
        "done": 140,
        "of": 210,
        "session_duration": 41,
        "trend": "up",
        "rank": 2,
        "timestamp": "2025-11-18T09:30:41+00:00",
    },
    "competitors": {
        "practice_id": RUN,
        "metric": "wpm",
        "competitors": [
            {
                "rank": 1,
                "user_id": ADA,
                "username": "Ada",
                "avatar_url": "/assets/avatars/fox-3.svg",
                "metric_value": 52.5,
                "done": 140,
                "of": 210,
                "previous_rank": 2,
            }
        ],
        "count": 1,
    },
    "race": {
        "subject": "typing",
        "runs": [
            {
                "user_id": ADA,
                "username": "Ada",
                "avatar_url": "/assets/avatars/fox-3.svg",
                "skill": "speed",
                "app": "typing",
                "metric": "wpm",
                "metric_value": 52.5,
                "done": 140,
                "of": 210,
            }
        ],
        "count": 1,
    },
    "achievement_unlocked": _BADGE,
    "progress": {
        "id": "01933f30-9e54-7066-ac73-5465768798a9",
        "seq": 4723,
        "points": 126,
        "practices": 5,
        "perfect": 1,
        "pairs": 0,
        "subjects": {"math": {"points": 126, "level": 2}},
        "streak": {"days": 7, "longest": 7, "last_day": "2025-11-18"},
        "unlocked": [_BADGE],
    },
    "viral_suggestion": {
        "type": "buddy_challenge",
        "message": "You scored 92% on algebra. Can a friend beat that?",
        "cta": "Challenge a friend",
        "context": {"skill": "algebra", "subject": "math", "score": 92.0},
        "timestamp": "2025-11-18T09:30:00+00:00",
    },
    "co_practice": {
        "session_id": RUN,
        "inviter_id": ADA,
        "inviter_name": "Ada",
        "partner_id": "01933f2a-8d52-7e1f-ac63-3a7b2d4e5f60",
        "status": "invited",
        "subject": "math",
        "skill": "algebra",
        "app": "math",
        "score": None,
    },
}

MESSAGE: Final = "01933f31-0f65-7177-bd84-65768798a9ba"
CHALLENGE: Final = "01933f32-1076-7288-8e95-768798a9bacb"
_WHO: Final[dict[str, Any]] = {"user_id": ADA, "user_name": "Ada", "user_avatar": "/assets/avatars/fox-3.svg"}

ROOM: Final[dict[str, Any]] = {
    "send_message": {"text": "Anyone up for fractions?", "key": "k-1"},
    "report_message": {"message_id": MESSAGE, "reason": "unkind"},
    "remove_message": {"message_id": MESSAGE},
    "decide_message": {"message_id": MESSAGE, "show": True},
    "switch_chat": {"on": False},
    "challenge_cohort": {"skill": "fractions"},
    "join_challenge": {"challenge_id": CHALLENGE},
    "cohort_info": {
        "id": COHORT,
        "name": "Blue Herons",
        "grade_level": "8",
        "total_members": 32,
        "members_online": 18,
        "active_challenges": 3,
    },
    "activity_feed": {"activities": [_FACT]},
    "leaderboards": {
        "leaderboards": [
            {
                "subject": "math",
                "top_users": [
                    {"user_id": ADA, "name": "Ada", "avatar": "/assets/avatars/fox-3.svg", "avg_score": 91.5}
                ],
                "updated_at": "2025-11-18T09:30:00+00:00",
            }
        ]
    },
    "new_message": {
        "id": "01933f33-2187-7399-9fa6-8798a9bacbdc",
        "seq": 4730,
        "message_id": MESSAGE,
        **_WHO,
        "text": "Anyone up for fractions? Call me on [number hidden]",
        "redacted": ["number"],
        "role": None,
        "timestamp": "2025-11-18T09:32:00+00:00",
        "simulated": False,
    },
    "message_taken_down": {"id": "01933f34-3298-74aa-a0b7-98a9bacbdced", "seq": 4731, "message_id": MESSAGE},
    "chat_changed": {
        "id": "01933f35-43a9-75bb-b1c8-a9bacbdcedfe",
        "seq": 4732,
        "open": False,
        "reason": "switched_off",
    },
    "cohort_challenge_created": {
        "id": "01933f36-54ba-76cc-82d9-bacbdcedfe0f",
        "seq": 4733,
        "challenge_id": CHALLENGE,
        "user_id": ADA,
        "creator_name": "Ada",
        "creator_avatar": "/assets/avatars/fox-3.svg",
        "subject": "math",
        "skill": "fractions",
        "message": "Ada opened a challenge: fractions.",
        "created_at": "2025-11-18T09:33:00+00:00",
        "expires_at": "2025-11-19T09:33:00+00:00",
    },
    "challenge_joined": {
        "id": "01933f37-65cb-77dd-93ea-cbdcedfe0f10",
        "seq": 4734,
        "challenge_id": CHALLENGE,
        **_WHO,
        "timestamp": "2025-11-18T09:34:00+00:00",
    },
    "challenge_scored": {
        "id": "01933f38-76dc-78ee-a4fb-dcedfe0f1021",
        "seq": 4735,
        "challenge_id": CHALLENGE,
        **_WHO,
        "timestamp": "2025-11-18T09:40:00+00:00",
        "score": 92.0,
    },
    "challenge_closed": {
        "id": "01933f39-87ed-79ff-b50c-edfe0f102132",
        "seq": 4736,
        "challenge_id": CHALLENGE,
        "winner_id": ADA,
    },
    "desk_changed": {},
    "friends_changed": {},
    "chat_muted": {"until": "2025-11-18T10:40:00+00:00"},
    "own_message": {"message_id": MESSAGE, "status": "held"},
}

EXAMPLES: Final[dict[str, Any]] = {
    **ROOM,
    **WORKSHOP_EXAMPLES,
    **NUDGE_EXAMPLES,
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
    "activity_removed": {
        "id": "01933f2b-ab21-7022-83d4-e5f607182930",
        "seq": 4714,
        "activity_id": _FACT["id"],
    },
    "own_reaction": {"activity_id": _FACT["id"], "reaction": "celebrate"},
    "activity_hidden": {"activity_id": _FACT["id"], "hidden": True},
    "challenge_initiated": {
        "activity_id": _FACT["id"],
        "from_user_id": "01933f2a-8d52-7e1f-ac63-3a7b2d4e5f60",
        "from_name": "Leo",
        "from_avatar": "/assets/avatars/owl-1.svg",
        "target_user_id": ADA,
        "subject": "math",
        "skill": "algebra",
        "timestamp": "2025-11-18T09:32:00+00:00",
    },
    "reports_changed": {"activity_id": _FACT["id"], "status": "open"},
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
    **PRACTICE,
}
