"""The stock `phoenix` client from npm, in three of its versions, against a whole node."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import PIPE, STDOUT

import pytest

from core.settings import Settings
from tests.node_kit import running
from tools.programs import ROOT, node

SECONDS = 120


@pytest.mark.node
@pytest.mark.req("RT-1", "RT-2", "RT-8", "RT-9", "RT-15", "RT-17", "PR-1", "PR-8")
@pytest.mark.parametrize("client", ["phoenix", "phoenix-1.7", "phoenix-1.6"])
async def test_the_stock_client_works_unmodified(settings: Settings, database_url: str, client: str) -> None:
    program = node()
    assert program is not None, "Node is needed: make setup"
    async with running(settings, database_url) as house:
        environment = {
            "PATH": os.environ["PATH"],
            "TANDEM_URL": f"http://127.0.0.1:{house.server.port}",
            "TANDEM_KEY": settings.api_key,
            "PHOENIX": client,
        }
        process = await asyncio.create_subprocess_exec(
            str(program), "--test", "--test-force-exit", "--test-timeout=20000", "--test-reporter=spec",
            str(ROOT / "tests/js/phoenix_stock.mjs"),
            cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS):
                output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    told = output.decode()
    assert process.returncode == 0, told
    assert "fail 0" in told
