"""The shapes beside the optic: crosses, verniers, etch ladders, wedge, checkerboard, labels, dicing corners.

Every shape is built around or from the origin in whole database units; `u` is the sheet's unit, which is no
smaller than the smallest feature of the process, and every bar and gap is at least `u`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.process.codings import MaskSet
from fabdesign.relief.glyphs import label
from fabdesign.relief.rectangles import merged_rectangles

Kind = Literal["align", "label", "dice", "test"]
Corners = NDArray[np.int64]

VERNIER_BARS = 10
"""Bars of a vernier on each side of its middle."""

_LADDER = (48, 24, 12, 6)
_WEDGE_STEP = 16
_WEDGE_ROW = 16
_CHECKER_CELLS = 16


@dataclass(frozen=True, eq=False)
class Mark:
    """Rectangles of one kind on one mask, by its index in the set."""

    kind: Kind
    mask: int
    corners: Corners

    def moved(self, x: int, y: int) -> Mark:
        """The same mark elsewhere."""
        return Mark(self.kind, self.mask, self.corners + np.array([x, y, x, y]))


Block = list[Mark]


def block_box(block: Sequence[Mark]) -> tuple[int, int, int, int]:
    """The bounding box of marks, (x0, y0, x1, y1)."""
    corners = np.concatenate([mark.corners for mark in block])
    low, high = corners[:, :2].min(0), corners[:, 2:].max(0)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def block_row(blocks: Sequence[Block], gap: int) -> Block:
    """Blocks side by side from the origin, their lower edges at 0, with a gap between."""
    placed: Block = []
    at = 0
    for block in blocks:
        x0, y0, x1, _ = block_box(block)
        placed += [mark.moved(at - x0, -y0) for mark in block]
        at += x1 - x0 + gap
    return placed


def cross(span: int, width: int) -> Corners:
    """A cross of three rectangles around the origin.

    >>> cross(10, 2).tolist()
    [[-5, -1, 5, 1], [-1, 1, 1, 5], [-1, -5, 1, -1]]
    """
    s, w = span // 2, width // 2
    return np.array([[-s, -w, s, w], [-w, w, w, s], [-w, -s, w, -w]])


def ring(inner: int, width: int) -> Corners:
    """A square frame of four rectangles around the origin, `inner` being half its clear side."""
    a, b = inner, inner + width
    return np.array([[-b, -b, b, -a], [-b, a, b, b], [-b, -a, -a, a], [a, -a, b, a]])


def global_mark(u: int, masks: int) -> Block:
    """The first mask's cross, and around it a concentric frame for each further mask: box in box."""
    rings = [Mark("align", k, ring((18 + 6 * k) * u, 2 * u)) for k in range(1, masks)]
    return [Mark("align", 0, cross(40 * u, 4 * u)), *rings]


def pair_mark(u: int, mask: int, step: int, names: str) -> Block:
    """Fine cross, x vernier and y vernier between the first mask and another.

    Bars of the first mask have a pitch of 4 u, those of the other one 4 u + step: where the n-th bars from
    the middle are in line, the other mask is displaced by -n step.

    Args:
        u: the sheet's unit.
        mask: index of the other mask.
        step: reading of the vernier.
        names: label, such as "M1-M2".
    """
    blocks: Block = []
    for along_x in (True, False):
        fixed, moving = vernier(4 * u, u, 1), vernier(4 * u + step, u, -1)
        if not along_x:
            fixed, moving = _transposed(fixed), _transposed(moving)
        place = (90 * u, 20 * u) if along_x else (20 * u, 90 * u)
        blocks += [Mark("align", 0, fixed).moved(*place), Mark("align", mask, moving).moved(*place)]
    middle = 90 * u, 90 * u
    a, b = 2 * u, 6 * u
    squares = np.array([[-b, -b, -a, -a], [a, -b, b, -a], [-b, a, -a, b], [a, a, b, b]])
    blocks.append(Mark("align", 0, cross(12 * u, 2 * u)).moved(*middle))
    blocks.append(Mark("align", mask, squares).moved(*middle))
    blocks.append(Mark("label", mask, label(names, u)).moved(60 * u, 60 * u))
    return blocks


def vernier(pitch: int, u: int, side: Literal[1, -1]) -> Corners:
    """Vertical bars above (1) or below (-1) the x axis, the middle one longer; 2 u wide, u off the axis."""
    n = np.arange(-VERNIER_BARS, VERNIER_BARS + 1)
    far = np.where(n == 0, 16 * u, 11 * u)
    low, high = (np.full_like(n, u), far) if side == 1 else (-far, np.full_like(n, -u))
    return np.stack([n * pitch - u, low, n * pitch + u, high], axis=1)


def ladder(u: int, mask: int, name: str) -> Block:
    """Squares of one mask alone, from 48 u down to 6 u, where its depth is measured with a stylus."""
    left = np.cumsum([0, *(side + 8 for side in _LADDER[:-1])])
    squares = np.array([[x, 0, x + side, side] for x, side in zip(left, _LADDER, strict=True)]) * u
    name_at = int(left[-1] + _LADDER[-1] + 8) * u
    return [Mark("test", mask, squares), Mark("label", mask, label(name, u)).moved(name_at, 0)]


def wedge(u: int, masks: MaskSet) -> Block:
    """One square of each level side by side, by rising code, in rows of sixteen."""
    codes = np.arange(masks.levels)
    rows = -(-masks.levels // _WEDGE_ROW)
    cells = np.zeros((rows, min(masks.levels, _WEDGE_ROW)), np.intp)
    cells.ravel()[: masks.levels] = codes
    return _coded(cells, masks, _WEDGE_STEP * u)


def checkerboard(cell: int, masks: MaskSet) -> Block:
    """Undrawn ground and the farthest level in turn, at the smallest pitch of the optic."""
    place = np.indices((_CHECKER_CELLS, _CHECKER_CELLS)).sum(0)
    return _coded(np.where(place % 2 == 0, masks.levels - 1, 0), masks, cell)


def dicing_corner(u: int, x: Literal[1, -1], y: Literal[1, -1], mask: int) -> Mark:
    """An L whose outer corner is the origin and whose arms go along (x, y)."""
    arms = np.array([[0, 0, 20 * u, 4 * u], [0, 4 * u, 4 * u, 20 * u]])
    if x < 0:
        arms = arms[:, [2, 1, 0, 3]] * [-1, 1, -1, 1]
    if y < 0:
        arms = arms[:, [0, 3, 2, 1]] * [1, -1, 1, -1]
    return Mark("dice", mask, arms)


def _coded(codes: NDArray[np.intp], masks: MaskSet, cell: int) -> Block:
    """A small map of codes drawn by all masks of the set."""
    planes = masks.encode(masks.of_codes(codes))
    drawn = [merged_rectangles(plane).astype(np.int64) * cell for _, plane in planes]
    return [Mark("test", k, corners) for k, corners in enumerate(drawn) if len(corners)]


def _transposed(corners: Corners) -> Corners:
    return corners[:, [1, 0, 3, 2]]
