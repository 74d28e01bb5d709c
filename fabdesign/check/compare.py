"""What a file shows against what the design says: the same levels, or what happened to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.check import differences
from fabdesign.check.finding import Finding
from fabdesign.check.orientation import ORIENTATIONS, Match, best_match
from fabdesign.check.readback import ReadBack
from fabdesign.check.scale import Scale, height_scale, snap
from fabdesign.design import Design

Floats = NDArray[np.float64]

LEAST_TOLERANCE_UM = 1e-5
"""A hundredth of a nanometre: far above what float32 does to a height, far below what anyone can print."""


@dataclass(frozen=True, eq=False)
class LayerComparison:
    """One file against its layer of the design.

    Args:
        layer: the layer it is meant to be.
        identical: every pixel has the design's level, at its height, where the design has it.
        scale: factors along x, y, z that the file was scaled by.
        match: which layer and orientation it shows.
        height_um: relief heights as the file has them, unsnapped, [y, x]; NaN where there is no material.
        deviation_um: heights less the design's, after the scale and the orientation that were found.
        changed: pixels that have another level than the design, or none.
        base_um: thickness of the base plate in the file.
        findings: what is wrong.
    """

    layer: int
    identical: bool
    scale: Scale
    match: Match
    height_um: Floats
    deviation_um: Floats
    changed: int
    base_um: float
    findings: tuple[Finding, ...]

    @property
    def rms_deviation_um(self) -> float:
        """Root mean square of the deviation."""
        return float(np.sqrt(np.nanmean(self.deviation_um**2)))

    @property
    def largest_deviation_um(self) -> float:
        """Largest absolute deviation."""
        return float(np.nanmax(np.abs(self.deviation_um)))


def compare(read: ReadBack, design: Design, layer: int) -> LayerComparison:
    """Hold a file against a layer of a design and name what differs.

    Args:
        read: the file, read on the design's pixels.
        design: what it should show.
        layer: which layer of it.
    """
    heights = design.height_um()
    match = best_match(read.thickness_um, heights, layer)
    expected_um = oriented(heights, match, read)
    base_um = design_base_um(design, layer)
    scale = _scale(read, design, expected_um, base_um, match)
    thickness_um = read.thickness_um / scale.z
    base_seen_um = float(np.nanmedian(thickness_um - expected_um))
    deviation_um = thickness_um - expected_um - base_seen_um
    tolerance_um = tolerance(read, scale)
    table_um = design.height_of_level_um[match.layer if match.found else layer]
    changed = _changed(expected_um, deviation_um, table_um)
    found = differences.Found(
        read=read,
        design=design,
        layer=layer,
        scale=scale,
        match=match,
        deviation_um=deviation_um,
        changed=changed,
        base_um=(base_um, base_seen_um),
        tolerance_um=tolerance_um,
    )
    findings = tuple(finding.at(file=str(read.path), layer=layer) for finding in found.findings())
    return LayerComparison(
        layer=layer,
        identical=not found.differs,
        scale=scale,
        match=match,
        height_um=read.thickness_um - base_seen_um * scale.z,
        deviation_um=deviation_um,
        changed=int(np.count_nonzero(changed)),
        base_um=base_seen_um,
        findings=findings,
    )


def oriented(heights_um: Floats, match: Match, read: ReadBack) -> Floats:
    """The matched layer of the design, [y, x], lying as it does in the file."""
    turned = ORIENTATIONS[match.orientation](heights_um[match.layer])
    if turned.shape != read.thickness_um.shape:  # a turned box with nothing recognisable on it
        return np.asarray(heights_um[match.layer].T)
    return np.asarray(turned)


def design_base_um(design: Design, layer: int) -> float | None:
    """Thickness of the base that the light of a layer goes through; None where the design has none."""
    if layer >= len(design.physical.spaces):
        return None
    total = sum(slab.thickness_um for slab in design.physical.spaces[layer] if slab.what == "base")
    return total or None


def tolerance(read: ReadBack, scale: Scale) -> float:
    """Largest deviation, in µm of the design, that writing coordinates as float32 can make."""
    largest = float(np.abs([read.solid.minimum_um[2], read.solid.maximum_um[2]]).max())
    return max(LEAST_TOLERANCE_UM, 4 * float(np.spacing(np.float32(largest))) / abs(scale.z))


def _scale(read: ReadBack, design: Design, expected_um: Floats, base_um: float | None, match: Match) -> Scale:
    pitch_um = design.physical.pitch_um
    x, y = snap(read.lattice.pitch_x_um / pitch_um), snap(read.lattice.pitch_y_um / pitch_um)
    if match.found and not match.inverted:
        return Scale(x, y, height_scale(read.thickness_um, expected_um, base_um))
    return Scale(x, y, x if math.isclose(x, y, rel_tol=1e-3) else 1.0)


def _changed(expected_um: Floats, deviation_um: Floats, table_um: Floats) -> NDArray[np.bool_]:
    """Pixels nearer to another level, off the ends of the table by half a step, or without material."""
    middles = (table_um[1:] + table_um[:-1]) / 2
    other = np.searchsorted(middles, expected_um + deviation_um) != np.searchsorted(middles, expected_um)
    half_um = np.diff(table_um).min(initial=np.inf) / 2
    return np.asarray(other | ~(np.abs(deviation_um) <= half_um))
