"""The sheet around the optic: which marks a mask set gets and where they lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fabdesign.errors import ConfigError
from fabdesign.export.masks.codings import MaskSet
from fabdesign.export.masks.glyphs import label
from fabdesign.export.masks.marks import (
    Block,
    Mark,
    block_box,
    checkerboard,
    dicing_corner,
    global_mark,
    ladder,
    pair_mark,
    wedge,
)
from fabdesign.export.masks.placement import PixelPlacement

MOST_MASKS = 16
"""More masks than this are not aligned to one another by any practical process."""

_LEAST_UNIT_UM = 1.0
_LEAST_CLEARANCE = 20
_COLUMN = 400

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sheet:
    """Marks and outline of a die.

    Attributes:
        marks: all marks, placed outside the optic.
        die: outline, (x0, y0, x1, y1).
        unit: the marks' unit, in database units; nothing in them is smaller, except on the checkerboard.
        vernier_step: what a vernier's next bar reads, in database units.
    """

    marks: tuple[Mark, ...]
    die: Box
    unit: int
    vernier_step: int


def arrange_sheet(
    placement: PixelPlacement, masks: MaskSet, lines: Sequence[str], *, smallest_um: float | None = None
) -> Sheet:
    """Lay marks around the optic, on the manufacturing grid, with a clearance of at least 20 units.

    Args:
        placement: the optic.
        masks: the mask set.
        lines: text below the optic, beside the F mark.
        smallest_um: smallest feature of the process; the pixel pitch if None.

    Raises:
        ConfigError: the set has too many masks to be aligned to one another.
    """
    u = _unit(placement, smallest_um)
    step = placement.grid * max(1, math.ceil(u / 10 / placement.grid))
    cell = _ceil_to(max(placement.pitch, _smallest(placement, smallest_um)), placement.grid)
    stacked = masks.coding != "one-per-level"
    count = len(masks.masks) if stacked else 1
    if count > MOST_MASKS:
        raise ConfigError(
            f"Marks are made for up to {MOST_MASKS} masks that are aligned to one another; got {count}.",
            hint="Switch the marks off, use binary coding, or fewer levels.",
        )
    reference = 0 if stacked else len(masks.masks) - 1
    sides = _sides(u, step, cell, masks, lines, reference)
    around = _around(placement.box, sides, u)
    marks, die = _corners(around, placement.box, u, count, reference)
    return Sheet(tuple(marks), die, u, step)


def _sides(
    u: int, step: int, cell: int, masks: MaskSet, lines: Sequence[str], reference: int
) -> dict[str, list[Block]]:
    names = [mask.name for mask in masks.masks]
    stacked = masks.coding != "one-per-level"
    pairs = range(1, len(names) if stacked else 1)
    text = [Mark("label", reference, label(line, u)) for line in lines]
    lifted = [mark.moved(0, 10 * u * (len(text) - 1 - at)) for at, mark in enumerate(text)]
    return {
        "top": [wedge(u, masks), checkerboard(cell, masks)],
        "left": [ladder(u, k, name) for k, name in enumerate(names)] if stacked else [],
        "right": [pair_mark(u, k, step, f"{names[0]}-{names[k]}") for k in pairs],
        "bottom": [[Mark("label", reference, label("F", 4 * u))], lifted],
    }


def _around(box: Box, sides: dict[str, list[Block]], u: int) -> list[Mark]:
    x0, y0, x1, y1 = box
    clear = _LEAST_CLEARANCE * u
    column = max(y1 - y0, _COLUMN * u)
    placed: list[Mark] = []
    for side, blocks in sides.items():
        group = _columns(blocks, column, 8 * u) if side in ("left", "right") else _row(blocks, 12 * u)
        if not group:
            continue
        _, _, width, height = block_box(group)
        origin = {
            "top": (x0, y1 + clear),
            "bottom": (x0, y0 - clear - height),
            "left": (x0 - clear - width, y0),
            "right": (x1 + clear, y0),
        }[side]
        placed += [mark.moved(*origin) for mark in group]
    return placed


def _corners(
    around: list[Mark], box: Box, u: int, masks: int, reference: int
) -> tuple[list[Mark], Box]:
    x0, y0, x1, y1 = _union(block_box(around), box)
    target = [Mark(mark.kind, mark.mask or reference, mark.corners) for mark in global_mark(u, masks)]
    half = block_box(target)[2]
    off = half + _LEAST_CLEARANCE * u
    x0, y0, x1, y1 = x0 - off, y0 - off, x1 + off, y1 + off
    placed = [mark.moved(x, y) for x in (x0, x1) for y in (y0, y1) for mark in target]
    die = x0 - off, y0 - off, x1 + off, y1 + off
    signs: tuple[Literal[1, -1], Literal[1, -1]] = (1, -1)
    for sx, x in zip(signs, (die[0], die[2]), strict=True):
        for sy, y in zip(signs, (die[1], die[3]), strict=True):
            placed.append(dicing_corner(u, sx, sy, reference).moved(x, y))
    return around + placed, die


def _row(blocks: list[Block], gap: int) -> list[Mark]:
    placed: list[Mark] = []
    at = 0
    for block in blocks:
        x0, y0, x1, _ = block_box(block)
        placed += [mark.moved(at - x0, -y0) for mark in block]
        at += x1 - x0 + gap
    return placed


def _columns(blocks: list[Block], tallest: int, gap: int) -> list[Mark]:
    placed: list[Mark] = []
    x = y = widest = 0
    for block in blocks:
        x0, y0, x1, y1 = block_box(block)
        if y and y + y1 - y0 > tallest:
            x, y, widest = x + widest + gap, 0, 0
        placed += [mark.moved(x - x0, y - y0) for mark in block]
        y += y1 - y0 + gap
        widest = max(widest, x1 - x0)
    return placed


def _smallest(placement: PixelPlacement, smallest_um: float | None) -> int:
    return placement.pitch if smallest_um is None else math.ceil(smallest_um / placement.unit_um - 1e-6)


def _unit(placement: PixelPlacement, smallest_um: float | None) -> int:
    least = max(_smallest(placement, smallest_um), math.ceil(_LEAST_UNIT_UM / placement.unit_um - 1e-6))
    return _ceil_to(least, 2 * placement.grid)


def _ceil_to(length: int, step: int) -> int:
    return -(-length // step) * step


def _union(first: Box, second: Box) -> Box:
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )
