"""From levels to grey values: the nearest, its error, and no two levels on one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.export.grey.scale import GreyScale
from fabdesign.export.grey.sigma import height_sigma_nm
from fabdesign.formats.raster import RasterLevel
from fabdesign.relief import Relief
from fabdesign.relief.relief import PM_PER_UM

if TYPE_CHECKING:
    from fabdesign.export.grey.options import GreyOptions

Floats = NDArray[np.float64]
_MOST_LEVELS = 256
_NM = 1e3


@dataclass(frozen=True, eq=False)
class GreyLayer:
    """The values of one layer.

    Args:
        value_of_level: uint16 [256]; 0 for levels that no pixel has.
        levels: what each used level becomes.
    """

    value_of_level: NDArray[np.uint16]
    levels: tuple[RasterLevel, ...]


def assign_values(
    relief: Relief,
    layer: int,
    scale: GreyScale,
    options: GreyOptions,
    *,
    percent_per_grey: float | None = None,
) -> GreyLayer:
    """Give each level that a layer uses the value whose height is nearest.

    Args:
        relief: the relief.
        layer: index of the layer.
        scale: heights of all values.
        options: process and optics, for the columns that need them.
        percent_per_grey: dose of one grey, where exposures add up.

    Raises:
        ConfigError: a level is out of reach, or two levels get one value.
    """
    count = np.bincount(relief.levels[layer].ravel(), minlength=_MOST_LEVELS)
    used = np.flatnonzero(count)
    wanted_um = relief.height_of_level_pm[layer][used] / PM_PER_UM
    values = scale.nearest(wanted_um)
    _refuse_out_of_reach(used, wanted_um, values, scale, layer)
    _refuse_lost(used, wanted_um, values, layer)
    table = np.zeros(_MOST_LEVELS, np.uint16)
    table[used] = values
    interpolation = scale.curve.interpolation_um(values) if scale.curve is not None else None
    rows = tuple(
        _row(
            level=int(level),
            value=int(values[at]),
            wanted_um=float(wanted_um[at]),
            scale=scale,
            options=options,
            pixels=int(count[level]),
            of=relief.levels[layer].size,
            interpolation_um=None if interpolation is None else float(interpolation[at]),
            percent_per_grey=percent_per_grey,
        )
        for at, level in enumerate(used.tolist())
    )
    return GreyLayer(table, rows)


def _row(
    *,
    level: int,
    value: int,
    wanted_um: float,
    scale: GreyScale,
    options: GreyOptions,
    pixels: int,
    of: int,
    interpolation_um: float | None,
    percent_per_grey: float | None,
) -> RasterLevel:
    made_um = float(scale.height_um[value])
    error_um = made_um - wanted_um
    return RasterLevel(
        level=level,
        value=value,
        height_nm=round(wanted_um * _NM, 6),
        made_nm=round(made_um * _NM, 6),
        error_nm=round(error_um * _NM, 6),
        phase_error_rad=_phase(error_um, options),
        slope_nm=round(float(scale.slope_um[value]) * _NM, 6),
        interpolation_nm=None if interpolation_um is None else round(interpolation_um * _NM, 6) + 0.0,
        sigma_nm=height_sigma_nm(wanted_um, options.profile, options.curve_sigma_nm),
        pixels=pixels,
        area_fraction=round(pixels / of, 9),
        dose_percent=None if percent_per_grey is None else round(value * percent_per_grey, 6),
    )


def _phase(error_um: float, options: GreyOptions) -> float | None:
    if options.physical is None:
        return None
    contrast = options.physical.material.index - options.physical.medium.index
    return round(2 * np.pi * contrast * error_um / options.physical.wavelength_um, 9)


def _refuse_out_of_reach(
    used: NDArray[np.int64], wanted_um: Floats, values: NDArray[np.int64], scale: GreyScale, layer: int
) -> None:
    off_um = np.abs(scale.height_um[values] - wanted_um)
    beyond = off_um > scale.slope_um[values] / 2 * (1 + 1e-9)
    if not beyond.any():
        return
    at = int(np.argmax(np.where(beyond, off_um, 0)))
    lowest, highest = np.nanmin(scale.height_um) * _NM, np.nanmax(scale.height_um) * _NM
    raise ConfigError(
        f"Level {used[at]} of layer {layer} is {wanted_um[at] * _NM:.6g} nm tall; the greys make "
        f"{lowest:.6g} to {highest:.6g} nm.",
        hint="Train on the profile with this curve, measure the curve over more height, lower offset_um, "
        "or raise range_um.",
    )


def _refuse_lost(used: NDArray[np.int64], wanted_um: Floats, values: NDArray[np.int64], layer: int) -> None:
    same = np.flatnonzero(values[1:] == values[:-1])
    if len(same):
        at = int(same[0])
        raise ConfigError(
            f"Levels {used[at]} and {used[at + 1]} of layer {layer} ({wanted_um[at] * _NM:.6g} and "
            f"{wanted_um[at + 1] * _NM:.6g} nm) would get one value, {values[at]}: a level would be lost.",
            hint="Use a format of more bits, a smaller range_um, fewer levels, or a curve of less contrast.",
        )
