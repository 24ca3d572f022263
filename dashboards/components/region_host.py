"""A Panel region that is one of our custom elements.

A subclass names its element and the params that the element is given; every change goes to the element's `update`,
which writes text as text. What the element asks for comes back by `on_action`. One model a region.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

Action = Callable[[str], None]


class RegionHost(JSComponent):
    element = param.String(default="", doc="The custom element's name.")
    attrs = param.Dict(default={}, doc="Attributes it is made with.")

    _esm = Path(__file__).parent / "region_host.js"
    _constants: ClassVar[dict[str, Any]] = {"given": []}
    """The names of the params that the element is given."""

    def __init__(self, **params: Any) -> None:
        self._actions: list[Action] = []
        # Said here and not as class defaults: those would be taken for the element's own params.
        super().__init__(**{"sizing_mode": "stretch_width", "margin": 0, **params})

    def on_action(self, action: Action) -> None:
        """Call `action` with the name of whatever the element asks for."""
        self._actions.append(action)

    def _handle_msg(self, data: Any) -> None:
        name = data.get("action") if isinstance(data, dict) else None
        if isinstance(name, str):
            for action in self._actions:
                action(name)
