"""What a team takes home: a workshop's report and a team's comparison, as files.

`full` is for the team itself; `team` has no names, no notes and no single scores, and may be shown to others.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from core.errors import Unauthorized
from core.safety.limiter import Rate
from core.web.rest.fields import Input
from core.web.rest.workshop_moves import guest_of
from core.web.routes import Call, Raw, Routes
from core.workshop.comparison import Comparison
from core.workshop.export.exporting import (
    MEDIA,
    File,
    Format,
    TrendFormat,
    comparison_file,
    load_comparison,
    load_report,
    report_file,
)
from core.workshop.guests import TAKE_PART
from core.workshop.report import Kind, Report

routes = Routes("Exports")

EXPORTING = Rate(30, 60)


class ExportQuery(Input, frozen=True, kw_only=True):
    """Which file."""

    format: Annotated[Format, Meta(description="A document, Markdown, a table, or data.")] = "pdf"
    for_: Annotated[Kind, Meta(description="`full` for the team itself; `team` without names, notes and scores.")] = (
        field(name="for", default="full")
    )


@routes(
    "GET",
    "/api/v1/workshops/{code}/export",
    scope=TAKE_PART,
    summary="The workshop's report, as a file.",
    rate=EXPORTING,
    media={kind: Report if format == "json" else None for format, kind in MEDIA.items()},
)
async def get_export(call: Call[None, ExportQuery]) -> Raw:
    """Only what was revealed is in it. What is null in a `team` report is told in the `full` one."""
    guest = guest_of(call)
    async with call.app.transactions.read() as db:
        report = await load_report(db, guest.workshop_id, call.query.for_, call.app.clock.now())
    return _raw(await report_file(report, call.query.format))


class TeamExportQuery(Input, frozen=True, kw_only=True):
    """Which file."""

    format: Annotated[TrendFormat, Meta(description="A document, a table, or data.")] = "pdf"


@routes(
    "GET",
    "/api/v1/teams/export",
    scope=None,
    summary="A team's workshops compared, as a file.",
    rate=EXPORTING,
    errors=(401, 404),
    media={MEDIA["pdf"]: None, MEDIA["csv"]: None, MEDIA["json"]: Comparison},
)
async def get_team_export(call: Call[None, TeamExportQuery]) -> Raw:
    """The team's secret goes in the header: `Authorization: Bearer team_…`. No names are in it."""
    if not call.bearer:
        raise Unauthorized
    async with call.app.transactions.read() as db:
        comparison = await load_comparison(db, call.bearer, call.app.clock.now())
    return _raw(await comparison_file(comparison, call.query.format))


def _raw(file: File) -> Raw:
    return Raw(file.data, file.media, file_name=file.name)
