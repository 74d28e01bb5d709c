"""The slice rule: which heights a sliced print really has, and slices that keep every level.

A slicer cuts a solid at the planes offset + k·slice (k = 0, 1, … from the bottom of the base) and prints one
slice for each plane below a face. A face on a plane is printed or not as rounding has it, and two levels
between the same planes print alike; neither shows in the file. All lengths are whole picometres: the counts
are exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

Planes = Literal["auto", "half", "whole"]
PLANES: tuple[Planes, ...] = ("auto", "half", "whole")
"""Where the planes lie: at (k + ½) slices, at k slices (from one slice up), or the better of both."""

TOLERANCE_PM = 1000
"""A printed height this close to the designed one (1 nm) is as designed; a plane this near is on the face."""

SMALLEST_SLICE_PM = 10_000
"""Finest slice that is looked for: 10 nm, the finest axial step that a print was published with."""


@dataclass(frozen=True)
class SlicePlan:
    """What slicing makes of a base plate with levels on it; lengths in pm.

    Attributes:
        slice_pm: distance of the planes.
        offset_pm: height of the lowest plane above the bottom of the base.
        planes: "half" or "whole", by the offset; "stated" where that was given.
        base_pm: thickness of the base as designed.
        level: numbers of the levels that are used.
        height_pm: their heights above the base as designed.
        count: slices below each of their faces, base included.
        clearance_pm: distance from each face to the nearest plane.
        base_slices: slices below the top of the base.
        full_turn_pm: height of one wave of delay, or None where it is not known.
    """

    slice_pm: int
    offset_pm: int
    planes: str
    base_pm: int
    level: tuple[int, ...]
    height_pm: tuple[int, ...]
    count: tuple[int, ...]
    clearance_pm: tuple[int, ...]
    base_slices: int
    full_turn_pm: float | None = None

    @property
    def printed_pm(self) -> tuple[int, ...]:
        """Height of each used level above the top of the printed base."""
        return tuple((count - self.base_slices) * self.slice_pm for count in self.count)

    @property
    def error_pm(self) -> tuple[int, ...]:
        """Printed less designed height."""
        return tuple(made - meant for made, meant in zip(self.printed_pm, self.height_pm, strict=True))

    @property
    def phase_error_rad(self) -> tuple[float, ...] | None:
        """Phase error of each used level, 2π error / full turn; None where the full turn is not known."""
        if self.full_turn_pm is None:
            return None
        return tuple(math.tau * error / self.full_turn_pm for error in self.error_pm)

    @property
    def lost(self) -> tuple[tuple[int, int], ...]:
        """Pairs of neighbouring used levels of different heights that print alike."""
        steps = zip(self.level, self.height_pm, self.count, strict=True)
        rising = sorted(steps, key=lambda item: item[1])
        pairs = pairwise(rising)
        return tuple((a[0], b[0]) for a, b in pairs if a[1] != b[1] and a[2] == b[2])

    @property
    def on_plane(self) -> tuple[int, ...]:
        """Used levels with a face on a plane, to `TOLERANCE_PM`."""
        near = zip(self.level, self.clearance_pm, strict=True)
        return tuple(level for level, distance in near if distance <= TOLERANCE_PM)

    @property
    def exact(self) -> bool:
        """Whether every level prints as designed and no face is on a plane."""
        return not self.on_plane and not self.lost and max(map(abs, self.error_pm)) <= TOLERANCE_PM

    def check(self) -> None:
        """Refuse a plan that loses a level or leaves one to chance.

        Raises:
            ConfigError: two levels print alike, or a face is on a plane.
        """
        slice_nm = self.slice_pm / 1e3
        if self.lost:
            low, high = self.lost[0]
            raise ConfigError(
                f"Levels {low} and {high} print alike in slices of {slice_nm:g} nm "
                f"({len(self.lost)} such pairs).",
                hint="Take a slice distance that divides the level step: axial.slice_um in the profile.",
            )
        if self.on_plane:
            raise ConfigError(
                f"The top of level {self.on_plane[0]} lies on a slice plane ({slice_nm:g} nm slices, the "
                f"lowest plane at {self.offset_pm / 1e3:g} nm), so one slice more or less may print.",
                hint="Put the planes at half slices, or choose another slice distance.",
            )

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain JSON values, lengths in nm."""
        phases = self.phase_error_rad
        rows = zip(self.level, self.height_pm, self.printed_pm, self.count, self.clearance_pm, strict=True)
        return {
            "slice_nm": self.slice_pm / 1e3,
            "offset_nm": self.offset_pm / 1e3,
            "planes": self.planes,
            "base_nm": self.base_pm / 1e3,
            "base_slices": self.base_slices,
            "exact": self.exact,
            "lost": [list(pair) for pair in self.lost],
            "levels": [
                {
                    "level": level,
                    "height_nm": height / 1e3,
                    "printed_nm": printed / 1e3,
                    "slices": count,
                    "clearance_nm": clearance / 1e3,
                    "phase_error_rad": None if phases is None else phases[at],
                }
                for at, (level, height, printed, count, clearance) in enumerate(rows)
            ],
        }


