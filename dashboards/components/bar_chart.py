"""Amounts hour by hour as bars: zero is drawn as zero, what is still counting is hatched, the table is one key away."""

from __future__ import annotations

from typing import Any, ClassVar

import param

from dashboards.components.region_host import RegionHost


class BarChart(RegionHost):
    """`points` is [{at: ISO text with its offset, value: number}] in order, every hour present."""

    element = param.String(default="tandem-bars")
    label = param.String(default="", doc="What is shown, for readers of screens.")
    unit = param.List(default=["person", "people"], item_type=str, doc="One and many of what is counted.")
    zone = param.String(default="UTC", doc="The time zone of the labels.")
    open = param.Boolean(default=True, doc="Whether the last hour is still counting.")
    points = param.List(default=[], item_type=dict)

    _constants: ClassVar[dict[str, Any]] = {"given": ["label", "unit", "zone", "open", "points"]}
