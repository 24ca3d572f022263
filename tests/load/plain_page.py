"""A page of nothing but Panel's own parts with the data of the health page, to compare with: run as a process."""

from __future__ import annotations

import asyncio
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import panel as pn
from bokeh.plotting import figure
from tornado.web import RequestHandler

HOURS = 168


def page() -> pn.Column:
    chart = figure(height=200)
    chart.vbar(x=list(range(HOURS)), top=[n % 7 for n in range(HOURS)], width=0.8)
    rows = pd.DataFrame({name: [f"{name} {n}" for n in range(8)] for name in ("who", "what", "where", "when")})
    numbers = [pn.indicators.Number(name=f"Figure {n}", value=n) for n in range(4)]
    tables = [pn.widgets.DataFrame(rows, disabled=True) for _ in range(3)]
    return pn.Column(pn.Row(*numbers), chart, *tables)


class Count(RequestHandler):
    """How many documents the server keeps."""

    def get(self) -> None:
        contexts: Any = self.application._applications.values()  # type: ignore[attr-defined]
        self.write(str(sum(len(context.sessions) for context in contexts)))


async def main() -> None:
    server = pn.io.server.get_server(
        {"/plain": page},
        port=0,
        address="127.0.0.1",
        show=False,
        start=False,
        verbose=False,
        websocket_origin=["*"],
        unused_session_lifetime_milliseconds=30_000,
        check_unused_sessions_milliseconds=5_000,
        extra_patterns=[(r"/count", Count)],
    )
    server.start()
    print(f"port {server.port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
