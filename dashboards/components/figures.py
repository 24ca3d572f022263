"""Key figures as cards: value, unit, age, the limit drawn and a verdict in words."""

from __future__ import annotations

from typing import Any, ClassVar

import param

from dashboards.components.region_host import RegionHost


class Figures(RegionHost):
    """`figures` is [{label, value, unit, note, chip: {tone, text}, trend: [numbers], limit: {value, label}}]."""

    element = param.String(default="tandem-figures")
    figures = param.List(default=[], item_type=dict)

    _constants: ClassVar[dict[str, Any]] = {"given": ["figures"]}
