"""The sentences on what happened to a file between the design and the check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, Place, error, note, warning
from fabdesign.check.geometry import pixel_places
from fabdesign.check.orientation import AS_DESIGNED, Match
from fabdesign.check.readers.reading import LayerReading
from fabdesign.check.scale import Scale, cause_of
from fabdesign.design import Design

Floats = NDArray[np.float64]
_EXPORT_AGAIN = "Export the design again and send that file unchanged."
_SHIFT_PIXELS = 1e-3
_PROPORTION = 0.05


@dataclass(frozen=True, eq=False)
class Found:
    """Everything that the comparison measured; see `fabdesign.check.compare.LayerComparison`."""

    read: LayerReading
    design: Design
    layer: int
    scale: Scale
    match: Match
    deviation_um: Floats
    changed: NDArray[np.bool_]
    perturbed: NDArray[np.bool_]
    base_um: tuple[float | None, float]
    tolerance_um: float

    @property
    def misplaced(self) -> bool:
        """Whether it is another layer, or lies otherwise than designed."""
        return self.match.layer != self.layer or self.match.orientation != AS_DESIGNED

    @property
    def on_side(self) -> bool:
        """Whether the box has the design's proportions with z in another place."""
        base_um, size_um = self.base_um[0], self.read.size_um
        if base_um is None or size_um is None:
            return False
        ny, nx = self.design.pixels
        pitch_um = self.design.physical.pitch_um
        thickness_um = base_um + float(self.design.height_um()[self.layer].max())
        return lies_on_side(size_um, np.array([nx * pitch_um, ny * pitch_um, thickness_um]))

    @property
    def differs(self) -> bool:
        """Whether the file is anything but the layer as designed; where it lies in space does not matter."""
        return bool(
            not self.scale.none
            or not self.match.found
            or self.match.inverted
            or self.misplaced
            or self.read.upside_down
            or self.changed.any()
            or self.perturbed.any()
        )

    def findings(self) -> Iterator[Finding]:
        """What differs, worst first."""
        if self.on_side:
            yield error(
                "orientation.on-side",
                "The layer lies on its side: its thin direction is not z.",
                hint="Turn it so that the flat base is at the bottom. " + _EXPORT_AGAIN,
            )
            return
        yield from self._scale()
        if self.read.thickness_um.shape not in (self.design.pixels, self.design.pixels[::-1]):
            yield self._size()
            return
        if not self.match.found or self.match.inverted:
            yield self._unlike()
            return
        yield from self._place()
        yield from self._levels()
        yield from self._base()
        yield from self._shift()

    def _scale(self) -> Iterator[Finding]:
        s = self.scale
        if s.none:
            return
        if s.uniform and not s.lateral:
            cause = cause_of(s.x)
            yield error(
                "scale.uniform",
                f"The file is scaled by {s.x:.6g}{f': {cause}' if cause else ''}; it must be in micrometres.",
                value=s.x,
                limit=1.0,
                unit="factor",
                hint="Export again, or import the file with the unit set to micrometres.",
            )
            return
        if not s.lateral:
            cause = cause_of(s.x) if s.x == s.y else None
            yield error(
                "scale.lateral",
                f"Pixels are scaled by {s.x:.6g} in x and {s.y:.6g} in y{f': {cause}' if cause else ''}.",
                value=s.x if abs(s.x - 1) >= abs(s.y - 1) else s.y,
                limit=1.0,
                unit="factor",
                hint=_EXPORT_AGAIN,
            )
        if s.z != 1:
            yield error(
                "scale.height",
                f"Heights are scaled by {s.z:.6g} in z.",
                value=s.z,
                limit=1.0,
                unit="factor",
                hint="Every phase is scaled with them. " + _EXPORT_AGAIN,
            )

    def _size(self) -> Finding:
        (rows, columns), (ny, nx) = self.read.thickness_um.shape, self.design.pixels
        times = columns / nx
        resampled = rows / ny == times
        how = f": it was resampled by {times:.6g}" if resampled else ""
        return error(
            "pixels.resampled" if resampled else "pixels.count",
            f"The file has {columns} x {rows} pixels, the layer {nx} x {ny}{how}.",
            hint="One pixel of the file is one pixel of the layer. " + _EXPORT_AGAIN,
        )

    def _unlike(self) -> Finding:
        if self.match.found:
            return error(
                "relief.inverted",
                f"Heights fall where those of layer {self.match.layer} rise: this is its negative.",
                hint="Phase grows with height. " + _EXPORT_AGAIN,
            )
        return error(
            "levels.unlike",
            f"The relief is not layer {self.layer} of the design, nor any other layer of it, however turned.",
            value=self.match.unexplained,
            unit="unexplained variance",
            hint=_EXPORT_AGAIN,
        )

    def _place(self) -> Iterator[Finding]:
        if self.match.layer != self.layer:
            yield error(
                "layer.swapped",
                f"The file is marked as layer {self.layer}, but shows layer {self.match.layer}.",
                value=float(self.match.layer),
                limit=float(self.layer),
                hint="Files were renamed or their headers changed. " + _EXPORT_AGAIN,
            )
        orientation = self.match.orientation
        if self.read.upside_down and orientation in ("mirrored in x", "mirrored in y"):
            axis = "y" if orientation.endswith("x") else "x"
            yield note("orientation.turned-over", f"The layer was turned over about its {axis} axis.")
        elif orientation != AS_DESIGNED:
            rule = "orientation.mirrored" if orientation.startswith("mirrored") else "orientation.rotated"
            yield error(rule, f"The layer is {orientation}, seen from +z.", hint=_EXPORT_AGAIN)

    def _levels(self) -> Iterator[Finding]:
        for rule, chosen, what in (
            ("levels.altered", self.changed, "another level than the design"),
            ("heights.perturbed", self.perturbed, "their level, but not its height"),
        ):
            count = int(np.count_nonzero(chosen))
            if not count:
                continue
            off_um = np.abs(self.deviation_um[chosen])
            off_um = off_um[np.isfinite(off_um)]
            largest, rms = (
                (float(off_um.max()), float(np.sqrt(np.mean(off_um**2)))) if len(off_um) else (0.0, 0.0)
            )
            yield error(
                rule,
                f"{count} of {chosen.size} pixels have {what}: RMS {rms * 1e3:.4g} nm, at most "
                f"{largest * 1e3:.4g} nm ({self._phase(largest):.4g} rad).",
                count=count,
                places=self._places(chosen),
                everywhere=self._everywhere(chosen),
                value=largest * 1e3,
                limit=self.tolerance_um * 1e3,
                unit="nm",
                limit_source=self.read.rounding_source,
                hint=_EXPORT_AGAIN,
            )

    def _base(self) -> Iterator[Finding]:
        wanted, seen = self.base_um
        if not self.read.has_base:
            return
        room_um = max(
            self.tolerance_um, 2 * float(np.max(self.read.rounding_um))
        )  # base and relief are rounded
        if wanted is not None and abs(seen - wanted) > room_um:
            yield warning(
                "base.thickness",
                f"The base is {seen:.6g} um thick; the light of the design goes through {wanted:.6g} um.",
                value=seen,
                limit=wanted,
                unit="um",
                limit_source="the design",
                hint="Gaps change with the base. " + _EXPORT_AGAIN,
            )

    def _shift(self) -> Iterator[Finding]:
        x, y, z = self.read.origin_um
        pitch_um = self.design.physical.pitch_um
        dx, dy, dz = x / self.scale.x, y / self.scale.y, z / self.scale.z
        if max(abs(dx), abs(dy)) > _SHIFT_PIXELS * pitch_um or abs(dz) > self.tolerance_um:
            yield note(
                "position.shifted",
                f"The solid is shifted by ({dx:.6g}, {dy:.6g}, {dz:.6g}) um from where the exporter puts it.",
                value=float(np.linalg.norm([dx, dy, dz])),
                unit="um",
            )

    def _places(self, chosen: NDArray[np.bool_]) -> tuple[Place, ...]:
        pitch_um = self.design.physical.pitch_um
        return pixel_places(chosen, pitch_um, pitch_um, self.layer)

    def _everywhere(self, chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
        middle = (np.array(chosen.shape) - 1) / 2
        at = (np.argwhere(chosen) - middle)[:, ::-1] * self.design.physical.pitch_um
        return at.astype(np.float32)

    def _phase(self, height_um: float) -> float:
        return 2 * np.pi * height_um / self.design.physical.full_turn_um


def lies_on_side(size_um: Floats, expected_um: Floats) -> bool:
    """Whether a box has the expected proportions only when another axis stands for z.

    >>> lies_on_side(np.array([60.0, 6.0, 60.0]), np.array([60.0, 60.0, 6.0]))
    True
    """
    size, expected = size_um / np.linalg.norm(size_um), expected_um / np.linalg.norm(expected_um)
    if abs(size[2] - expected[2]) <= _PROPORTION:
        return False
    turned = (list(order) for order in permutations(range(3)) if order[2] != 2)
    return any(np.abs(size[order] - expected).max() <= _PROPORTION for order in turned)
