"""The pixels of a layer that a process cannot make: in runs too short, or alone on pixels hardly resolved."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.rules.of.neighbours import VOXELS_PER_LONE_PIXEL
from fabdesign.check.rules.planes import planes_of
from fabdesign.design import Design
from fabdesign.process import Marked, Profile
from fabdesign.relief.neighbours import isolated_pixels
from fabdesign.relief.runs import Runs, survey_runs

Flags = NDArray[np.bool_]
_ROUND = 1e-9


def flagger(design: Design, profile: Profile, layer: int) -> Callable[[NDArray[np.uint8]], Flags]:
    """A function from levels [y, x] of a layer to the pixels that the process cannot make.

    Args:
        design: for pitch, heights and coding.
        profile: the process.
        layer: which layer.
    """
    pitch_um, lateral = design.physical.pitch_um, profile.lateral
    solid, space = (_least(limit, pitch_um) for limit in (lateral.min_feature_um, lateral.min_space_um))
    voxel = lateral.voxel_fwhm_um
    lone = voxel is None or pitch_um < VOXELS_PER_LONE_PIXEL * voxel.value * (1 - _ROUND)
    one = Design(
        levels=design.levels[layer : layer + 1],
        height_of_level_um=design.height_of_level_um[layer : layer + 1],
        physical=design.physical.model_copy(update={"spaces": ()}),
    )

    def flag(levels: NDArray[np.uint8]) -> Flags:
        found = isolated_pixels(levels) if lone else np.zeros(levels.shape, bool)
        if max(solid, space) > 1:
            for _, pixels in planes_of(replace(one, levels=levels[None]), profile, 0):
                for runs in survey_runs(pixels, solid=solid, space=space).short:
                    found |= _covered(runs, levels.shape)
        return found

    return flag


def _least(limit: Marked | None, pitch_um: float) -> int:
    return 1 if limit is None else max(1, math.ceil(limit.value / pitch_um - _ROUND))


def _covered(runs: Runs, shape: tuple[int, int]) -> Flags:
    """The pixels of some runs."""
    ny, nx = shape[::-1] if runs.along_y else shape
    steps = np.zeros((ny, nx + 1), np.int32)
    np.add.at(steps, (runs.line, runs.start), 1)
    np.add.at(steps, (runs.line, runs.start + runs.length), -1)
    covered = steps.cumsum(axis=1)[:, :-1] > 0
    return np.asarray(covered.T if runs.along_y else covered)
