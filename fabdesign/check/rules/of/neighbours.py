"""Pixels against their neighbours: tall steps, and pixels that stand or lie alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.rules.planes import located
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.design import Design
from fabdesign.process import Profile
from fabdesign.relief.neighbours import isolated_pixels, steps_above, tallest_step_um

VOXELS_PER_LONE_PIXEL = 2.0
"""A pixel that differs from all its neighbours should be this many writing spots wide."""
_ROUND = 1e-9


def check_step(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error for each layer where the step between two neighbouring pixels is too tall."""
    limit = profile.axial.neighbour_step_max_nm
    if limit is None:
        return
    most_um = limit.value * 1e-3 * (1 + _ROUND)
    for layer, heights_um in enumerate(design.height_of_level_um):
        tallest_um = tallest_step_um(design.levels[layer], heights_um)
        if tallest_um > most_um:
            at = steps_above(design.levels[layer], heights_um, most_um)
            yield error(
                "print.neighbour",
                f"{len(at)} steps between neighbouring pixels are taller than {limit.value:.4g} nm, "
                f"the tallest {tallest_um * 1e3:.4g} nm.",
                layer=layer,
                count=len(at),
                **located(design, layer, at),
                value=tallest_um * 1e3,
                limit=limit.value,
                unit="nm",
                limit_source=source_of(profile, "axial.neighbour_step_max_nm", limit),
                hint="Train with a penalty on steps, or on fewer turns of phase.",
            )


def check_isolated(design: Design, profile: Profile) -> Iterator[Finding]:
    """A warning where pixels higher or lower than all their neighbours are hardly wider than the spot."""
    voxel, pitch_um = profile.lateral.voxel_fwhm_um, design.physical.pitch_um
    if voxel is None or pitch_um >= VOXELS_PER_LONE_PIXEL * voxel.value * (1 - _ROUND):
        return
    for layer, levels in enumerate(design.levels):
        alone: NDArray[np.bool_] = isolated_pixels(levels)
        count = int(np.count_nonzero(alone))
        if count:
            yield warning(
                "print.isolated",
                f"{count} of {alone.size} pixels are higher or lower than all four neighbours and only "
                f"{pitch_um / voxel.value:.2f} writing spots wide: their height will not be reached.",
                layer=layer,
                count=count,
                **located(design, layer, np.argwhere(alone)),
                value=pitch_um / voxel.value,
                limit=VOXELS_PER_LONE_PIXEL,
                unit="voxels",
                limit_source=source_of(profile, "lateral.voxel_fwhm_um", voxel),
                hint="Clean the design (fabdesign check --fix), or use a larger pitch.",
            )


RULES = (
    Rule("print.neighbour", "step between neighbouring pixels", check_step, "axial.neighbour_step_max_nm"),
    Rule("print.isolated", "pixels unlike all their neighbours", check_isolated, "lateral.voxel_fwhm_um"),
)
