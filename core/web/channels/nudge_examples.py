"""Examples of the messages about notifications and nudges."""

from __future__ import annotations

from typing import Any, Final

NUDGE: Final = "01933f31-af65-7177-bd84-65768798a9ba"
NOTE: Final = "01933f31-af66-7288-8e95-768798a9bacb"
_FACT: Final[dict[str, Any]] = {"id": "01933f31-b076-7399-9fa6-8798a9bacbdc", "seq": 4724}

NUDGE_EXAMPLES: Final[dict[str, Any]] = {
    "accept_nudge": {"nudge_id": NUDGE},
    "ignore_nudge": {"nudge_id": NUDGE},
    "nudge_shown": {"nudge_id": NUDGE},
    "mute_nudge": {"nudge_id": NUDGE, "what": "friend"},
    "see_notifications": {"up_to": 4724},
    "open_notification": {"notification_id": NOTE},
    "notification_added": {
        **_FACT,
        "notification_id": NOTE,
        "place": 4724,
        "kind": "friend_online",
        "user_id": "01933f2a-8d52-7e1f-ac63-3a7b2d4e5f60",
        "user_name": "Leo",
        "user_avatar": "/assets/avatars/penguin-2.svg",
        "nudge_id": NUDGE,
        "status": "pending",
        "subject": "math",
        "skill": "algebra",
        "data": {},
        "way": "live",
        "timestamp": "2025-11-18T09:32:00+00:00",
        "expires_at": "2025-11-18T10:32:00+00:00",
        "seen": False,
        "opened": False,
    },
    "notifications_seen": {**_FACT, "seq": 4725, "up_to": 4724, "opened": []},
    "notifications_withdrawn": {**_FACT, "seq": 4726, "notification_ids": [NOTE]},
    "nudge_changed": {**_FACT, "seq": 4727, "nudge_id": NUDGE, "status": "accepted", "muted": None},
    "nudge_reports_changed": {"report_id": NUDGE, "status": "open"},
    "nudge_settings_changed": {**_FACT, "seq": 4728, "by": "parent"},
}
