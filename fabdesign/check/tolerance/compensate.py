"""What a person at the bench does: re-centre the detectors, and refocus them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fabdesign.copies.state import DeviceState

if TYPE_CHECKING:
    from fabdesign.check.tolerance.simulator import Simulator

SEARCHED = 64
"""How many examples the place is searched with; the score is taken of all."""
STEPS = (1.0, 0.5, 0.25)
"""Step sizes, in units of the first."""


@dataclass(frozen=True)
class Compensators:
    """What may be set at the bench after assembly.

    Args:
        centre_um: first step of the search for the detectors' place across; 0 leaves it.
        focus_um: first step of the search along z; 0 leaves it.
    """

    centre_um: float = 0.0
    focus_um: float = 0.0

    @property
    def any(self) -> bool:
        """Whether anything may be set."""
        return bool(self.centre_um or self.focus_um)

    def to_json(self) -> dict[str, Any]:
        """The steps as plain JSON values."""
        return {"centre_um": self.centre_um, "focus_um": self.focus_um, "examples": SEARCHED}


def compensate(simulator: Simulator, state: DeviceState, allowed: Compensators) -> DeviceState:
    """Return a copy with its detectors where the task's loss is least.

    A pattern search: from the place as assembled, steps along x, y and z are taken as long as the mean loss
    of the first examples falls, then the steps are halved. Only the last propagation is done anew for each.
    In the light of a broad spectrum its middle colour is searched with.

    Args:
        simulator: scores the copies.
        state: the copy.
        allowed: what may be set.
    """
    if not allowed.any:
        return state
    axes = [(axis, allowed.centre_um) for axis in (0, 1)] + [(2, allowed.focus_um)]
    search = simulator.detector_search(replace(state, bandwidth_um=0.0), SEARCHED)
    place = np.array([*state.detector_shift_um, state.detector_axial_um])
    best = search(place)
    for size in STEPS:
        moved = True
        while moved:
            moved = False
            for axis, first_um in axes:
                for sign in (1.0, -1.0):
                    tried = place.copy()
                    tried[axis] += sign * size * first_um
                    loss = search(tried) if first_um else best
                    if loss < best:
                        place, best, moved = tried, loss, True
    return moved_detectors(state, place)


def moved_detectors(state: DeviceState, place_um: np.ndarray) -> DeviceState:
    """The same copy with its detectors at (x, y, z)."""
    return replace(state, detector_shift_um=np.array(place_um[:2]), detector_axial_um=float(place_um[2]))
