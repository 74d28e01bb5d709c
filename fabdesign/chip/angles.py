"""Phases on the circle, and what they cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

TURN = 2 * np.pi
ROUNDING_RAD = 1e-12
"""Phases this close below a full turn are taken for 0, so that round-off never costs a turn of power."""


def wrap(phase_rad: ArrayLike) -> NDArray[np.float64]:
    """Bring phases into [0, 2π).

    >>> wrap([-np.pi, -1e-17, 5 * np.pi]).round(6).tolist()
    [3.141593, 0.0, 3.141593]
    """
    wrapped = np.mod(np.asarray(phase_rad, dtype=np.float64), TURN)
    return np.where(wrapped > TURN - ROUNDING_RAD, 0.0, wrapped)


def power_rad(commanded_rad: ArrayLike) -> float:
    """The power of a chip as the sum of the commanded active phases, each taken in [0, 2π).

    Heater power is proportional to phase, so ratios of this number are ratios of power (Gu et al., AAAI
    2021). Its absolute value depends on the gauge of the decomposition (`fabdesign.chip.regauge`).

    Args:
        commanded_rad: commanded phases of the active devices, before errors.

    Returns:
        Radians.

    >>> round(power_rad([1.0, 2 * np.pi + 0.5]), 12)
    1.5
    """
    return float(np.sum(wrap(commanded_rad)))
