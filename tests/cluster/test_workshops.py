"""One workshop, served by two nodes: all see it wherever they are, and a node that dies takes nobody along."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cluster.kit import expect, running
from tests.party_kit import Party, Player, Web


def at(web: Web, player: Player) -> Player:
    """The same person, by another node's address."""
    other = Player.__new__(Player)
    other.__dict__ |= player.__dict__ | {"web": web}
    return other


@pytest.mark.req("WS-17", "WS-23", "WS-62", "RT-13", "RT-21")
async def test_two_nodes_serve_one_workshop_and_one_is_killed(database_url: str, tmp_path: Path) -> None:
    async with running(tmp_path, 2, database_url) as cluster, AsyncExitStack() as stack:
        webs = [Web(cluster.address_of(number)) for number in range(2)]
        for web in webs:
            stack.callback(web.close)
        party = await Party(webs[0]).open("Lena", "Tom", "Mia", "Ada", skip_intro=True, total_duration_minutes=120)
        lena, tom, mia, ada = (at(webs[n % 2], player) for n, player in enumerate(party.players.values()))
        watching = [await stack.enter_async_context(one.watching()) for one in (lena, tom, mia, ada)]
        await party.to("scoring", "awaiting", 1)
        version = (await lena.shown())["version"]

        # Everybody at once, on both nodes: one reveal, seen by all, the same for all.
        answers = await asyncio.gather(
            *(
                one.move("submit", version=version, question=1, value=value)
                for one, value in ((lena, 1), (tom, -2), (mia, 3), (ada, 0))
            )
        )
        assert [answer.status for answer in answers] == [200] * 4
        seen = [await expect(channel, "scores_revealed") for channel in watching]
        assert all(one["votes"] == seen[0]["votes"] for one in seen)
        assert sorted(value for _, value in seen[0]["votes"]) == [-2, 0, 1, 3]
        before = await lena.screen()

        # Whoever was on the node that dies goes on where they were, on the other one.
        await cluster.nodes[1].kill()
        note = str(uuid4())
        await lena.does("add_note", note_id=note, content="Still here")
        position = {"since": seen[1]["seq"], "epoch": watching[1].response["epoch"]}
        tom, ada = at(webs[0], tom), at(webs[0], ada)
        back = await stack.enter_async_context(tom.watching(**position))
        assert back.response["recovered"] is True
        missed = [one["payload"].get("note_id") for one in back.response["events"]]
        assert note in missed
        assert (await lena.shown())["results"] == before["workshop"]["results"]
        for one in (lena, tom, mia, ada):
            await one.does("ready", version=version + 1)
        assert (await ada.shown())["current_question"] == 2
        assert (await expect(back, "question_changed"))["question"] == 2
