"""What the simulated community does, with its controls: start, stop, slower, faster, larger, smaller, away."""

from __future__ import annotations

from typing import Any, ClassVar

import param

from dashboards.components.region_host import RegionHost


class SimulatorControls(RegionHost):
    """`state` is {running, speed, size, people, rate, leaving, slowest, fastest}; `on_action` hears presses."""

    element = param.String(default="tandem-simulator")
    state = param.Dict(default={})

    _constants: ClassVar[dict[str, Any]] = {"given": ["state"]}
