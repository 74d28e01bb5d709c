"""A grey file against its layer of the design: the same levels, or what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error
from fabdesign.check.geometry import pixel_places
from fabdesign.check.grey.read import GreyRead
from fabdesign.check.orientation import AS_DESIGNED, ORIENTATIONS, Match, best_match
from fabdesign.check.scale import cause_of, height_scale, snap
from fabdesign.design import Design

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_EXPORT_AGAIN = "Export the design again and send that file unchanged."
_LEAST_TOLERANCE_UM = 1e-6
_RESOLUTION = 1e-3


@dataclass(frozen=True, eq=False)
class GreyComparison:
    """One grey file against its layer of the design.

    Args:
        layer: the layer it is meant to be.
        identical: every pixel has the value that the design's level gets.
        match: which layer and orientation it shows; None where the sizes differ.
        levels: int16 [y, x] recovered from the file as it lies in the file, -1 where a height fits none.
        height_um: relief heights by the record's scale, [y, x]; NaN where a value has none.
        deviation_um: heights less the design's.
        changed: pixels of another level than the design's.
        findings: what is wrong.
    """

    layer: int
    identical: bool
    match: Match | None
    levels: NDArray[np.int16]
    height_um: Floats
    deviation_um: Floats
    changed: int
    findings: tuple[Finding, ...]

    @property
    def largest_deviation_um(self) -> float:
        """Largest absolute deviation; 0 where nothing could be compared."""
        known = np.abs(self.deviation_um[np.isfinite(self.deviation_um)])
        return float(known.max(initial=0.0))

    @property
    def rms_deviation_um(self) -> float:
        """Root mean square of the deviation; 0 where nothing could be compared."""
        known = self.deviation_um[np.isfinite(self.deviation_um)]
        return float(np.sqrt(np.mean(known**2))) if known.size else 0.0


def compare_grey(read: GreyRead, design: Design, layer: int) -> GreyComparison:
    """Hold a grey file against a layer of a design and name what differs.

    Args:
        read: the file.
        design: what it should show.
        layer: which layer of it.
    """
    seen = _Seen(read, design, layer)
    findings = tuple(finding.at(file=str(read.path), layer=layer) for finding in seen.findings())
    height_um = read.height_um
    if seen.match is None:
        nothing = np.full(read.values.shape, np.nan)
        levels = np.full(read.values.shape, -1, np.int16)
        return GreyComparison(layer, False, None, levels, height_um, nothing, read.values.size, findings)
    return GreyComparison(
        layer=layer,
        identical=not findings,
        match=seen.match,
        levels=seen.levels,
        height_um=height_um,
        deviation_um=seen.deviation_um,
        changed=int(np.count_nonzero(seen.changed)),
        findings=findings,
    )


class _Seen:
    """What the file shows, step by step; `match` is None where the sizes do not allow a comparison."""

    def __init__(self, read: GreyRead, design: Design, layer: int) -> None:
        self.read, self.design, self.layer = read, design, layer
        self.match: Match | None = None
        self.scale = 1.0
        if read.values.shape in (design.pixels, design.pixels[::-1]):
            self._compare()

    def _compare(self) -> None:
        heights_um = self.read.height_um
        if not np.isfinite(heights_um).any():
            return
        as_designed = Match(self.layer, AS_DESIGNED, 0.0, inverted=False)
        if heights_um.shape == self.design.pixels and self._fits(heights_um, as_designed):
            self.match = as_designed
            return
        self.match = best_match(heights_um, self.design.height_um(), self.layer)
        if self._fits(heights_um, self.match) or not self.match.found or self.match.inverted:
            return
        self.scale = height_scale(heights_um, self._expected_um(heights_um.shape, self.match), None)
        if self.scale != 1:
            self._fits(heights_um, self.match)

    def _fits(self, heights_um: Floats, match: Match) -> bool:
        """Measure deviations from a layer as it lies; whether every pixel has the value of its level."""
        expected_um = self._expected_um(heights_um.shape, match)
        table_um = self.design.height_of_level_um[self._shown(match)]
        self.deviation_um = heights_um / self.scale - expected_um
        self.levels = nearest_levels(heights_um / self.scale, table_um)
        self.changed = self.levels != nearest_levels(expected_um, table_um)
        room_um = half_steps_um(self.read.table_um) / abs(self.scale) + _LEAST_TOLERANCE_UM
        self.perturbed = ~self.changed & ~(np.abs(self.deviation_um) <= room_um[self.read.values])
        return not self.changed.any() and not self.perturbed.any()

    def _expected_um(self, shape: tuple[int, ...], match: Match) -> Floats:
        layer = self._shown(match)
        layer_um = self.design.height_of_level_um[layer][self.design.levels[layer]]
        turned = ORIENTATIONS[match.orientation](layer_um)
        return np.asarray(turned if turned.shape == shape else layer_um.T)  # turned, and flat

    def _shown(self, match: Match) -> int:
        return match.layer if match.found else self.layer

    def findings(self) -> Iterator[Finding]:
        """What differs, worst first."""
        yield from self._record()
        yield from self._lateral()
        if self.match is None:
            yield self._size()
            return
        if not self.match.found or self.match.inverted:
            yield self._unlike(self.match)
            return
        yield from self._place(self.match)
        if self.scale != 1:
            message = (
                f"Heights are scaled by {self.scale:.6g}: grey values or the record's scale were changed."
            )
            yield error(
                "scale.height", message, value=self.scale, limit=1.0, unit="factor", hint=_EXPORT_AGAIN
            )
        yield from self._pixels("levels.altered", self.changed, "another level than the design")
        yield from self._pixels(
            "heights.perturbed", self.perturbed, "their level, but not its nearest grey value"
        )

    def _record(self) -> Iterator[Finding]:
        record, design = self.read.record, self.design
        if record.design != design.content_hash:
            yield error(
                "chain.other-design",
                f"The file was made from the design with hash {record.design[:32]}…, "
                f"not from {design.content_hash[:32]}….",
                hint="Export this design again, or name the design that the file was made from.",
            )
        elif record.layers != design.layers:
            message = f"The record speaks of {record.layers} layers; the design has {design.layers}."
            yield error("chain.layers", message, hint="The record was changed; export the design again.")
        physical = design.physical
        optics = record.optics
        known = (physical.wavelength_um, physical.material.index, physical.medium.index)
        if optics is not None and (optics.wavelength_um, optics.material_index, optics.medium_index) != known:
            yield error(
                "record.optics",
                f"The record is for {optics.wavelength_um:.6g} um and indices {optics.material_index:.6g} in "
                f"{optics.medium_index:.6g}; the design {known[0]:.6g} um, {known[1]:.6g} in {known[2]:.6g}.",
                hint=_EXPORT_AGAIN,
            )

    def _lateral(self) -> Iterator[Finding]:
        pitch_um, recorded_um = self.design.physical.pitch_um, self.read.record.pitch_um
        factor = snap(recorded_um / pitch_um)
        if factor != 1:
            cause = cause_of(factor)
            yield error(
                "scale.lateral",
                f"Pixels are {recorded_um:.6g} um by the record, {pitch_um:.6g} um in the design: "
                f"scaled by {factor:.6g}{f' ({cause})' if cause else ''}.",
                value=factor,
                limit=1.0,
                unit="factor",
                hint=_EXPORT_AGAIN,
            )
        for axis, side_um in zip("xy", self.read.pixel_um or (), strict=False):
            if abs(side_um / pitch_um - 1) > _RESOLUTION:
                yield error(
                    "scale.resolution",
                    f"Pixels are {side_um:.6g} um in {axis} by the file, {pitch_um:.6g} um by the design.",
                    value=side_um,
                    limit=pitch_um,
                    unit="um",
                    hint="Another program has saved it, or it was scaled. " + _EXPORT_AGAIN,
                )

    def _size(self) -> Finding:
        (rows, columns), (ny, nx) = self.read.values.shape, self.design.pixels
        if (rows, columns) in ((ny, nx), (nx, ny)):
            message = "No value of the image has a height: all lie off the contrast curve."
            return error("levels.unlike", message, hint=_EXPORT_AGAIN)
        times = columns / nx
        resampled = rows / ny == times
        how = f": it was resampled by {times:.6g}" if resampled else ""
        return error(
            "grey.resampled" if resampled else "grey.size",
            f"The image has {columns} x {rows} pixels, the layer {nx} x {ny}{how}.",
            hint="One pixel of the image is one pixel of the layer. " + _EXPORT_AGAIN,
        )

    def _unlike(self, match: Match) -> Finding:
        if match.found:
            return error(
                "relief.inverted",
                f"Heights fall where those of layer {match.layer} rise: this is its negative.",
                hint="Greys were inverted after the export, or the record was. " + _EXPORT_AGAIN,
            )
        return error(
            "levels.unlike",
            f"The image is not layer {self.layer} of the design, nor any other layer of it, however turned.",
            value=match.unexplained,
            unit="unexplained variance",
            hint=_EXPORT_AGAIN,
        )

    def _place(self, match: Match) -> Iterator[Finding]:
        if match.layer != self.layer:
            yield error(
                "layer.swapped",
                f"The file is marked as layer {self.layer}, but shows layer {match.layer}.",
                value=float(match.layer),
                limit=float(self.layer),
                hint="Images or records were renamed. " + _EXPORT_AGAIN,
            )
        if match.orientation != AS_DESIGNED:
            mirrored = match.orientation.startswith("mirrored")
            yield error(
                "orientation.mirrored" if mirrored else "orientation.rotated",
                f"The layer is {match.orientation}, seen from +z.",
                hint="Row 0 of the image must be the largest y. " + _EXPORT_AGAIN,
            )

    def _pixels(self, rule: str, chosen: Mask, what: str) -> Iterator[Finding]:
        count = int(np.count_nonzero(chosen))
        if not count:
            return
        off_nm = np.abs(self.deviation_um[chosen]) * 1e3
        largest = float(np.nanmax(off_nm, initial=0.0))
        pitch_um = self.design.physical.pitch_um
        yield error(
            rule,
            f"{count} of {chosen.size} pixels have {what}: off by at most {largest:.4g} nm "
            f"({2 * np.pi * largest / 1e3 / self.design.physical.full_turn_um:.4g} rad).",
            count=count,
            places=pixel_places(chosen, pitch_um, pitch_um, self.layer),
            value=largest,
            unit="nm",
            hint=_EXPORT_AGAIN,
        )


def nearest_levels(height_um: Floats, table_um: Floats) -> NDArray[np.int16]:
    """The level nearest to each height; -1 where there is none within half the smallest step.

    >>> nearest_levels(np.array([0.1, 0.9, 3.0, np.nan]), np.array([0.0, 1.0])).tolist()
    [0, 1, -1, -1]
    """
    middles = (table_um[1:] + table_um[:-1]) / 2
    levels = np.searchsorted(middles, height_um).clip(max=len(table_um) - 1).astype(np.int16)
    half_um = np.diff(table_um).min(initial=np.inf) / 2
    levels[~(np.abs(height_um - table_um[levels]) <= half_um)] = -1
    return levels


def half_steps_um(table_um: Floats) -> Floats:
    """Half the larger step from each value's height to its neighbours': how far a nearest value can be off.

    >>> half_steps_um(np.array([0.0, 2.0, 3.0])).tolist()
    [1.0, 1.0, 0.5]
    """
    step, end = np.abs(np.diff(table_um)), np.zeros(1)
    return np.asarray(np.fmax(np.append(end, step), np.append(step, end)) / 2)
