"""The page of who is here: more than a hundred people, each change drawn where it happened and nowhere else."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect

from tests.channel_kit import Channel
from tests.cluster.kit import LOBBY, socket
from tests.e2e.conftest import Enter
from tests.e2e.test_elements import SLOW, at_ease
from tests.process_kit import Server, token_for

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PEOPLE = 110


@pytest.mark.req("PR-14")
async def test_who_is_here_by_subject_for_more_than_a_hundred(enter: Enter, tandem: Server) -> None:
    page = await enter("demo-adult-student")
    await page.goto(f"{tandem.base}/people")
    await at_ease(page)
    async with AsyncExitStack() as stack:
        lobbies: list[Channel] = []
        for start in range(0, PEOPLE, 10):
            numbers = range(start, start + 10)
            known = await asyncio.gather(*(token_for(tandem, f"p{n}", name=f"Person{n} Example") for n in numbers))
            for n, one in zip(numbers, known, strict=True):
                client = await stack.enter_async_context(socket(tandem, one["token"]))
                lobbies.append(await client.join(LOBBY, {"current_subject": "math" if n % 2 else ""}))
        here = page.locator("tandem-directory")
        await expect(here.locator(".row")).to_have_count(PEOPLE + 1, timeout=SLOW)
        await expect(here.locator(".count")).to_have_text(f"{PEOPLE + 1} students online")
        await expect(here.locator('[data-subject="math"] .row')).to_have_count(PEOPLE // 2)
        await here.evaluate("one => one.root.querySelectorAll('.row').forEach((row) => { row.kept = true; })")
        await lobbies[0].push("update_activity", {"activity": "practicing_algebra"})
        await expect(here.locator(".row", has_text="Practising algebra")).to_have_count(1)
        drawn = "one => [...one.root.querySelectorAll('.row')].filter((row) => !row.kept).length"
        assert await here.evaluate(drawn) == 1, "the others were not drawn again"
        await lobbies[1].client.websocket.close()
        await expect(here.locator(".row")).to_have_count(PEOPLE)
        assert await here.evaluate(drawn) == 1


@pytest.mark.req("PR-17")
async def test_the_figures_of_home_follow_who_is_here(enter: Enter, tandem: Server) -> None:
    page = await enter("demo-adult-student")
    await page.goto(f"{tandem.base}/")
    await at_ease(page)
    figure = page.locator('tandem-here [data-figure="practising"] b')
    await expect(page.locator('tandem-here [data-figure="friends"] b')).to_have_text("0", timeout=SLOW)
    known = await token_for(tandem, "busy", name="Busy Example")
    async with socket(tandem, known["token"]) as client:
        lobby = await client.join(LOBBY)
        await lobby.push("update_activity", {"activity": "practicing_algebra"})
        await expect(figure).to_have_text("1", timeout=SLOW)
    await expect(figure).to_have_text("0", timeout=SLOW)
