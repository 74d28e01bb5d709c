"""What may be wrong with a print as a whole: the few numbers that are estimated from its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TERMS = 9
"""Zernike terms of the aberration: Noll's 2 to 10, tilts to trefoil."""


@dataclass(frozen=True, eq=False)
class PrintErrors:
    """Errors of one print.

    Args:
        shift_um: (x, y) of each layer, [layer, 2].
        gain: all heights are 1 + gain times as tall as designed.
        blur_um: standard deviation of the lateral blur of the relief.
        aberration_rad: coefficients of Noll's Zernike terms from 2 on, of the light at the object, [term].
    """

    shift_um: Floats
    gain: float
    blur_um: float
    aberration_rad: Floats

    @classmethod
    def none(cls, layers: int, terms: int = TERMS) -> PrintErrors:
        """A print that is just as it was designed."""
        return cls(np.zeros((layers, 2)), 0.0, 0.0, np.zeros(terms))

    def to_json(self) -> dict[str, Any]:
        """The numbers as plain JSON values."""
        return {
            "shift_um": self.shift_um.tolist(),
            "gain": self.gain,
            "blur_um": self.blur_um,
            "aberration_rad": self.aberration_rad.tolist(),
        }
