"""The slice setting to recommend: the one of the process where it prints every level, else a better one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.process import Profile
from fabdesign.relief.relief import PM_PER_UM, Relief
from fabdesign.relief.slicing import SMALLEST_SLICE_PM, SlicePlan, largest_slice_pm, plan_slices


@dataclass(frozen=True)
class SliceChoice:
    """The slices of one layer, as the process is set and as they should be set.

    Attributes:
        as_set: what the slice distance of the process makes of the levels.
        recommended: the same where that is exact; else the thickest slices, no thicker than those, that make
            every level exact, or the nearest to it where none do.
    """

    as_set: SlicePlan
    recommended: SlicePlan

    @property
    def must_change(self) -> bool:
        """Whether the operator has to set another slice distance or offset than the process has."""
        return self.recommended.slice_pm != self.as_set.slice_pm

    @property
    def setting(self) -> str:
        """The recommended setting in words.

        >>> choose_slices([0, 90_000], 1_800_000, 100_000).setting
        'slice distance 90 nm, first plane 45 nm above the bottom'
        """
        plan = self.recommended
        return (
            f"slice distance {plan.slice_pm / 1e3:g} nm, first plane {plan.offset_pm / 1e3:g} nm above the "
            "bottom"
        )

    def to_dict(self) -> dict[str, Any]:
        """The choice as plain JSON values."""
        return {
            "setting": self.setting,
            "must_change": self.must_change,
            "as_set": self.as_set.to_dict(),
            "recommended": self.recommended.to_dict(),
        }


def choose_slices(
    height_pm: Sequence[int] | NDArray[np.int64],
    base_pm: int,
    slice_pm: int,
    *,
    used: Sequence[int] | None = None,
    full_turn_pm: float | None = None,
    at_most_pm: int | None = None,
) -> SliceChoice:
    """Verify a slice distance against level heights, and find a better one where it does not make them.

    Args:
        height_pm: [level] heights above the base, pm.
        base_pm: thickness of the base, pm.
        slice_pm: slice distance of the process, pm.
        used: numbers of the levels that occur; None takes all.
        full_turn_pm: height of one wave of delay, for phase errors.
        at_most_pm: thickest slices to recommend; None takes `slice_pm`.

    >>> choose_slices([0, 100_000, 300_000], 1_000_000, 100_000).must_change
    False
    """
    heights = np.asarray(height_pm, np.int64)
    kept = heights if used is None else heights[sorted({int(level) for level in used})]

    def plan(distance_pm: int) -> SlicePlan:
        return plan_slices(heights, base_pm, distance_pm, used=used, full_turn_pm=full_turn_pm)

    as_set = plan(slice_pm)
    if as_set.exact:
        return SliceChoice(as_set, as_set)
    most_pm = slice_pm if at_most_pm is None else at_most_pm
    exact_pm = largest_slice_pm(kept, most_pm)
    better = plan(_nearest_slice_pm(kept, most_pm) if exact_pm is None else exact_pm)
    return SliceChoice(as_set, better)


def layer_slices(
    relief: Relief, layer: int, profile: Profile, *, full_turn_um: float | None = None
) -> SliceChoice | None:
    """The slices of a layer in a process that slices; None for any other process.

    A relief without a base is taken to stand on ten slices.

    Args:
        relief: the relief.
        layer: which of its layers.
        profile: the process, for its slice distance.
        full_turn_um: height of one wave of delay, for phase errors.
    """
    if profile.kind != "2pp" or profile.axial.slice_um is None:
        return None
    slice_pm = round(profile.axial.slice_um.value * PM_PER_UM)
    return choose_slices(
        relief.height_of_level_pm[layer],
        relief.base_pm or 10 * slice_pm,
        slice_pm,
        used=np.unique(relief.levels[layer]).tolist(),
        full_turn_pm=None if full_turn_um is None else full_turn_um * PM_PER_UM,
        at_most_pm=written_slice_pm(relief, slice_pm),
    )


def written_slice_pm(relief: Relief, slice_pm: int) -> int:
    """The slice distance that shrinks to the one of the process, for a relief written larger."""
    shrink = relief.compensation.shrink_z.mean if relief.compensation is not None else 0.0
    return round(slice_pm / (1 - shrink))


def _nearest_slice_pm(heights: NDArray[np.int64], at_most_pm: int) -> int:
    """The slice distance that comes nearest to dividing every height, up to a fifth of the one given."""
    tallest = int(heights.max())
    fewest = -(-tallest // at_most_pm)
    finest = max(SMALLEST_SLICE_PM, at_most_pm // 5)
    counts = np.arange(fewest, max(fewest, tallest // finest) + 1, dtype=np.int64)
    candidates = tallest // counts
    rests = heights[None, :] % candidates[:, None]
    off = np.minimum(rests, candidates[:, None] - rests).max(axis=1)
    return int(candidates[off.argmin()])
