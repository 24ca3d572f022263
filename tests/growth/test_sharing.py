"""What one may share of one's progress: no names, no scores, and a minor's only with consent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.app import App
from core.growth.sharing import share_progress
from core.principal import Principal
from core.settings import Settings
from data.tables import EventRow, User
from tests.factories import Make

LINK = "https://tandem.example/"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """What is shared is counted by the badges' reaction."""
    return replace(settings, rewards="on")


async def share(make: Make, person: User) -> tuple[str, str]:
    me: Principal = await make.principal(person)
    pack = await make.run(me, share_progress, make.app.gate, "activity_feed", LINK)
    assert (pack.outcome == "ready") == bool(pack.text and pack.link), pack
    assert (pack.outcome == "ready") != bool(pack.message), pack
    return pack.outcome, pack.text


@pytest.mark.req("AF-18")
async def test_a_share_pack_names_nobody_and_minors_need_a_parents_yes(app: App, make: Make) -> None:
    adult, teen, child = await make.person(), await make.person(age_band="13_17"), await make.child("sharing_outside")
    assert (await share(make, adult))[0] == "nothing_yet"
    assert (await share(make, teen))[0] == "coppa_no_consent"
    for person in (adult, teen, child):
        await make.fact(person, properties={"score": 87})
    outcome, text = await share(make, adult)
    assert outcome == "ready"
    assert text.startswith("One practice.")
    for name in (adult.username, adult.external_id, "lgebra", "87"):
        assert name not in text
    assert (await share(make, teen))[0] == "coppa_no_consent"
    assert (await share(make, child))[0] == "ready"
    await make.consent(child, "sharing_outside", given=False)
    assert (await share(make, child))[0] == "coppa_no_consent"
    async with app.transactions.read() as db:
        wanted = select(EventRow.properties).where(EventRow.type == "activity_feed_share_clicked")
        clicks = list((await db.execute(wanted.order_by(EventRow.seq))).scalars())
    assert [click["outcome"] for click in clicks][:2] == ["nothing_yet", "coppa_no_consent"]
    assert {click["source"] for click in clicks} == {"activity_feed"}
