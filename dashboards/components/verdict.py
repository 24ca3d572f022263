"""One sentence on top of a staff page: is it well, since when not, and what happens meanwhile."""

from __future__ import annotations

from typing import Any, ClassVar

import param

from dashboards.components.region_host import RegionHost


class Verdict(RegionHost):
    """`verdict` is {tone: good | warn | bad, word: in bold, sentence, at: ISO text}."""

    element = param.String(default="tandem-verdict")
    verdict = param.Dict(default={})

    _constants: ClassVar[dict[str, Any]] = {"given": ["verdict"]}
