"""A close table of states for staff: jobs, connections, alerts."""

from __future__ import annotations

from typing import Any, ClassVar

import param

from dashboards.components.region_host import RegionHost


class StatusTable(RegionHost):
    """`columns` is [{key, label, align}]; a row's cell is text, a number, {text, tone, title},
    {value, of} for a number with a bar of its share, or {time: ISO text}."""

    element = param.String(default="tandem-table")
    label = param.String(default="", doc="What the table holds, for readers of screens.")
    blank = param.String(default="", doc="What to say while there are no rows.")
    columns = param.List(default=[], item_type=dict)
    rows = param.List(default=[], item_type=dict)

    _constants: ClassVar[dict[str, Any]] = {"given": ["label", "blank", "columns", "rows"]}
