"""Where a layer is written in several fields: seams on pixel borders, and coordinates the machine reaches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.rules.planes import places_at
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.design import Design
from fabdesign.process import Profile
from fabdesign.process.fields import field_side_um

_WHOLE = 1e-6


def check_seams(design: Design, profile: Profile) -> Iterator[Finding]:
    """A warning where square fields of the machine end inside pixels; an error where none fits a pixel.

    A round field is used through a square within it, whose side is chosen on pixel borders.
    """
    size, side_um, pitch_um = profile.field.size_um, field_side_um(profile), design.physical.pitch_um
    if size is None or side_um is None or not profile.limits.stitch_on_pixels:
        return
    fitting = int(side_um / pitch_um + _WHOLE)
    if fitting < 1:
        yield error(
            "print.seam",
            f"A writing field of {side_um:.4g} um holds no pixel of {pitch_um:.4g} um.",
            value=pitch_um,
            limit=side_um,
            unit="um",
            limit_source=source_of(profile, "field.size_um", size),
            hint="Use a smaller pitch, or a process with a larger field.",
        )
        return
    stitched = max(design.pixels) * pitch_um > side_um * (1 + _WHOLE)
    off = abs(side_um / pitch_um - round(side_um / pitch_um)) > _WHOLE * side_um / pitch_um
    if stitched and off and profile.field.shape != "circle":
        yield warning(
            "print.seam",
            f"Fields of {side_um:.6g} um are {side_um / pitch_um:.4g} pixels wide: their seams cut "
            "through pixels.",
            places=places_at(design, 0, _first_seam(design, side_um)),
            value=side_um,
            limit=fitting * pitch_um,
            unit="um",
            limit_source=source_of(profile, "field.size_um", size),
            hint=f"Set the field to {fitting * pitch_um:.6g} um ({fitting} pixels).",
        )


def _first_seam(design: Design, side_um: float) -> NDArray[np.float64]:
    """Where the first seam crosses the middle row, counted from the edge of the layer."""
    return np.array([[(design.pixels[0] - 1) / 2, side_um / design.physical.pitch_um - 0.5]])


def check_extent(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where a layer reaches beyond the machine's coordinates."""
    limit = profile.limits.max_extent_mm
    reach_mm = max(design.pixels) * design.physical.pitch_um / 2e3
    if limit is not None and reach_mm > limit.value:
        yield error(
            "print.extent",
            f"A layer reaches {reach_mm:.4g} mm from its middle; the machine reaches {limit.value:.4g} mm.",
            value=reach_mm,
            limit=limit.value,
            unit="mm",
            limit_source=source_of(profile, "limits.max_extent_mm", limit),
            hint="Use fewer or smaller pixels.",
        )


RULES = (
    Rule("print.seam", "borders of writing fields against pixels", check_seams, "field.size_um"),
    Rule("print.extent", "layer against the reach of the machine", check_extent, "limits.max_extent_mm"),
)