def plan_slices(
    height_pm: Sequence[int] | NDArray[np.int64],
    base_pm: int,
    slice_pm: int,
    *,
    planes: Planes = "auto",
    offset_pm: int | None = None,
    used: Sequence[int] | None = None,
    full_turn_pm: float | None = None,
) -> SlicePlan:
    """Say what slices of a given distance make of level heights on a base.

    Args:
        height_pm: [level] heights above the base, pm.
        base_pm: thickness of the base, pm.
        slice_pm: slice distance, pm.
        planes: where the planes lie; "auto" takes what prints levels best, then what is clearest of faces.
        offset_pm: height of the lowest plane above the bottom, in place of `planes`.
        used: numbers of the levels that occur; None takes all.
        full_turn_pm: height of one wave of delay, for phase errors.

    Returns:
        the plan, whether good or not: `SlicePlan.check` refuses lost levels.

    Raises:
        ConfigError: the slice distance or the base is not positive, or a height is negative.

    >>> plan_slices([0, 100_000, 250_000], 5_000_000, 100_000).printed_pm
    (0, 100000, 200000)
    >>> plan_slices([0, 100_000, 200_000], 5_000_000, 100_000).exact
    True
    """
    heights = [int(height) for height in height_pm]
    if slice_pm <= 1 or base_pm <= 0 or min(heights) < 0:
        raise ConfigError(
            f"Slices and base must be thicker than 0 and heights not below 0; got {slice_pm}, {base_pm} and "
            f"{min(heights)} pm."
        )
    levels = tuple(range(len(heights)) if used is None else sorted({int(level) for level in used}))
    offsets = {"half": slice_pm // 2, "whole": slice_pm}
    if offset_pm is not None:
        offsets = {"stated": offset_pm}
    elif planes != "auto":
        offsets = {planes: offsets[planes]}
    plan = SlicePlan(
        slice_pm=slice_pm,
        offset_pm=0,
        planes="",
        base_pm=base_pm,
        level=levels,
        height_pm=tuple(heights[level] for level in levels),
        count=(),
        clearance_pm=(),
        base_slices=0,
        full_turn_pm=full_turn_pm,
    )
    plans = [_at(plan, lowest_pm, name) for name, lowest_pm in offsets.items()]
    return min(plans, key=_badness)


def largest_slice_pm(
    height_pm: Sequence[int] | NDArray[np.int64],
    at_most_pm: int,
    *,
    smallest_pm: int = SMALLEST_SLICE_PM,
    tolerance_pm: int = TOLERANCE_PM,
) -> int | None:
    """The largest slice distance of which every height is a whole multiple, to a tolerance.

    Args:
        height_pm: [level] heights above the base, pm.
        at_most_pm: slices are no thicker.
        smallest_pm: slices are no thinner.
        tolerance_pm: how far a height may be from a multiple.

    Returns:
        the distance in pm, or None where there is none.

    >>> largest_slice_pm([0, 181_000, 362_000], 100_000)
    90500
    """
    heights = np.asarray(height_pm, dtype=np.int64)
    tallest = int(heights.max())
    if tallest == 0:
        return at_most_pm
    counts = np.arange(-(-tallest // at_most_pm), tallest // smallest_pm + 1, dtype=np.int64)
    candidates = tallest // np.maximum(counts, 1)
    rests = heights[None, :] % candidates[:, None]
    off = np.minimum(rests, candidates[:, None] - rests).max(axis=1, initial=0)
    good = candidates[(off <= tolerance_pm) & (candidates <= at_most_pm)]
    return int(good[0]) if len(good) else None


def _at(plan: SlicePlan, offset_pm: int, planes: str) -> SlicePlan:
    """The plan with its planes at an offset."""
    tops = [plan.base_pm + height for height in plan.height_pm]
    rests = [(top - offset_pm) % plan.slice_pm for top in tops]
    return replace(
        plan,
        offset_pm=offset_pm,
        planes=planes,
        count=tuple(planes_below(top, plan.slice_pm, offset_pm) for top in tops),
        clearance_pm=tuple(min(rest, plan.slice_pm - rest) for rest in rests),
        base_slices=planes_below(plan.base_pm, plan.slice_pm, offset_pm),
    )


def planes_below(top_pm: int, slice_pm: int, offset_pm: int) -> int:
    """How many planes offset + k·slice, k = 0, 1, …, lie strictly below a face.

    >>> planes_below(250, 100, 50), planes_below(251, 100, 50)
    (2, 3)
    """
    return max(0, -(-(top_pm - offset_pm) // slice_pm))


def _badness(plan: SlicePlan) -> tuple[int, int, int, int]:
    return (
        len(plan.lost),
        len(plan.on_plane),
        sum(map(abs, plan.error_pm)),
        -min(plan.clearance_pm),
    )
