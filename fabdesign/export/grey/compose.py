"""One optical layer as grey values with the record of what they mean."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.design import Physical
from fabdesign.export.grey.levels import GreyLayer, assign_values
from fabdesign.export.grey.options import GreyOptions
from fabdesign.export.grey.scale import GreyScale, curve_scale, linear_scale
from fabdesign.export.grey.sigma import sigma_source
from fabdesign.formats.raster import Kind, Optics, RasterRecord
from fabdesign.formats.raster.record import CORNER, DRAWN, DRAWN_CORNER, ORIENTATION
from fabdesign.relief import Relief
from fabdesign.relief.relief import PM_PER_UM

_PM_PER_NM = 1000


@dataclass(frozen=True)
class Page:
    """One layer on its way to a file: what it shows and what its values mean."""

    relief: Relief
    record: RasterRecord
    grey: GreyLayer
    options: GreyOptions

    def image(self) -> NDArray[np.uint16]:
        """The values, row 0 on top: the largest y."""
        return self.grey.value_of_level[self.relief.levels[self.record.layer, ::-1]]


def make_pages(
    relief: Relief, options: GreyOptions, bits: int, kind: Kind, *, percent_per_grey: float | None = None
) -> list[Page]:
    """All layers on one scale.

    Args:
        relief: the relief.
        options: checked settings.
        bits: values run from 0 to 2^bits - 1.
        kind: what the values are.
        percent_per_grey: dose of one grey, where exposures add up.

    Raises:
        ConfigError: a level is out of reach, or two levels get one value.
    """
    scale = make_scale(relief, options, bits)
    pages = []
    for layer in range(relief.layers):
        grey = assign_values(relief, layer, scale, options, percent_per_grey=percent_per_grey)
        record = describe_layer(relief, layer, scale, grey=grey, options=options, kind=kind)
        pages.append(Page(relief, record, grey, options))
    return pages


def make_scale(relief: Relief, options: GreyOptions, bits: int) -> GreyScale:
    """The scale of all layers: the contrast curve, or even greys up to the tallest level in whole nm.

    Args:
        relief: the relief.
        options: checked settings.
        bits: values run from 0 to 2^bits - 1.

    Raises:
        ConfigError: the curve's greys are not those of the image.
    """
    if options.curve is not None:
        return curve_scale(options.curve, bits=bits, offset_um=options.offset_um)
    range_um = options.range_um
    if range_um is None:
        tallest_nm = max(1, math.ceil(int(relief.height_of_level_pm.max()) / _PM_PER_NM))
        range_um = tallest_nm * _PM_PER_NM / PM_PER_UM
    return linear_scale(range_um, bits=bits, invert=options.invert)


def describe_layer(
    relief: Relief, layer: int, scale: GreyScale, *, grey: GreyLayer, options: GreyOptions, kind: Kind
) -> RasterRecord:
    """The record of one layer, without the name and hash of its file.

    Args:
        relief: the relief.
        layer: index of the layer.
        scale: heights of all values.
        grey: values of the layer's levels.
        options: checked settings.
        kind: what the values are.
    """
    ny, nx = relief.pixels
    width_um, height_um = nx * relief.pitch_pm / PM_PER_UM, ny * relief.pitch_pm / PM_PER_UM
    return RasterRecord(
        kind=kind,
        design=relief.content_hash,
        layer=layer,
        layers=relief.layers,
        pixels=(ny, nx),
        pitch_um=relief.pitch_um,
        size_um=(width_um, height_um),
        orientation=DRAWN if kind == "grey-layers" else ORIENTATION,
        corner=DRAWN_CORNER if kind == "grey-layers" else CORNER,
        corner_um=(-width_um / 2, -height_um / 2),
        bits=scale.bits,
        black_um=scale.black_um,
        white_um=scale.white_um,
        scale=scale.rule,
        levels=grey.levels,
        sigma_source=sigma_source(options.profile, options.curve_sigma_nm),
        base_um=relief.base_um,
        optics=None if options.physical is None else _optics(options.physical),
        process=None if options.profile is None else options.profile.name,
    )


def warnings_of(records: list[RasterRecord], options: GreyOptions, suffix: str, *, dose: bool) -> list[str]:
    """What an operator should know: plans without a curve, coarse greys, files the machine may not take.

    Args:
        records: one for each layer.
        options: checked settings.
        suffix: of the files.
        dose: the values are doses.
    """
    found = [_coarse(record) for record in records]
    profile = options.profile
    if dose and options.curve is None:
        found.append(
            "Greys are in proportion to height: a plan, or a wedge to measure a contrast curve with; a dose "
            "only where the machine applies its own curve."
        )
    accepts = profile.machine.accepts if profile is not None else ()
    if profile is not None and accepts and suffix not in accepts:
        found.append(f"process {profile.name} lists {', '.join(accepts)}; {suffix} is not among them.")
    return sorted({text for text in found if text})


def _coarse(record: RasterRecord) -> str:
    heights = np.array([level.height_nm for level in record.levels])
    worst = max(record.levels, key=lambda level: abs(level.error_nm))
    if len(heights) < 2 or abs(worst.error_nm) <= np.diff(heights).min() / 4:
        return ""
    return (
        f"Level {worst.level} of layer {record.layer} is off by {worst.error_nm:.4g} nm, more than a "
        "quarter of the smallest step between levels."
    )


def _optics(physical: Physical) -> Optics:
    return Optics(
        wavelength_um=physical.wavelength_um,
        material=physical.material.name,
        material_index=physical.material.index,
        medium=physical.medium.name,
        medium_index=physical.medium.index,
        full_turn_um=physical.full_turn_um,
    )
