"""The layer table: everything that a mask shop or an operator asks about each mask, as one CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.process import Profile
from fabdesign.process.codings import Mask, MaskSet
from fabdesign.process.marked import Marked
from fabdesign.relief.rectangles import count_corner_touches, shortest_runs

ORIENTATION = "right-reading chrome down: as drawn is as seen on the substrate from the relief side (from +z)"


@dataclass(frozen=True)
class MaskRow:
    """One mask of one optical layer; lengths in the unit of their names.

    `drawn` says what happens to material under a drawn polygon; `polygon_tone` whether polygons are clear or
    dark on the plate; `cd_um` is the shortest run of drawn pixels or of space between them, along x or y.
    """

    file: str
    optical_layer: int
    gds_layer: int
    datatype: int
    mask: str
    coding: str
    drawn: str
    polygon_tone: str
    weight: int | None
    target_depth_nm: float | None
    tolerance_nm: float | None
    tolerance_source: str
    cd_um: float | None
    cd_polarity: str
    drawn_um: float | None
    space_um: float | None
    corner_touches: int
    area_um2: float
    density: float
    polygons: int
    orientation: str = ORIENTATION


def describe_mask(
    pixels: NDArray[np.bool_],
    polygons: int,
    mask: Mask,
    masks: MaskSet,
    *,
    file: str,
    optical_layer: int,
    pitch_um: float,
    moved_um: float = 0.0,
    drawn_um2: float | None = None,
    polygon_tone: str,
    profile: Profile | None,
) -> MaskRow:
    """Measure one mask.

    Args:
        pixels: bool [y, x], what it draws.
        polygons: how many polygons draw it.
        mask: its place in the set.
        masks: the set.
        file: name of the file that it is in.
        optical_layer: index of the layer of the design.
        pitch_um: side of a pixel.
        moved_um: how much narrower features are drawn than their pixels, and how much wider gaps.
        drawn_um2: drawn area where it is not that of the pixels.
        polygon_tone: "clear" or "dark".
        profile: the process, for the tolerance of the depth.
    """
    runs = shortest_runs(pixels)
    solid_um = None if runs.solid is None else round(runs.solid * pitch_um - moved_um, 6)
    space_um = None if runs.space is None else round(runs.space * pitch_um + moved_um, 6)
    shortest_um = [length for length in (solid_um, space_um) if length is not None]
    area_um2 = np.count_nonzero(pixels) * pitch_um**2 if drawn_um2 is None else drawn_um2
    tolerance, source = depth_tolerance_nm(mask, masks, profile)
    return MaskRow(
        file=file,
        optical_layer=optical_layer,
        gds_layer=mask.layer,
        datatype=0,
        mask=mask.name,
        coding=masks.coding,
        drawn="loses material" if masks.tone == "etch" else "gains material",
        polygon_tone=polygon_tone,
        weight=mask.weight,
        target_depth_nm=None if mask.depth_pm is None else mask.depth_pm / 1e3,
        tolerance_nm=tolerance,
        tolerance_source=source,
        cd_um=min(shortest_um, default=None),
        cd_polarity=_polarity(solid_um, space_um),
        drawn_um=solid_um,
        space_um=space_um,
        corner_touches=count_corner_touches(pixels),
        area_um2=round(area_um2, 6),
        density=round(area_um2 / (pixels.size * pitch_um**2), 6),
        polygons=polygons,
    )


def depth_tolerance_nm(mask: Mask, masks: MaskSet, profile: Profile | None) -> tuple[float | None, str]:
    """One standard deviation of a mask's depth, and where the number comes from.

    An etch with a sigma of its own is meant where the profile lists one of the same depth; else the relative
    sigma of freely chosen depths, else that of all heights.
    """
    if profile is None or mask.depth_pm is None:
        return None, ""
    listed = profile.mask.etch if profile.mask else ()
    for etch in listed:
        if etch.sigma_nm is not None and abs(etch.depth_nm.value * 1e3 - mask.depth_pm) < 1:
            return etch.sigma_nm.value, f"1 sigma, mask.etch, {etch.sigma_nm.mark}"
    relative: tuple[tuple[str, Marked | None], ...] = (
        ("mask.depth_sigma", profile.mask.depth_sigma if profile.mask else None),
        ("axial.depth_gain_sigma", profile.axial.depth_gain_sigma),
    )
    for key, number in relative:
        if number is not None:
            return round(number.value * mask.depth_pm / 1e3, 3), f"1 sigma, {key}, {number.mark}"
    return None, ""


def table_csv(rows: Sequence[MaskRow]) -> str:
    """The table as CSV with a line of titles."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(MaskRow))
    writer.writerows([_cell(value) for value in asdict(row).values()] for row in rows)
    return text.getvalue()


def _polarity(solid: float | None, space: float | None) -> str:
    if solid is None or space is None:
        return "drawn" if solid is not None else ""
    return "drawn and space" if solid == space else "drawn" if solid < space else "space"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
