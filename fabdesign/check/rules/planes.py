"""What a machine draws of a layer: the masks of its coding, or the planes {level >= k} of its heights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import PLACES_SHOWN, Place
from fabdesign.design import Design
from fabdesign.export.masks.options import parse_mask_options
from fabdesign.process import Profile
from fabdesign.process.codings import MaskSet, make_mask_set
from fabdesign.relief.relief import PM_PER_UM

Mask = NDArray[np.bool_]


def masks_of(design: Design, profile: Profile, layer: int) -> MaskSet:
    """The masks that a process with etches draws a layer in.

    Raises:
        ConfigError: the coding cannot make the heights.
    """
    options = parse_mask_options({"profile": profile})
    heights_pm = np.rint(design.height_of_level_um[layer] * PM_PER_UM).astype(np.int64)
    return make_mask_set(heights_pm, options.coding, options.tone)


def planes_of(design: Design, profile: Profile, layer: int) -> Iterator[tuple[str, Mask]]:
    """Name and pixels of everything drawn for a layer, one at a time.

    Raises:
        ConfigError: the coding of the process cannot make the heights.
    """
    levels = design.levels[layer]
    if profile.mask is not None:
        for mask, pixels in masks_of(design, profile, layer).encode(levels):
            yield f"mask {mask.name}", pixels
        return
    for level in np.unique(levels)[1:].tolist():
        yield f"the plane of level {level}", levels >= level


def places_at(design: Design, layer: int, at: NDArray[np.number]) -> tuple[Place, ...]:
    """The first few of some spots, [n, (row, column)] in pixels, in the frame of the design."""
    ny, nx = design.pixels
    pitch_um = design.physical.pitch_um
    return tuple(
        Place((x - (nx - 1) / 2) * pitch_um, (y - (ny - 1) / 2) * pitch_um, _pixel(y, x), layer)
        for y, x in at[:PLACES_SHOWN].tolist()
    )


def located(design: Design, layer: int, at: NDArray[np.number]) -> dict[str, Any]:
    """The fields of a finding that say where it is: the first few places, and all of them for maps."""
    middle = (np.array(design.pixels) - 1) / 2
    everywhere = (np.asarray(at, dtype=np.float64) - middle)[:, ::-1] * design.physical.pitch_um
    return {"places": places_at(design, layer, at), "everywhere": everywhere.astype(np.float32)}


def _pixel(y: float, x: float) -> tuple[int, int] | None:
    return (int(y), int(x)) if y == int(y) and x == int(x) else None
