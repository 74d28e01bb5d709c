"""Has a file been scaled? Factors against the design, and what they usually come from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TOLERANCE = 1e-5
"""Coordinates are float32: a scale is known to about 1e-7."""

_CAUSES = {
    1e3: "its numbers are nanometres",
    1e-3: "its numbers are millimetres",
    1e-4: "its numbers are centimetres",
    1e-6: "its numbers are metres",
    25.4: "an inch was taken for a millimetre",
    1 / 25.4: "a millimetre was taken for an inch",
    1 / 25400: "its numbers are inches",
    25400.0: "a micrometre was taken for an inch",
}
_SAME_CAUSE = 1e-3
_EXPLAINED = 0.1


@dataclass(frozen=True)
class Scale:
    """Factors from the design to the file along x, y and z; 1 where they agree."""

    x: float
    y: float
    z: float

    @property
    def lateral(self) -> bool:
        """Whether the pixels have the design's size."""
        return self.x == 1 and self.y == 1

    @property
    def none(self) -> bool:
        """Whether nothing was scaled."""
        return self.lateral and self.z == 1

    @property
    def uniform(self) -> bool:
        """Whether all three factors are the same."""
        return math.isclose(self.x, self.y, rel_tol=TOLERANCE) and math.isclose(
            self.x, self.z, rel_tol=_SAME_CAUSE
        )


def snap(factor: float) -> float:
    """The factor, or exactly 1 where it cannot be told from 1."""
    return 1.0 if abs(factor - 1) <= TOLERANCE else factor


def cause_of(factor: float) -> str | None:
    """What a factor usually comes from.

    >>> cause_of(1000.0002)
    'its numbers are nanometres'
    """
    return next(
        (why for known, why in _CAUSES.items() if math.isclose(factor, known, rel_tol=_SAME_CAUSE)), None
    )


def height_scale(thickness_um: Floats, height_um: Floats, base_um: float | None) -> float:
    """Factor of the heights in a file against the design's, by least squares; 1 where it explains nothing.

    Args:
        thickness_um: [y, x] from bottom to top, in the file's numbers.
        height_um: [y, x] relief heights of the design.
        base_um: the design's base; used where the relief is flat.
    """
    known = np.isfinite(thickness_um)
    t, h = thickness_um[known], height_um[known]
    spread = h - h.mean()
    if not spread.any():
        return snap(float(t.mean()) / (base_um + float(h.mean()))) if base_um else 1.0
    factor = float((t - t.mean()) @ spread / (spread @ spread))
    after = _rms(t - t.mean() - factor * spread)
    before = _rms(t - t.mean() - spread)
    return snap(factor) if factor > 0 and after < _EXPLAINED * before else 1.0


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2)))
