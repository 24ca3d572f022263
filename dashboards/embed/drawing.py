"""A drawing as one path: shorter than its parts, and the same to look at. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Part = tuple[str, Mapping[str, str]]


def one_path(parts: Iterable[Part]) -> str:
    """The parts of a drawing as the `d` of one path."""
    return "".join(_path(tag, shape) for tag, shape in parts)


def _path(tag: str, shape: Mapping[str, str]) -> str:
    match tag:
        case "path":
            # A path begins where it says; after another one that has to be said again.
            start = shape["d"]
            return f"M0 0{start}" if start.startswith("m") else start
        case "circle":
            return _ellipse(shape["cx"], shape["cy"], shape["r"], shape["r"])
        case "ellipse":
            return _ellipse(shape["cx"], shape["cy"], shape["rx"], shape["ry"])
        case "line":
            return f"M{shape['x1']} {shape['y1']}L{shape['x2']} {shape['y2']}"
        case "rect":
            return _rectangle(shape)
        case _:
            raise ValueError(f"a {tag} is not drawn as a path")


def _ellipse(cx: str, cy: str, rx: str, ry: str) -> str:
    left, width = float(cx) - float(rx), 2 * float(rx)
    arc = f"a{rx} {ry} 0 1 0"
    return f"M{left:g} {cy}{arc} {width:g} 0{arc} {-width:g} 0"


def _rectangle(shape: Mapping[str, str]) -> str:
    x, y, width, height = (float(shape[name]) for name in ("x", "y", "width", "height"))
    r = float(shape.get("rx", shape.get("ry", "0")))
    corner = f"a{r:g} {r:g} 0 0 1"
    across, down = f"{width - 2 * r:g}", f"{height - 2 * r:g}"
    return (
        f"M{x + r:g} {y:g}h{across}{corner} {r:g} {r:g}v{down}{corner} {-r:g} {r:g}"
        f"h-{across}{corner} {-r:g} {-r:g}v-{down}{corner} {r:g} {-r:g}z"
    )
