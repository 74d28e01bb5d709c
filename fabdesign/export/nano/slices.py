"""The slices of a project: one distance and one origin for all layers in its mesh.

Whether nanoPrintX puts the first plane at the slicing offset, or half a slice above it, is not published. So
the offset is chosen such that under either rule each face is a quarter of a slice away from every plane; the
number of slices between two faces is then the same, and both are checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fabdesign.export.job.hatch import format_um
from fabdesign.export.job.options import JobOptions
from fabdesign.relief import Relief
from fabdesign.relief.slice_choice import choose_slices, written_slice_pm
from fabdesign.relief.slicing import SlicePlan, plan_slices


@dataclass(frozen=True)
class ProjectSlices:
    """How a project slices its mesh.

    Attributes:
        slice_pm: distance of the planes.
        offset_pm: what the project names as its slicing offset, from the bottom of the mesh.
        plans: for each layer in the mesh, the slices with the first plane at the offset.
    """

    slice_pm: int
    offset_pm: int
    plans: tuple[SlicePlan, ...]

    @property
    def advice(self) -> str:
        """What the slices print, in words."""
        worst_pm = max(abs(error) for plan in self.plans for error in plan.error_pm)
        makes = f"heights up to {worst_pm / 1e3:.3g} nm off the design" if worst_pm > 1e3 else "every level"
        return f"The project slices every {format_um(self.slice_pm)} um, which prints {makes}."

    def to_dict(self, layers: Sequence[int]) -> dict[str, Any]:
        """The slices of each layer as plain JSON values."""
        return {
            "operator": [self.advice],
            "layers": [
                {"layer": layer, **plan.to_dict()} for layer, plan in zip(layers, self.plans, strict=True)
            ],
        }


def project_slices(
    relief: Relief, layers: Sequence[int], bottoms_pm: Sequence[int], options: JobOptions
) -> ProjectSlices:
    """Choose the slices of a mesh, and verify that they print every level of every layer in it.

    Args:
        relief: the levels of all layers.
        layers: those that are in the mesh.
        bottoms_pm: where the base of each of them begins, above the bottom of the mesh.
        options: slice distance, if the user states one.

    Raises:
        ConfigError: levels would print alike, or a face would be on a plane.
    """
    distance_pm = options.slice_pm if options.slice_given else _best_pm(relief, layers, options)
    offset_pm = (bottoms_pm[0] + relief.base_pm + distance_pm // 4) % (distance_pm // 2)
    plans = []
    for first_pm in (offset_pm, offset_pm + distance_pm // 2):
        for layer, bottom_pm in zip(layers, bottoms_pm, strict=True):
            plan = plan_slices(
                relief.height_of_level_pm[layer],
                bottom_pm + relief.base_pm,
                distance_pm,
                offset_pm=first_pm,
                used=np.unique(relief.levels[layer]).tolist(),
                full_turn_pm=options.full_turn_pm,
            )
            plan.check()
            plans.append(plan)
    return ProjectSlices(distance_pm, offset_pm, tuple(plans[: len(layers)]))


def _best_pm(relief: Relief, layers: Sequence[int], options: JobOptions) -> int:
    """The slice distance of the process where it prints every height of these layers, else a better one."""
    used = [relief.height_of_level_pm[layer][np.unique(relief.levels[layer])] for layer in layers]
    heights = np.unique(np.concatenate([np.zeros(1, np.int64), *used]))
    written_pm = written_slice_pm(relief, options.slice_pm)
    return choose_slices(heights, relief.base_pm, written_pm).recommended.slice_pm
