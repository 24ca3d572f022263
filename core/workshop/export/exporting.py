"""Making an export: the value read from the database, then written to bytes beside the event loop.

One worker of its own writes, so a crowd that exports at once waits in line and takes no thread from anything else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.workshop.comparison import Comparison, comparison_of
from core.workshop.export import as_csv, as_json, as_markdown, words
from core.workshop.queries import get_workshop, workshops_of_team
from core.workshop.report import Kind, Report, report_of
from core.workshop.teams import carried_actions, points_of, team_of
from core.workshop.templates import list_templates

Format = Literal["pdf", "md", "csv", "json"]
TrendFormat = Literal["pdf", "csv", "json"]

MEDIA: dict[Format, str] = {
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
T = TypeVar("T")
_WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media: str
    data: bytes


async def load_report(db: AsyncSession, workshop_id: UUID, kind: Kind, now: datetime) -> Report:
    return report_of(await get_workshop(db, workshop_id, now), kind, now)


async def load_comparison(db: AsyncSession, secret: str, now: datetime) -> Comparison:
    """The comparison for whoever bears a team's secret; UnknownWorkshop for anybody else."""
    team = await team_of(db, secret)
    points = {template: await points_of(db, team.id, template.slug) for template in list_templates()}
    actions, workshops = await carried_actions(db, team.id), await workshops_of_team(db, team.id, now)
    return comparison_of(team.name, points, actions, workshops, now)


async def report_file(report: Report, format: Format) -> File:
    data = await _beside(REPORTS[format], report)
    parts = (report.template, f"{(report.completed_at or report.held_at):%Y-%m-%d}", report.kind)
    return File(f"{words.file_name('workshop', *parts)}.{format}", MEDIA[format], data)


async def comparison_file(comparison: Comparison, format: TrendFormat) -> File:
    data = await _beside(COMPARISONS[format], comparison)
    name = words.file_name("team", comparison.team, f"{comparison.made_at:%Y-%m-%d}")
    return File(f"{name}.{format}", MEDIA[format], data)


async def _beside(write: Callable[[T], bytes], value: T) -> bytes:
    return await asyncio.get_running_loop().run_in_executor(_WORKER, write, value)


def _report_pdf(report: Report) -> bytes:
    from core.workshop.export.pdf_report import write

    return write(report)


def _comparison_pdf(comparison: Comparison) -> bytes:
    from core.workshop.export.pdf_trends import write

    return write(comparison)


REPORTS: dict[Format, Callable[[Report], bytes]] = {
    "pdf": _report_pdf,
    "md": as_markdown.write,
    "csv": as_csv.write_report,
    "json": as_json.write,
}
COMPARISONS: dict[TrendFormat, Callable[[Comparison], bytes]] = {
    "pdf": _comparison_pdf,
    "csv": as_csv.write_comparison,
    "json": as_json.write,
}
