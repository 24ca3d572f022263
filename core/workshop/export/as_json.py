"""JSON: the value itself. Its schema stands in the REST reference."""

from __future__ import annotations

import msgspec

from core.workshop.comparison import Comparison
from core.workshop.report import Report


def write(value: Report | Comparison) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
