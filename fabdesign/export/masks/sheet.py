"""The sheet around the optic: which marks a mask set gets and where they lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fabdesign.errors import ConfigError
from fabdesign.export.masks.marks import (
    Block,
    Mark,
    block_box,
    block_row,
    checkerboard,
    dicing_corner,
    global_mark,
    ladder,
    pair_mark,
    wedge,
)
from fabdesign.export.masks.placement import PixelPlacement
from fabdesign.process.codings import MaskSet
from fabdesign.relief.glyphs import label

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
    plan = _plan(placement, masks, smallest_um)
    if plan.aligned > MOST_MASKS:
        raise ConfigError(
            f"Marks are made for up to {MOST_MASKS} masks aligned to one another; got {plan.aligned}.",
            hint="Switch the marks off, use binary coding, or fewer levels.",
        )
    around = _around(placement.box, _rows(plan, masks, lines), _stacks(plan, masks), plan.u)
    marks, die = _corners(around, placement.box, plan)
    return Sheet(tuple(marks), die, plan.u, plan.step)


@dataclass(frozen=True)
class _Plan:
    """Sizes in database units; `aligned` masks are aligned to the one at index `reference`."""

    u: int
    step: int
    cell: int
    aligned: int
    reference: int


def _plan(placement: PixelPlacement, masks: MaskSet, smallest_um: float | None) -> _Plan:
    unit_um, grid = placement.unit_um, placement.grid
    smallest = placement.pitch if smallest_um is None else math.ceil(smallest_um / unit_um - 1e-6)
    u = _ceil_to(max(smallest, math.ceil(_LEAST_UNIT_UM / unit_um - 1e-6)), 2 * grid)
    step = _ceil_to(math.ceil(u / 10), grid)
    cell = _ceil_to(max(placement.pitch, smallest), grid)
    if masks.coding == "one-per-level":
        return _Plan(u, step, cell, 1, len(masks.masks) - 1)
    return _Plan(u, step, cell, len(masks.masks), 0)


def _rows(plan: _Plan, masks: MaskSet, lines: Sequence[str]) -> tuple[list[Mark], list[Mark]]:
    """What lies above the optic and what lies below it."""
    u = plan.u
    text = [Mark("label", plan.reference, label(line, u)) for line in reversed(lines)]
    lifted = [mark.moved(0, 10 * u * at) for at, mark in enumerate(text)]
    top: list[Block] = [wedge(u, masks), checkerboard(plan.cell, masks)]
    bottom: list[Block] = [[Mark("label", plan.reference, label("F", 4 * u))], lifted]
    return block_row(top, 12 * u), block_row(bottom, 12 * u)


def _stacks(plan: _Plan, masks: MaskSet) -> tuple[list[Block], list[Block]]:
    """What is stacked left of the optic and what right of it: nothing where one mask needs no other."""
    if plan.aligned == 1:
        return [], []
    names = [mask.name for mask in masks.masks]
    left = [ladder(plan.u, k, name) for k, name in enumerate(names)]
    right = [pair_mark(plan.u, k, plan.step, f"{names[0]}-{names[k]}") for k in range(1, len(names))]
    return left, right


def _around(
    box: Box, rows: tuple[list[Mark], list[Mark]], stacks: tuple[list[Block], list[Block]], u: int
) -> list[Mark]:
    """Rows above and below the optic first, then columns left and right of all that."""
    clear = _LEAST_CLEARANCE * u
    x0, y0, _, y1 = box
    above, below = rows
    lowered = y0 - clear - block_box(below)[3]
    placed = [mark.moved(x0, y1 + clear) for mark in above] + [mark.moved(x0, lowered) for mark in below]
    inside = _union(block_box(placed), box)
    left, right = (_columns(blocks, max(y1 - y0, _COLUMN * u), 8 * u) for blocks in stacks)
    for group, side in ((left, -1), (right, 1)):
        if group:
            _, _, width, height = block_box(group)
            x = inside[2] + clear if side > 0 else inside[0] - clear - width
            placed += [mark.moved(x, -(height // (2 * u)) * u) for mark in group]
    return placed


def _corners(around: list[Mark], box: Box, plan: _Plan) -> tuple[list[Mark], Box]:
    """Global marks and dicing corners on a box that is centred on the optic."""
    u, reference = plan.u, plan.reference
    inside = _union(block_box(around), box)
    target = [Mark(mark.kind, mark.mask or reference, mark.corners) for mark in global_mark(u, plan.aligned)]
    off = block_box(target)[2] + _LEAST_CLEARANCE * u
    x, y = (max(-inside[at], inside[at + 2]) + off for at in (0, 1))
    placed = [mark.moved(sx * x, sy * y) for sx in (-1, 1) for sy in (-1, 1) for mark in target]
    die = -x - off, -y - off, x + off, y + off
    placed += [dicing_corner(u, 1, 1, reference).moved(die[0], die[1])]
    placed += [dicing_corner(u, 1, -1, reference).moved(die[0], die[3])]
    placed += [dicing_corner(u, -1, 1, reference).moved(die[2], die[1])]
    placed += [dicing_corner(u, -1, -1, reference).moved(die[2], die[3])]
    return around + placed, die


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


def _ceil_to(length: int, step: int) -> int:
    return -(-length // step) * step


def _union(first: Box, second: Box) -> Box:
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )
