"""What the gate decides, as a pure function over what was looked up.

The order is the answer: a listed person, device or address first; then age and consent; then blocks between the two
people; then how often. The first refusal ends it, and its reason code is what callers, audits and texts use.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from uuid import UUID

from core.accounts.rules import Band
from core.safety.limiter import Rate


@dataclass(frozen=True, slots=True)
class Action:
    """A kind of social action: the consent that a child needs for it, and how often it may be done."""

    consent: str | None
    rate: Rate
    public: bool = False
    """Whether it reaches people outside the community, which asks for more."""


ACTIONS: dict[str, Action] = {
    "show_presence": Action("social_visibility", Rate(120, 60)),
    "react": Action("social_visibility", Rate(60, 60)),
    "friend_request": Action("social_visibility", Rate(20, 3600)),
    "friend_answer": Action("social_visibility", Rate(60, 3600)),
    "block_person": Action(None, Rate(60, 3600)),
    "send_message": Action("social_visibility", Rate(30, 60)),
    "report_message": Action(None, Rate(20, 3600)),
    "join_challenge": Action("social_visibility", Rate(60, 3600)),
    "challenge": Action("social_visibility", Rate(20, 3600)),
    "choose_name": Action("social_visibility", Rate(10, 3600)),
    "report": Action(None, Rate(30, 3600)),
    "practise": Action(None, Rate(30, 60)),
    "co_practice": Action("social_visibility", Rate(20, 3600)),
    "co_answer": Action("social_visibility", Rate(60, 3600)),
    "social_sharing": Action("sharing_outside", Rate(20, 3600), public=True),
    "send_invite": Action("sharing_outside", Rate(20, 3600), public=True),
}

REASONS = {
    "ok": "Allowed.",
    "unknown_action": "This cannot be done here.",
    "listed_user": "This account may not do that at present.",
    "listed_device": "This device may not do that at present.",
    "listed_ip": "This address may not do that at present.",
    "coppa_no_consent": "This opens when a parent says yes.",
    "consent_withdrawn": "A parent has switched this off.",
    "blocked": "There is nobody to be reached here.",
    "rate_limited": "That was quick. Try again in a moment.",
}
"""Every reason code, with the sentence people read. A block reads like somebody who does not exist."""

LISTED = ("user", "device", "ip")
"""What may stand on the block-list; when several do, the first of them is the reason."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the gate found out before it decides."""

    band: Band
    consents: dict[str, bool]
    """Scope to whether it is given now; a scope with False was withdrawn or refused."""
    listed: str | None = None
    blocked: bool = False
    limited: bool = False
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reason: str
    retry_after: float = 0.0


def decide(action: str, looked: Looked) -> Decision:
    spec = ACTIONS.get(action)
    if spec is None:
        return Decision(False, "unknown_action")
    if looked.listed:
        return Decision(False, f"listed_{looked.listed}")
    refused = _consent(spec, looked)
    if refused:
        return Decision(False, refused)
    if looked.blocked:
        return Decision(False, "blocked")
    if looked.limited:
        return Decision(False, "rate_limited", looked.retry_after)
    return Decision(True, "ok")


def canonical(kind: str, value: str) -> str | None:
    """The one way in which the block-list writes a person, a device or an address; None for what is none."""
    text = value.strip()
    try:
        if kind == "user":
            return str(UUID(text))
        if kind == "ip":
            address = ip_address(text)
            return str(getattr(address, "ipv4_mapped", None) or address)
    except ValueError:
        return None
    return text if kind == "device" and 0 < len(text) <= 200 and "\0" not in text else None


def _consent(spec: Action, looked: Looked) -> str | None:
    """A child needs the consent; a teenager needs no parent's yes, but a parent's no holds."""
    if spec.consent is None or looked.band == "adult":
        return None
    given = looked.consents.get(spec.consent)
    if given:
        return None
    if looked.band == "child":
        return "coppa_no_consent"
    return "consent_withdrawn" if given is False else None
