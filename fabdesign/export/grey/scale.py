"""Which height every grey value makes, and which value makes a height best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.export.grey.curve import ContrastCurve
from fabdesign.formats.raster import CurveScale, LinearScale

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GreyScale:
    """The heights of all values of an image.

    Args:
        rule: how a value becomes a height, as a record holds it.
        bits: values run from 0 to 2^bits - 1.
        curve: the contrast curve behind it, if any.
    """

    rule: LinearScale | CurveScale
    bits: int
    curve: ContrastCurve | None = None

    @cached_property
    def height_um(self) -> Floats:
        """Height above the base of every value, [2^bits]; NaN where the curve does not reach."""
        return np.asarray(self.rule.heights_um(np.arange(2**self.bits)))

    @cached_property
    def slope_um(self) -> Floats:
        """The larger of the steps to both neighbours of every value, [2^bits]; NaN where it has none."""
        step = np.abs(np.diff(self.height_um))
        ends = np.full(1, np.nan)
        larger: Floats = np.fmax(np.append(ends, step), np.append(step, ends))
        return larger

    @property
    def black_um(self) -> float | None:
        """Height that black stands for; None where the curve does not reach it."""
        return _known(self.height_um[0])

    @property
    def white_um(self) -> float | None:
        """Height that white stands for; None where the curve does not reach it."""
        return _known(self.height_um[-1])

    def nearest(self, height_um: Floats) -> NDArray[np.int64]:
        """The value whose height is nearest to each of these; of two as near the lower height's.

        >>> scale = linear_scale(1.0, bits=2, invert=True)
        >>> scale.nearest(np.array([0.0, 0.4, 1.0])).tolist()
        [3, 2, 0]
        """
        reached = np.flatnonzero(np.isfinite(self.height_um))
        if self.height_um[reached[0]] > self.height_um[reached[-1]]:
            reached = reached[::-1]
        rising = self.height_um[reached]
        middles = (rising[1:] + rising[:-1]) / 2
        return np.asarray(reached[np.searchsorted(middles, height_um, side="left")])


def linear_scale(range_um: float, *, bits: int, invert: bool) -> GreyScale:
    """Height in proportion to the value: black 0 and white `range_um`, or the other way round.

    Args:
        range_um: the largest height.
        bits: values run from 0 to 2^bits - 1.
        invert: black is the largest height.
    """
    step_um = range_um / (2**bits - 1)
    rule = LinearScale(a_um=range_um if invert else 0.0, b_um=-step_um if invert else step_um)
    return GreyScale(rule, bits)


def curve_scale(curve: ContrastCurve, *, bits: int, offset_um: float) -> GreyScale:
    """Height through a contrast curve; the base lies `offset_um` above the curve's lowest height.

    Raises:
        ConfigError: the curve's greys are not those of the image.
    """
    white = 2**bits - 1
    first, last = float(curve.grey[0]), float(curve.grey[-1])
    if first < 0 or last > white or not np.ceil(first) < np.floor(last):
        raise ConfigError(
            f"The greys of {curve.source} must lie within 0 to {white}, the values of the image; "
            f"got {first:g} to {last:g}.",
            hint="List the greys as they stand in the image, not as dose or percent.",
        )
    rule = CurveScale(
        grey=tuple(curve.grey.tolist()),
        curve_um=tuple(curve.height_um.tolist()),
        zero_um=round(float(curve.height_um.min()) + offset_um, 9),
        source=curve.source,
    )
    return GreyScale(rule, bits, curve)


def _known(height_um: float) -> float | None:
    return float(height_um) if np.isfinite(height_um) else None
