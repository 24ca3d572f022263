"""What one may share of one's progress outside."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from core.growth.sharing import share_progress
from core.transaction import Transaction
from core.web.rest.fields import Input, Output
from core.web.routes import Call, Routes

routes = Routes("Sharing")

Source = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="Where it was asked for.")]


class ShareIn(Input, frozen=True, kw_only=True):
    """Where somebody asked for something to share."""

    source: Source = "activity_feed"


class SharePackOut(Output, frozen=True, kw_only=True):
    """Something to share, or why there is nothing."""

    outcome: Annotated[str, Meta(description="`ready`, or the code of the reason.")]
    text: Annotated[str, Meta(description="A sentence without names and scores.")]
    link: str
    message: Annotated[str, Meta(description="The reason, for people to read.")]


@routes(
    "POST",
    "/api/v1/share-packs",
    scope="activity:read",
    summary="Ask for something to share of one's progress.",
    example={"source": "activity_feed"},
    answer_example={
        "outcome": "ready",
        "text": "24 practices and 6 days in a row. Learning goes better with company: come and practise too.",
        "link": "https://tandem.example/",
        "message": "",
    },
)
async def post_share_pack(tx: Transaction, call: Call[ShareIn, None]) -> SharePackOut:
    """A minor's progress leaves only with a parent's consent; the click is counted either way."""
    link = f"{call.base_url}/"
    pack = await share_progress(tx, call.app.gate, call.body.source, link, ip=call.address)
    return SharePackOut(outcome=pack.outcome, text=pack.text, link=pack.link, message=pack.message)
