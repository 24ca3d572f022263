"""The browser's own modules: their unit tests run under Node, each file of them."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import PIPE, STDOUT

import pytest

from tools.programs import ROOT, node

SECONDS = 120


@pytest.mark.node
async def test_the_unit_tests_of_the_browsers_modules_pass() -> None:
    program = node()
    assert program is not None, "Node is needed: make setup"
    files = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.mjs"))
    assert files
    process = await asyncio.create_subprocess_exec(
        str(program), "--test", "--test-timeout=20000", "--test-reporter=tap", *files,
        cwd=ROOT, env={"PATH": os.environ["PATH"]}, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    told = output.decode()
    assert process.returncode == 0, "\n".join(line for line in told.splitlines() if "not ok" in line) or told
    assert "# fail 0" in told
