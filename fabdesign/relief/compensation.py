"""What a print changes, and a relief made so that it ends as designed: shrinkage, edge bias, height curve.

A print of the written relief first comes out with its heights bent by the process, then shrinks. With
shrinkages s_xy and s_z, printed height f(w) of a written height w, and edges that come out b/2 further out,
the design's pitch p and height h are written as

    pitch p / (1 - s_xy),    height f⁻¹(h / (1 - s_z)),    walls b/2 further in.

The base shrinks like the relief; the curve is of heights above it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.relief.height_curve import HeightCurve
from fabdesign.relief.relief import PM_PER_UM, Relief

LARGEST_SHRINKAGE = 0.5


@dataclass(frozen=True)
class Amount:
    """A correction with its uncertainty.

    Attributes:
        mean: the number that is applied.
        sigma: its standard deviation; None where nobody knows.
        source: where both come from, with their marks.
    """

    mean: float
    sigma: float | None = None
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The amount as plain JSON values."""
        return {"mean": self.mean, "sigma": self.sigma, "source": self.source}


NOTHING = Amount(0.0)


@dataclass(frozen=True)
class Compensation:
    """What a relief is changed by before it is written.

    Attributes:
        shrink_xy: relative shrinkage of the print in the plane.
        shrink_z: relative shrinkage of the print in height.
        edge_bias_um: printed width less drawn width.
        curve: printed height of each written height, or None where they agree.

    Raises:
        ConfigError: a shrinkage is not below 50 %.
    """

    shrink_xy: Amount = field(default=NOTHING)
    shrink_z: Amount = field(default=NOTHING)
    edge_bias_um: Amount = field(default=NOTHING)
    curve: HeightCurve | None = None

    def __post_init__(self) -> None:
        for name in ("shrink_xy", "shrink_z"):
            if not abs(getattr(self, name).mean) < LARGEST_SHRINKAGE:
                raise ConfigError(
                    f"{name} must be a share between -{LARGEST_SHRINKAGE} and {LARGEST_SHRINKAGE}; "
                    f"got {getattr(self, name).mean!r}.",
                    hint="2 percent is 0.02.",
                )

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        amounts = self.shrink_xy.mean, self.shrink_z.mean, self.edge_bias_um.mean
        return self.curve is None and not any(amounts)

    def written_height_um(self, height_um: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights to write so that these come out, µm.

        Raises:
            ConfigError: a height is beyond the curve.

        >>> Compensation(shrink_z=Amount(0.2)).written_height_um(np.array([0.8])).tolist()
        [1.0]
        """
        before = np.asarray(height_um, np.float64) / (1 - self.shrink_z.mean)
        return before if self.curve is None else self.curve.written_um(before)

    def printed_height_um(self, written_um: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights that come out of written ones, µm: the inverse of `written_height_um`."""
        made = written_um if self.curve is None else self.curve.printed_um(written_um)
        return np.asarray(made * (1 - self.shrink_z.mean))

    def height_sigma_um(self, height_um: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standard deviation of each final height that the uncertainty of the corrections leaves, µm.

        h σ_s / (1 - s) for shrinkage, and that of the curve, added in squares.
        """
        heights = np.asarray(height_um, np.float64)
        shrink = heights * (self.shrink_z.sigma or 0.0) / (1 - self.shrink_z.mean)
        of_curve = self.curve.sigma_um if self.curve and self.curve.sigma_um else 0.0
        sigma = np.hypot(shrink, np.where(heights > 0, of_curve * (1 - self.shrink_z.mean), 0.0))
        return np.asarray(sigma)


def compensate(relief: Relief, compensation: Compensation) -> Relief:
    """Change a relief so that its print ends as designed.

    Args:
        relief: the relief as designed; it is not changed.
        compensation: what the print changes.

    Returns:
        A relief of the same levels with other lengths, which carries the compensation.

    Raises:
        ConfigError: features of a pixel would nearly vanish, heights leave the curve, or levels meet.

    >>> plate = Relief(np.zeros((1, 2, 2), np.uint8), np.array([[0, 980]]), 4900, 1960, "0" * 64, "plate")
    >>> made = compensate(plate, Compensation(Amount(0.02), Amount(0.02)))
    >>> made.pitch_pm, made.height_of_level_pm.tolist(), made.base_pm
    (2000, [[0, 1000]], 5000)
    """
    if relief.compensation is not None:
        raise ConfigError("The relief is compensated already; compensate the relief of the design.")
    written_um = compensation.written_height_um(relief.height_of_level_pm / PM_PER_UM)
    height_pm = np.rint(written_um * PM_PER_UM).astype(np.int64)
    if (np.diff(height_pm, axis=1) <= 0).any() or (height_pm < 0).any():
        raise ConfigError(
            "The compensated heights of the levels do not rise: the curve is too flat for them.",
            hint="Check that the curve lists written and printed heights in um, in this order.",
        )
    pitch_pm = round(relief.pitch_pm / (1 - compensation.shrink_xy.mean))
    shift_pm = round(compensation.edge_bias_um.mean * PM_PER_UM / 2)
    if 4 * abs(shift_pm) >= pitch_pm:
        lost = "features" if shift_pm > 0 else "gaps"
        raise ConfigError(
            f"An edge bias of {compensation.edge_bias_um.mean:g} um leaves less than half of {lost} of one "
            f"pixel of {pitch_pm / PM_PER_UM:g} um.",
            hint="Use a larger pitch, or a process that keeps edges in place.",
        )
    return replace(
        relief,
        height_of_level_pm=height_pm,
        base_pm=round(relief.base_pm / (1 - compensation.shrink_z.mean)),
        pitch_pm=pitch_pm,
        edge_shift_pm=shift_pm,
        compensation=compensation,
    )
