"""What a file shows against what the design says: the same levels, or what happened to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fabdesign.check import differences
from fabdesign.check.finding import Finding
from fabdesign.check.orientation import AS_DESIGNED, ORIENTATIONS, Match, best_match
from fabdesign.check.readers.reading import LayerReading
from fabdesign.check.scale import Scale, height_scale, snap
from fabdesign.design import Design

Value = TypeVar("Value", bound=np.generic)

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_TOLERANCE_UM = 1e-5
"""A hundredth of a nanometre: far above what float32 does to a height, far below what anyone can print."""


@dataclass(frozen=True, eq=False)
class LayerComparison:
    """One layer of a file against its layer of the design.

    Args:
        layer: the layer it is meant to be.
        identical: every pixel has the design's level, at its height, where the design has it.
        scale: factors along x, y, z that the file was scaled by.
        match: which layer and orientation it shows.
        levels: int16 [y, x] as they lie in the file; -1 where a height fits none.
        height_um: relief heights as the file has them, unsnapped, [y, x]; NaN where there is no material.
        deviation_um: heights less the design's, after the scale and the orientation that were found.
        changed: pixels that have another level than the design, or none.
        base_um: thickness of the base plate in the file; 0 where the format has none.
        findings: what is wrong.
    """

    layer: int
    identical: bool
    scale: Scale
    match: Match
    levels: NDArray[np.int16]
    height_um: Floats
    deviation_um: Floats
    changed: int
    base_um: float
    findings: tuple[Finding, ...]

    @property
    def rms_deviation_um(self) -> float:
        """Root mean square of the deviation; NaN where nothing could be compared."""
        known = self.deviation_um[np.isfinite(self.deviation_um)]
        return float(np.sqrt(np.mean(known**2))) if known.size else math.nan

    @property
    def largest_deviation_um(self) -> float:
        """Largest absolute deviation; NaN where nothing could be compared."""
        known = self.deviation_um[np.isfinite(self.deviation_um)]
        return float(np.abs(known).max()) if known.size else math.nan


def compare(read: LayerReading, design: Design, layer: int) -> LayerComparison:
    """Hold a file against a layer of a design and name what differs.

    Args:
        read: the file, read on the design's pixels.
        design: what it should show.
        layer: which layer of it.
    """
    seen = _measure(read, design, layer)
    found = differences.Found(
        read=read,
        design=design,
        layer=layer,
        scale=seen.scale,
        match=seen.match,
        deviation_um=seen.deviation_um,
        changed=seen.changed,
        perturbed=seen.perturbed,
        base_um=(design_base_um(design, layer), seen.base_um),
        tolerance_um=float(np.max(tolerance(read, seen.scale))),
    )
    findings = tuple(finding.at(file=str(read.paths[0]), layer=layer) for finding in found.findings())
    return LayerComparison(
        layer=layer,
        identical=not found.differs,
        scale=seen.scale,
        match=seen.match,
        levels=seen.levels,
        height_um=read.thickness_um - seen.base_um * seen.scale.z,
        deviation_um=seen.deviation_um,
        changed=int(np.count_nonzero(seen.changed)),
        base_um=seen.base_um,
        findings=findings,
    )


def design_base_um(design: Design, layer: int) -> float | None:
    """Thickness of the base that the light of a layer goes through; None where the design has none."""
    if layer >= len(design.physical.spaces):
        return None
    total = sum(slab.thickness_um for slab in design.physical.spaces[layer] if slab.what == "base")
    return total or None


def tolerance(read: LayerReading, scale: Scale) -> NDArray[np.float64]:
    """Largest deviation, in µm of the design, that writing the format can make: one number, or [y, x]."""
    return np.maximum(LEAST_TOLERANCE_UM, np.asarray(read.rounding_um) / abs(scale.z))


@dataclass(frozen=True, eq=False)
class _Seen:
    """The file against one layer in one orientation and at one scale."""

    match: Match
    scale: Scale
    base_um: float
    deviation_um: Floats
    levels: NDArray[np.int16]
    changed: Mask
    perturbed: Mask

    @property
    def good(self) -> bool:
        return not self.changed.any() and not self.perturbed.any()


def _measure(read: LayerReading, design: Design, layer: int) -> _Seen:
    """As designed if that explains the file; else whatever orientation, layer and scale explain it best."""
    shape, heights_um = read.thickness_um.shape, design.height_um()
    x, y = (snap(side / design.physical.pitch_um) for side in read.pixel_um)
    if shape not in (design.pixels, design.pixels[::-1]) or not np.isfinite(read.thickness_um).any():
        return _nothing(read, layer, Scale(x, y, 1.0))
    if shape == design.pixels and x == y == 1:
        as_designed = Match(layer, AS_DESIGNED, 0.0, inverted=False)
        seen = _hold(read, design, layer, as_designed, Scale(x, y, 1.0))
        if seen.good and _base_fits(seen, read, design, layer):
            return seen
    match = best_match(read.thickness_um, heights_um, layer)
    if not match.found or match.inverted:
        return _hold(read, design, layer, match, Scale(x, y, x if math.isclose(x, y, rel_tol=1e-3) else 1.0))
    base_um = design_base_um(design, layer) if read.has_base else None
    expected_um = _oriented(heights_um[match.layer], match, shape)
    return _hold(
        read, design, layer, match, Scale(x, y, height_scale(read.thickness_um, expected_um, base_um))
    )


def _hold(read: LayerReading, design: Design, layer: int, match: Match, scale: Scale) -> _Seen:
    of = match.layer if match.found else layer
    table_um = design.height_of_level_um[of]
    level = _oriented(design.levels[match.layer], match, read.thickness_um.shape)
    expected_um = design.height_of_level_um[match.layer][level]
    room_um = tolerance(read, scale)
    over_um = read.thickness_um / scale.z - expected_um
    base_um = _base(over_um, room_um, design_base_um(design, layer)) if read.has_base else 0.0
    deviation_um = over_um - base_um
    within = np.abs(deviation_um) <= room_um
    middles = (table_um[1:] + table_um[:-1]) / 2
    wanted, nearest = (np.searchsorted(middles, h) for h in (expected_um, expected_um + deviation_um))
    half_um = np.diff(table_um).min(initial=np.inf) / 2
    off = np.abs(expected_um + deviation_um - table_um[nearest.clip(max=len(table_um) - 1)]) <= half_um
    levels = np.where(within, wanted, np.where(off, nearest, -1)).astype(np.int16)
    changed = ((nearest != wanted) | ~(np.abs(deviation_um) <= half_um)) & ~within
    return _Seen(match, scale, base_um, deviation_um, levels, changed, ~changed & ~within)


def _base(over_um: Floats, room_um: Floats, wanted_um: float | None) -> float:
    """What the file has below level zero: its median, unless the design's own explains as much.

    Where a format rounds heights coarsely, the median is rounded too; the design's base, or the middle of all
    deviations, may then explain every pixel.
    """
    median = float(np.nanmedian(over_um))
    if room_um.max() <= LEAST_TOLERANCE_UM:
        return median
    middle = float(np.nanmax(over_um) + np.nanmin(over_um)) / 2
    for base_um in (wanted_um, middle):
        if base_um is not None and (np.abs(over_um - base_um) <= room_um).all():
            return base_um
    return median


def _base_fits(seen: _Seen, read: LayerReading, design: Design, layer: int) -> bool:
    wanted_um = design_base_um(design, layer) if read.has_base else None
    room_um = max(LEAST_TOLERANCE_UM, 2 * float(np.max(read.rounding_um)))
    return wanted_um is None or abs(seen.base_um - wanted_um) <= room_um


def _oriented(of_layer: NDArray[Value], match: Match, shape: tuple[int, ...]) -> NDArray[Value]:
    """A layer of the design, [y, x], lying as it does in the file."""
    turned = ORIENTATIONS[match.orientation](of_layer)
    return turned if turned.shape == shape else of_layer.T  # a turned box with nothing recognisable on it


def _nothing(read: LayerReading, layer: int, scale: Scale) -> _Seen:
    """A file of another number of pixels, or without heights, cannot be compared."""
    shape = read.thickness_um.shape
    every = np.ones(shape, bool)
    return _Seen(
        Match(layer, AS_DESIGNED, 1.0, inverted=False),
        scale,
        0.0,
        np.full(shape, np.nan),
        np.full(shape, -1, np.int16),
        every,
        ~every,
    )
