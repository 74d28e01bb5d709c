"""From drawn pixels to heights: etched depths are taken off the top level, added ones put on the lowest."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.masks.plan import MaskPlan

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


def heights_um(drawn: Mapping[int, Mask], plan: MaskPlan, table_um: Floats) -> Floats:
    """The height of every pixel above the lowest level, as the device will have it.

    Args:
        drawn: bool [y, x] of each mask, by its layer in the file.
        plan: how the masks make heights.
        table_um: heights of the design's levels, for Gray-coded masks, which have no depths.

    Returns:
        float64 [y, x]; NaN where the masks spell no level: a pixel that no mask or two masks of
        `one-per-level` draw, a staircase with a gap, a Gray word that no level has.
    """
    if plan.coding == "gray":
        return _gray(drawn, plan, table_um)
    planes = [drawn[mask.layer] for mask in plan.masks]
    change = np.zeros(planes[0].shape)
    for mask, plane in zip(plan.masks, planes, strict=True):
        change += plane * np.float64(mask.depth_um or 0.0)
    heights = change if plan.tone == "add" else plan.top_um - change
    if plan.coding == "one-per-level":
        heights[sum(plane.astype(np.int16) for plane in planes) != 1] = np.nan
    if plan.coding == "staircase":
        for below, above in itertools.pairwise(planes):
            heights[above & ~below] = np.nan
    return heights


def _gray(drawn: Mapping[int, Mask], plan: MaskPlan, table_um: Floats) -> Floats:
    code = np.zeros(next(iter(drawn.values())).shape, np.int16)
    bit = np.zeros(code.shape, bool)
    for at, mask in reversed(list(enumerate(plan.masks))):
        bit ^= drawn[mask.layer]
        code |= bit.astype(np.int16) << at
    level = code if plan.tone == "add" else len(table_um) - 1 - code
    known = (level >= 0) & (level < len(table_um))
    above_um = table_um - table_um[0]
    return np.where(known, above_um[level.clip(0, len(table_um) - 1)], np.nan)
