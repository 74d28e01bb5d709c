"""What can be wrong with layers that were put together, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from fabdesign.check.assembly.columns import Columns
from fabdesign.check.assembly.shift import LEAST_PIXELS
from fabdesign.check.assembly.voids import count_bodies, trapped_um3
from fabdesign.check.finding import Finding, error
from fabdesign.check.geometry import VOLUME_TOLERANCE, edge_findings, pixel_places
from fabdesign.check.raster import Floats
from fabdesign.check.solid import Solid
from fabdesign.design import Design

_AGAIN = "Export the design again and send that file unchanged."
_LEAST_UM = 1e-4


def print_findings(
    solid: Solid, parts: Sequence[Columns], pitch_um: float
) -> tuple[list[Finding], dict[str, Any]]:
    """What is wrong with the mesh of a print, and its facts.

    Args:
        solid: facts about the mesh.
        parts: all columns of the stack, or those of each plate.
        pitch_um: side of a pixel.
    """
    found = list(edge_findings(solid))
    bodies = sum(count_bodies(part) for part in parts)
    trapped = sum(trapped_um3(part, pitch_um**2) for part in parts)
    volume = sum(float(np.nansum(part.top_um - part.bottom_um)) for part in parts) * pitch_um**2
    tilted = max(part.tilted for part in parts)
    if tilted:
        message = f"{tilted} triangles over pixels are neither level nor upright."
        found.append(error("geometry.tilted", message, count=tilted, hint=_AGAIN))
    if bodies != len(parts):
        found.append(
            error(
                "geometry.bodies",
                f"The print falls into {bodies} solids; {len(parts)} are expected.",
                value=float(bodies),
                limit=float(len(parts)),
                hint=_AGAIN,
            )
        )
    if trapped > 0:
        found.append(
            error(
                "assembly.trapped",
                f"{trapped:.6g} um³ of resin cannot leave the print.",
                value=trapped,
                unit="um3",
                hint="Every cavity needs an opening to the outside.",
            )
        )
    if abs(abs(solid.volume_um3) - volume) > VOLUME_TOLERANCE * volume:
        found.append(
            error(
                "geometry.volume",
                f"The mesh encloses {abs(solid.volume_um3):.8g} um³; its columns make {volume:.8g} um³.",
                value=abs(solid.volume_um3) / volume - 1,
                limit=VOLUME_TOLERANCE,
                unit="relative",
                hint="There is geometry finer than a pixel, or beside the plates.",
            )
        )
    return found, {"bodies": bodies, "trapped_um3": trapped}


def aperture_findings(windows: Sequence[Columns], expected: int) -> Iterator[Finding]:
    """Columns inside an aperture that hold more or fewer pieces than there are layers."""
    for window in windows:
        wrong = (window.count != expected) | window.broken
        count = int(np.count_nonzero(wrong))
        if count:
            yield error(
                "assembly.obstructed",
                f"{count} of {wrong.size} pixels in the aperture do not hold {expected} layers: material is "
                "missing, or stands in the way of the light.",
                count=count,
                places=pixel_places(wrong, 1.0, 1.0),
                hint=_AGAIN,
            )


def layer_findings(
    design: Design,
    layer: int,
    gap_um: float | None,
    shift_um: tuple[float, float],
    bottom_um: Floats,
) -> Iterator[Finding]:
    """What is wrong with the place of one layer.

    Args:
        design: where it should be.
        layer: its index.
        gap_um: free height under its base; None where it is not in the file.
        shift_um: how far it lies off its place, (x, y).
        bottom_um: bottom of its base, [y, x].
    """
    uneven = float(np.nanmax(bottom_um) - np.nanmin(bottom_um))
    if uneven > _LEAST_UM:
        yield error(
            "geometry.base-not-flat",
            f"The bottom of layer {layer} is uneven by {uneven:.4g} um.",
            layer=layer,
            value=uneven,
            unit="um",
            hint=_AGAIN,
        )
    wanted = None if gap_um is None else free_gap_um(design, layer)
    if gap_um is not None and wanted is not None and abs(gap_um - wanted) > _LEAST_UM:
        yield error(
            "assembly.gap",
            f"The gap before layer {layer} is {gap_um:.6g} um in the file and {wanted:.6g} um in the design.",
            layer=layer,
            value=gap_um,
            limit=wanted,
            unit="um",
            limit_source="the design",
            hint=_AGAIN,
        )
    pitch_um = design.physical.pitch_um
    if max(map(abs, shift_um)) > LEAST_PIXELS * pitch_um:
        yield error(
            "assembly.shifted",
            f"Layer {layer} lies ({shift_um[0]:.4g}, {shift_um[1]:.4g}) um off its place.",
            layer=layer,
            value=float(np.hypot(*shift_um)),
            limit=LEAST_PIXELS * pitch_um,
            unit="um",
            limit_source="what the corners of a relief show",
            hint=_AGAIN,
        )


def free_gap_um(design: Design, layer: int) -> float | None:
    """The free height under a layer's base, by the design's record; None where it has none.

    Under the first base that is a gap right before it, which a foot holds open.
    """
    spaces = design.physical.spaces
    if layer >= len(spaces):
        return None
    before = [slab for slab in spaces[layer] if slab.what != "base"]
    if layer:
        return sum(slab.thickness_um for slab in before)
    return before[-1].thickness_um if before and before[-1].what == "gap" else 0.0
