"""The card about somebody: what one may see of them, and of others not even that they exist."""

from __future__ import annotations

from uuid import uuid4

import pytest

from data.tables import User
from tests.factories import Make
from tests.rest_kit import Api, Reply


async def card(api: Api, make: Make, viewer: User, whose: object) -> Reply:
    return await api("GET", f"/api/v1/profiles/{whose}", bearer=make.token(viewer, "api"))


@pytest.mark.req("LB-10", "LB-12")
async def test_a_card_shows_what_the_viewer_may_see_and_no_full_name(api: Api, make: Make) -> None:
    mia = await make.person(age_band="13_17", cohort="7b", name="Mia Berger", nickname="Mia")
    tom, ada = await make.person(cohort="7b"), await make.person()
    said = (await card(api, make, tom, mia.id)).json
    assert (said["name"], said["same_cohort"], said["friend"]) == ("Mia", True, False)
    assert (said["level"], said["badges"], said["latest"]) == (1, 0, [])
    assert "Berger" not in str(said)
    assert (await card(api, make, ada, mia.id)).status == 404, "a minor is known to their cohort only"
    assert (await card(api, make, mia, mia.id)).status == 200
    await make.friends(tom, ada)
    assert (await card(api, make, tom, ada.id)).json["friend"] is True


@pytest.mark.req("LB-10", "PR-18")
async def test_nobody_is_known_across_a_block_and_no_hidden_child_is(api: Api, make: Make) -> None:
    one, other = await make.person(cohort="7b"), await make.person(cohort="7b")
    child = await make.child(cohort="7b")
    await make.block(one, other)
    for viewer, whose in ((one, other.id), (other, one.id), (one, child.id), (one, uuid4()), (one, "x")):
        assert (await card(api, make, viewer, whose)).status == 404
