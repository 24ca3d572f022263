"""The drawings of the avatar set: twelve animals, flat, without outlines, in a square of 64.

Each is what stands on the round ground; `tools.assets` puts it on the eight grounds and writes the files.
Coordinates are ours to change: only the animals' names are known elsewhere (`core.accounts.rules.ANIMALS`).
"""

from __future__ import annotations

from typing import Final

INK: Final = "#23283C"


def eyes(left: float, right: float, y: float, radius: float = 2.2, ink: str = INK) -> str:
    return (
        f'<g fill="{ink}"><circle cx="{left}" cy="{y}" r="{radius}"/><circle cx="{right}" cy="{y}" r="{radius}"/></g>'
    )


DRAWINGS: Final[dict[str, str]] = {
    "fox": (
        '<path fill="#D9622B" d="M14 10c6 1 11 5 14 9h8c3-4 8-8 14-9 2 7 2 13 1 19 3 11-7 25-19 25S10 40 13 29c-1-6-1-12 1-19z"/>'
        '<path fill="#8C3A17" d="M17.5 15c4 1 6 4 7.5 7l-7 5c-1-4-1.5-8-.5-12zM46.5 15c-4 1-6 4-7.5 7l7 5c1-4 1.5-8 .5-12z"/>'
        '<path fill="#FFF4EA" d="M12.5 34c8-2 15.5 2 19.5 9 4-7 11.5-11 19.5-9C52 44 44 54.5 32 54.500S12 44 12.5 34z"/>'
        f'{eyes(24.5, 39.5, 33)}<path fill="{INK}" d="M28.5 43.5h7c.6 3-1.4 5-3.5 5s-4.1-2-3.5-5z"/>'
    ),
    "penguin": (
        '<path fill="#2C3A50" d="M32 11c13 0 21 10 21 23s-9 21-21 21-21-8-21-21 8-23 21-23z"/>'
        '<path fill="#FDFEFF" d="M32 29c3-6 8-8 12-6 5 3 5 10 4 16-2 8-8 13-16 13s-14-5-16-13c-1-6-1-13 4-16 4-2 9 0 12 6z"/>'
        f'{eyes(24, 40, 34)}<path fill="#F0953D" d="M27 38.500c3-2 7-2 10 0 .5 3-3 6.5-5 6.500s-5.5-3.5-5-6.500z"/>'
        '<g fill="#F7C6BE"><circle cx="19.5" cy="40" r="2.6"/><circle cx="44.5" cy="40" r="2.6"/></g>'
    ),
    "owl": (
        '<path fill="#6E559E" d="M13 13c5 3 9 4 12 4h14c3 0 7-1 12-4 2 5 2 10 0 14 2 4 2 8 2 11 0 10-9 17-21 17s-21-7-21-17'
        'c0-3 0-7 2-11-2-4-2-9 0-14z"/>'
        '<path fill="#8A72BC" d="M32 40c7 0 13 4 15 9-4 4-9 6-15 6s-11-2-15-6c2-5 8-9 15-9z"/>'
        '<g fill="#FFFDF6"><circle cx="23" cy="32" r="9.5"/><circle cx="41" cy="32" r="9.5"/></g>'
        f'{eyes(24.5, 39.5, 32, 4)}<g fill="#fff"><circle cx="26" cy="30.5" r="1.3"/><circle cx="41" cy="30.5" r="1.3"/></g>'
        '<path fill="#F2A23C" d="M32 35l4 4c0 3-2 5-4 6-2-1-4-3-4-6z"/>'
    ),
    "rabbit": (
        '<path fill="#F9F4F2" d="M21 5c5 0 7 9 7 20h-9C15 17 16 5 21 5zM43 5c-5 0-7 9-7 20h9c4-8 3-20-2-20z"/>'
        '<path fill="#F2AEBB" d="M21.5 9.500c2.5 0 3.5 7 3.5 14h-4c-2.5-6-2-14 .5-14zM42.5 9.500c-2.5 0-3.5 7-3.5 14h4c2.5-6 2-14-.5-14z"/>'
        '<path fill="#F9F4F2" d="M32 21c11 0 19 8 19 18 0 9-8 16-19 16s-19-7-19-16c0-10 8-18 19-18z"/>'
        f'{eyes(24, 40, 37)}<g fill="#F7C9D1"><circle cx="19" cy="44" r="3.2"/><circle cx="45" cy="44" r="3.2"/></g>'
        f'<path fill="#E5788D" d="M29 41.500h6c.4 2-1.4 3.5-3 3.500s-3.4-1.5-3-3.500z"/>'
        f'<path fill="none" stroke="{INK}" stroke-width="1.5" stroke-linecap="round" d="M28.5 47.500c1 1.5 3 1.5 3.5 0 .5 1.5 2.5 1.5 3.5 0"/>'
    ),
    "bear": (
        '<g fill="#8F5A36"><circle cx="16.5" cy="19" r="7.5"/><circle cx="47.5" cy="19" r="7.5"/></g>'
        '<g fill="#D9AF86"><circle cx="16.5" cy="19" r="4"/><circle cx="47.5" cy="19" r="4"/></g>'
        '<path fill="#8F5A36" d="M32 14c12 0 20 9 20 20s-8 21-20 21-20-10-20-21 8-20 20-20z"/>'
        '<path fill="#E8C8A4" d="M32 37c7 0 11 4 11 9s-5 9-11 9-11-4-11-9 4-9 11-9z"/>'
        f'{eyes(23.5, 40.5, 33)}<path fill="{INK}" d="M28 40.500c2.5-1.3 5.5-1.3 8 0 .6 2.6-2 5-4 5s-4.6-2.4-4-5z"/>'
        f'<path fill="none" stroke="{INK}" stroke-width="1.6" stroke-linecap="round" d="M32 45v2.500M28.5 49c2 1.8 5 1.8 7 0"/>'
    ),
    "panda": (
        '<g fill="#2A2E3D"><circle cx="16" cy="18" r="7.5"/><circle cx="48" cy="18" r="7.5"/></g>'
        '<path fill="#FCFCFA" d="M32 13c13 0 21 9 21 21s-8 21-21 21-21-9-21-21 8-21 21-21z"/>'
        '<g fill="#2A2E3D"><ellipse cx="22.5" cy="33" rx="5.5" ry="7" transform="rotate(24 22.5 33)"/>'
        '<ellipse cx="41.5" cy="33" rx="5.5" ry="7" transform="rotate(-24 41.5 33)"/></g>'
        f'{eyes(23.5, 40.5, 32.5, 2, "#fff")}<path fill="#2A2E3D" d="M28.5 41.500c2-1.2 5-1.2 7 0 .5 2.4-1.7 4.2-3.5 4.200s-4-1.8-3.5-4.200z"/>'
        f'<path fill="none" stroke="#2A2E3D" stroke-width="1.6" stroke-linecap="round" d="M28.5 48.500c2 1.8 5 1.8 7 0"/>'
    ),
    "cat": (
        '<path fill="#6C82B8" d="M13 10c6 1 11 5 14 9h10c3-4 8-8 14-9 2 7 2 14 1 20 3 14-7 25-20 25S9 44 12 30c-1-6-1-13 1-20z"/>'
        '<path fill="#F2BBC4" d="M17.5 16c3 1 5 3 6.5 5l-6 6c-1-4-1-8-.5-11zM46.5 16c-3 1-5 3-6.5 5l6 6c1-4 1-8 .5-11z"/>'
        '<path fill="#54689C" d="M30 19h4l-2 8zM23.5 19.500l3 .2-.5 5zM40.5 19.500l-3 .2.5 5z"/>'
        '<path fill="#E9EEF9" d="M32 39c6 0 10 3 10 8s-4 8-10 8-10-3-10-8 4-8 10-8z"/>'
        f'{eyes(23.5, 40.5, 34)}<path fill="#D9667D" d="M29 41h6c.3 2-1.5 3.5-3 3.500S28.7 43 29 41z"/>'
        f'<path fill="none" stroke="{INK}" stroke-width="1.5" stroke-linecap="round" d="M28.5 47.500c1.2 1.5 3 1.5 3.5 0 .5 1.5 2.3 1.5 3.5 0"/>'
    ),
    "koala": (
        '<g fill="#8D97AC"><circle cx="13.5" cy="26" r="10.5"/><circle cx="50.5" cy="26" r="10.5"/></g>'
        '<g fill="#E9C9CF"><circle cx="13.5" cy="27" r="6"/><circle cx="50.5" cy="27" r="6"/></g>'
        '<path fill="#9EA8BC" d="M32 14c12 0 19 9 19 21 0 12-8 20-19 20s-19-8-19-20c0-12 7-21 19-21z"/>'
        '<path fill="#E4E8F0" d="M32 46c5 0 9 2 11 5-3 3-7 4-11 4s-8-1-11-4c2-3 6-5 11-5z"/>'
        f'{eyes(22.5, 41.5, 34)}<path fill="{INK}" d="M32 32c4 0 5.5 5 5.5 9 0 4-2.5 6-5.5 6s-5.5-2-5.5-6c0-4 1.5-9 5.5-9z"/>'
    ),
    "lion": (
        '<path fill="#B5651D" d="M32 6c5 0 7 3 11 4s7 1 9 5 1 7 3 11 4 5 3 10-4 6-5 10-1 7-5 10-7 1-11 3-5 0-5 0-1 2-5 0-7 0-11-3'
        '-4-6-5-10-4-5-5-10 1-6 3-10 0-7 3-11 5-4 9-5 6-4 11-4z"/>'
        '<g fill="#EFB24C"><circle cx="17.5" cy="20" r="5"/><circle cx="46.5" cy="20" r="5"/></g>'
        '<path fill="#F4C467" d="M32 15c10 0 17 8 17 18s-7 18-17 18-17-8-17-18 7-18 17-18z"/>'
        '<path fill="#FFF1D6" d="M32 37c6 0 10 3 10 7.5S38 52 32 52s-10-3-10-7.5S26 37 32 37z"/>'
        f'{eyes(24, 40, 32)}<path fill="#7A3E16" d="M28 38.500c2.500-1.300 5.500-1.300 8 0 .6 2.600-2 4.500-4 4.500s-4.600-1.900-4-4.500z"/>'
        f'<path fill="none" stroke="{INK}" stroke-width="1.500" stroke-linecap="round" d="M32 43v2M28.500 46.500c1.500 1.600 3 1.400 3.500 0 .5 1.400 2 1.600 3.500 0"/>'
    ),
    "whale": (
        '<path fill="none" stroke="#7CC0E8" stroke-width="3" stroke-linecap="round" d="M27 18v-4c0-4-7-5-8-1M27 14c0-4 7-5 8-1"/>'
        '<path fill="#3B82BF" d="M28 20c14 0 20 8 21 14 2-1 3-4 3-6-3-1-5-3-5-6 4 0 6 1 7.5 3 1.5-2 3.5-3 6.5-3 0 4-3 7-7 7'
        ' 0 12-9 24-26 24C15 53 7 46 7 36c0-9 9-16 21-16z"/>'
        '<path fill="#DDF0FB" d="M7.5 39c6 3 14 4 21 4s14-1 20-4c-2 8-9 14-20.5 14S9 47.5 7.5 39z"/>'
        f'<circle cx="19" cy="33" r="2.4" fill="{INK}"/><circle cx="15" cy="38" r="2.6" fill="#E89BAE"/>'
        f'<path fill="none" stroke="{INK}" stroke-width="1.6" stroke-linecap="round" d="M21 38.500c2 1.6 4.5 1.6 6.5 0"/>'
    ),
    "frog": (
        '<g fill="#5AA65B"><circle cx="20" cy="20" r="9"/><circle cx="44" cy="20" r="9"/>'
        '<path d="M32 20c13 0 21 8 21 18s-9 17-21 17-21-7-21-17 8-18 21-18z"/></g>'
        '<g fill="#FFFEF5"><circle cx="20" cy="20" r="6"/><circle cx="44" cy="20" r="6"/></g>'
        f"{eyes(20.5, 43.5, 20.5, 3)}"
        '<path fill="#A9D98C" d="M32 43c8 0 14 2 17 5-4 5-10 7-17 7s-13-2-17-7c3-3 9-5 17-5z"/>'
        f'<path fill="none" stroke="#23512B" stroke-width="2" stroke-linecap="round" d="M21 38.500c6 5.5 16 5.5 22 0"/>'
        '<g fill="#EE9C93"><circle cx="17" cy="37" r="2.6"/><circle cx="47" cy="37" r="2.6"/></g>'
    ),
    "hedgehog": (
        '<path fill="#6B4A3A" d="M32 8l4 4 6-2 2 6 6 1-1 6 5 4-3 5 4 5-5 3 1 6-6 1-2 5-22 0-2-5-6-1 1-6-5-3 4-5-3-5 5-4-1-6 6-1 2-6 6 2z"/>'
        '<path fill="#87604B" d="M32 14l3 3 5-1 1 5 5 1-1 5 4 4-4 5-26 0-4-5 4-4-1-5 5-1 1-5 5 1z"/>'
        '<g fill="#D9A986"><circle cx="17" cy="29" r="4.5"/><circle cx="47" cy="29" r="4.5"/></g>'
        '<path fill="#F3D9BD" d="M32 27c4-3 10-2 13 2 3 5 3 12 0 17-3 5-8 8-13 8s-10-3-13-8c-3-5-3-12 0-17 3-4 9-5 13-2z"/>'
        f'{eyes(24.5, 39.5, 36)}<path fill="{INK}" d="M28.5 41.500h7c.6 3-1.500 5-3.500 5s-4.100-2-3.500-5z"/>'
        '<g fill="#EFA79A"><circle cx="20.500" cy="43" r="2.800"/><circle cx="43.500" cy="43" r="2.800"/></g>'
        f'<path fill="none" stroke="{INK}" stroke-width="1.500" stroke-linecap="round" d="M29 49.500c2 1.500 4 1.500 6 0"/>'
    ),
}

NEUTRAL: Final = (
    '<circle cx="32" cy="32" r="32" fill="#D5D9E8"/>'
    '<g fill="#747C99"><circle cx="32" cy="25" r="10.5"/><path d="M12 56c1-12 9-18 20-18s19 6 20 18a32 32 0 0 1-40 0z"/></g>'
)
"""Shown for anybody without an avatar."""


def avatar(animal: str, ground: str) -> str:
    """One finished file: the ground, then the animal, cut to the circle."""
    return _svg(
        f'<circle cx="32" cy="32" r="32" fill="{ground}"/><g transform="translate(2.2 2.8) scale(.93)">{DRAWINGS[animal]}</g>'
    )


def neutral() -> str:
    return _svg(NEUTRAL)


def _svg(inner: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        f'<clipPath id="c"><circle cx="32" cy="32" r="32"/></clipPath><g clip-path="url(#c)">{inner}</g></svg>\n'
    )
