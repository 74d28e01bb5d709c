"""Findings about the mesh alone: closed, outward, upright, one solid, on its lattice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.columns import count_bodies, volume_of_columns
from fabdesign.check.finding import PLACES_SHOWN, Finding, Place, error, warning
from fabdesign.check.lattice import Lattice
from fabdesign.check.scan import ReliefScan
from fabdesign.check.solid import Solid

VOLUME_TOLERANCE = 2e-4
"""Corners pulled in at diagonal contacts take less than 3e-5 of the volume at pitch/1024."""


def mesh_findings(solid: Solid, scan: ReliefScan) -> Iterator[Finding]:
    """What is wrong with the faces and edges of a mesh."""
    yield from edge_findings(solid)
    if scan.tilted:
        yield error(
            "geometry.tilted",
            f"{scan.tilted} triangles are neither horizontal nor vertical, the worst by "
            f"{scan.tilt_rad * 1e3:.3g} mrad.",
            count=scan.tilted,
            value=scan.tilt_rad,
            unit="rad",
            hint="A relief has level tops and vertical walls; the file was turned or resampled.",
        )
    if scan.off_lattice:
        yield warning(
            "geometry.off-lattice",
            f"{scan.off_lattice} corners lie between lattice points, by more than 1/50 of a pixel.",
            count=scan.off_lattice,
            hint="There is geometry finer than a pixel, which the heights at pixel centres do not show.",
        )


def edge_findings(solid: Solid) -> Iterator[Finding]:
    """What is wrong with the edges, the faces and the stored normals of a mesh."""
    if not solid.closed:
        yield error(
            "geometry.open",
            f"The mesh is not closed: {solid.edges.bad} of {solid.edges.edges} edges do not have exactly two "
            "faces in opposite directions.",
            count=solid.edges.bad,
            places=tuple(Place(float(x), float(y)) for x, y, _ in solid.edges.middles_um),
            hint="A slicer would guess; export the design again.",
        )
    if not solid.outward:
        yield error(
            "geometry.inside-out",
            f"The faces look inwards: the enclosed volume is {solid.volume_um3:.6g} um³.",
            value=solid.volume_um3,
            unit="um3",
            hint="The file was mirrored without turning its faces; export the design again.",
        )
    if solid.degenerate:
        yield warning(
            "geometry.degenerate", f"{solid.degenerate} triangles have no area.", count=solid.degenerate
        )
    if solid.wrong_normals:
        yield warning(
            "geometry.normals",
            f"{solid.wrong_normals} stored normals contradict the corners of their triangles.",
            count=solid.wrong_normals,
            hint="Most readers ignore stored normals; the file was changed after it was written.",
        )


def relief_findings(solid: Solid, scan: ReliefScan, lattice: Lattice) -> Iterator[Finding]:
    """What keeps a mesh from being one solid relief on a flat base."""
    top, bottom, holes = scan.top, scan.bottom, ~scan.covered
    yield from _at_pixels("geometry.hole", "have no material over their centre", holes, lattice)
    layered = (top.high > top.low) | (bottom.high > bottom.low)
    yield from _at_pixels(
        "geometry.inner-face", "have more than one top or bottom face", layered & ~holes, lattice
    )
    if holes.any():
        return
    if scan.upside_down:
        yield error(
            "orientation.upside-down",
            "The relief faces down (-z): the top is flat and the bottom carries the relief.",
            hint="Turn the file over, or export the design again; light enters through the flat base.",
        )
    elif bottom.low.max() > bottom.low.min():
        uneven = bottom.low > bottom.low.min()
        yield from _at_pixels("geometry.base-not-flat", "stand above the bottom of the base", uneven, lattice)
    bodies = count_bodies(bottom.low, top.high)
    if bodies > 1:
        yield error(
            "geometry.bodies",
            f"The relief falls into {bodies} solids; one is expected.",
            value=float(bodies),
            limit=1.0,
        )
    if not layered.any():
        yield from _volume(scan, solid, lattice)


def _volume(scan: ReliefScan, solid: Solid, lattice: Lattice) -> Iterator[Finding]:
    columns = volume_of_columns(scan.bottom.low, scan.top.high, lattice)
    if abs(abs(solid.volume_um3) - columns) > VOLUME_TOLERANCE * columns:
        yield warning(
            "geometry.volume",
            f"The mesh encloses {abs(solid.volume_um3):.8g} um³; its heights at pixel centres make "
            f"{columns:.8g} um³.",
            value=abs(solid.volume_um3) / columns - 1,
            limit=VOLUME_TOLERANCE,
            unit="relative",
            hint="There is geometry finer than a pixel.",
        )


def _at_pixels(rule: str, what: str, wrong: NDArray[np.bool_], lattice: Lattice) -> Iterator[Finding]:
    count = int(np.count_nonzero(wrong))
    if count:
        yield error(
            rule,
            f"{count} of {wrong.size} pixels {what}.",
            count=count,
            places=pixel_places(wrong, lattice.pitch_x_um, lattice.pitch_y_um),
            hint="Export the design again.",
        )


def pixel_places(
    wrong: NDArray[np.bool_], pitch_x_um: float, pitch_y_um: float, layer: int | None = None
) -> tuple[Place, ...]:
    """The first few chosen pixels as places in the frame of the design."""
    ny, nx = wrong.shape
    rows, columns = np.nonzero(wrong)
    return tuple(
        Place((j - (nx - 1) / 2) * pitch_x_um, (i - (ny - 1) / 2) * pitch_y_um, (i, j), layer)
        for i, j in zip(rows[:PLACES_SHOWN].tolist(), columns[:PLACES_SHOWN].tolist(), strict=True)
    )
