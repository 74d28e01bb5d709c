"""What a design asks of a process, in numbers: for reports, whether or not a rule has a limit for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from fabdesign.check.rules.planes import planes_of
from fabdesign.check.write_time import count_fields, design_write_time
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief.neighbours import isolated_pixels, tallest_step_um
from fabdesign.relief.rectangles import count_corner_touches, shortest_runs


def survey_design(design: Design, profile: Profile) -> dict[str, Any]:
    """Measure each layer: features, gaps, lone pixels, corner touches, steps, fields and write time.

    Args:
        design: the design.
        profile: the process; decides whether masks or planes of levels are measured, fields and times.

    Returns:
        Plain JSON values: one record for each layer, and each mask or plane within it.
    """
    times = design_write_time(design, profile)
    fields = count_fields(design, profile)
    return {
        "process": profile.name,
        "layers": [
            {
                "layer": layer,
                "drawn": _drawn(design, profile, layer),
                "isolated_pixels": int(np.count_nonzero(isolated_pixels(levels))),
                "tallest_step_nm": 1e3 * tallest_step_um(levels, design.height_of_level_um[layer]),
                "height_nm": 1e3 * float(design.height_of_level_um[layer][levels.max()]),
                "fields": fields,
                "write_time": times[layer].to_dict(),
            }
            for layer, levels in enumerate(design.levels)
        ],
    }


def _drawn(design: Design, profile: Profile, layer: int) -> list[dict[str, Any]]:
    pitch_um, found = design.physical.pitch_um, []
    try:
        for name, pixels in planes_of(design, profile, layer):
            runs = shortest_runs(pixels)
            found.append(
                {
                    "name": name,
                    "feature_um": None if runs.solid is None else runs.solid * pitch_um,
                    "space_um": None if runs.space is None else runs.space * pitch_um,
                    "corner_touches": count_corner_touches(pixels),
                    "density": float(np.count_nonzero(pixels) / pixels.size),
                }
            )
    except ConfigError:  # the coding cannot make the heights: rule print.coding
        return []
    return found
