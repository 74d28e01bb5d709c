"""Where the score goes: the metric after each stage from the trained phase to the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.write_time import base_um
from fabdesign.copies.device import Device
from fabdesign.copies.state import DeviceState
from fabdesign.relief.slicing import plan_slices

if TYPE_CHECKING:
    from fabdesign.check.tolerance.simulator import Simulator

Array = NDArray[np.float64]
_PM_PER_UM = 1e6


@dataclass(frozen=True)
class Stage:
    """The scores at one stage.

    Attributes:
        name: ``continuous``, ``quantised``, ``printable``, ``sliced`` or ``read back``.
        title: what has happened up to there.
        metric: the headline score.
        change: against the stage before; None for the first.
        scores: all scores.
    """

    name: str
    title: str
    metric: float
    change: float | None
    scores: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """The stage as plain JSON values."""
        return asdict(self)


def attribute(simulator: Simulator, read_back_um: Array | None = None) -> list[Stage]:
    """Score a device after each stage that is known of it.

    Args:
        simulator: scores the copies.
        read_back_um: heights that were read from files, [layer, y, x].
    """
    stages: list[Stage] = []
    for name, title, height_um in _stages(simulator.device, read_back_um):
        state = DeviceState.of(simulator.device)
        state.height_um = height_um
        scores = simulator.scores(state)
        metric = scores[simulator.headline]
        change = metric - stages[-1].metric if stages else None
        stages.append(Stage(name, title, metric, change, scores))
    return stages


def _stages(device: Device, read_back_um: Array | None) -> Iterator[tuple[str, str, Array]]:
    design = device.design
    if design.phase is not None:
        turn_um = design.physical.wavelength_um / (
            design.physical.material.index - design.physical.medium.index
        )
        trained = np.asarray(design.phase, dtype=np.float64) / (2 * np.pi)
        levels = design.height_of_level_um.shape[1]
        yield "continuous", "phases before they were rounded to levels", trained * turn_um
        even = np.rint(trained * levels) / levels
        yield "quantised", f"{levels} even levels of phase, whatever can be made", even * turn_um
    yield "printable", "the design: heights that the process makes", design.height_um()
    sliced = sliced_um(device)
    if sliced is not None:
        yield "sliced", "heights as the slicer cuts them", sliced
    if read_back_um is not None:
        yield "read back", "heights in the exported files", read_back_um


def sliced_um(device: Device) -> Array | None:
    """Heights after slicing, [layer, y, x]; None where the process has no slices."""
    slice_um, design = device.profile.axial.slice_um, device.design
    if slice_um is None:
        return None
    heights = []
    for layer, levels in enumerate(design.levels):
        under_um = base_um(design, device.profile, layer)
        if under_um <= 0:
            return None
        of_level = np.rint(design.height_of_level_um[layer] * _PM_PER_UM).astype(np.int64)
        plan = plan_slices(of_level, round(under_um * _PM_PER_UM), round(slice_um.value * _PM_PER_UM))
        heights.append(np.array(plan.printed_pm)[levels] / _PM_PER_UM)
    return np.array(heights)
