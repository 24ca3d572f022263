"""The queue of held results over the socket: a number for staff, and for nobody else."""

from __future__ import annotations

import pytest

from core.leaderboards.reviewing import review_result
from core.principal import SYSTEM
from tests.channels.conftest import Connect
from tests.factories import Make


@pytest.mark.req("LB-14", "RT-7")
async def test_staff_hear_of_every_result_that_is_held_and_decided(make: Make, enter: Connect) -> None:
    ada, admin = await make.person(), await make.person(role="admin")
    assert (await (await enter(ada)).refused("reviews:results"))["reason"] == "forbidden"
    queue = await (await enter(admin)).join("reviews:results")
    assert (queue.response["waiting"], queue.response["oldest"]) == (0, None)
    held = await make.fact(ada, properties={"score": 100, "seconds": 2})
    assert (await queue.expect("snapshot"))["waiting"] == 1
    await make.app.transactions.run(SYSTEM, review_result, held.event_id or admin.id, "voided")
    await make.app.settle()
    assert (await queue.expect("snapshot"))["waiting"] == 0
