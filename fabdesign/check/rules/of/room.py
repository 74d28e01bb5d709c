"""Is there room: reliefs in their gaps, apertures in the writing field?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from fabdesign.check.finding import Finding, error, note
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.design import Design
from fabdesign.process import Profile


def check_gap(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where a relief is taller than the gap behind it."""
    del profile  # the gaps are the design's own
    for layer, space in enumerate(design.physical.spaces[1:]):
        height_um = float(design.height_of_level_um[layer][design.levels[layer].max()])
        gap_um = sum(slab.thickness_um for slab in space if slab.what == "gap")
        if height_um >= gap_um:
            yield error(
                "print.gap",
                f"The relief of layer {layer} is {height_um:.4g} um tall and meets what lies behind its gap "
                f"of {gap_um:.4g} um.",
                layer=layer,
                value=height_um,
                limit=gap_um,
                unit="um",
                limit_source="the design",
                hint="Enlarge the gap or use a thinner base.",
            )


def check_field(design: Design, profile: Profile) -> Iterator[Finding]:
    """A note where a layer is larger than the writing field and has to be stitched."""
    size = profile.field.size_um
    if size is None:
        return
    ny, nx = design.pixels
    side_um = size.value / math.sqrt(2) if profile.field.shape == "circle" else size.value
    width_um, depth_um = nx * design.physical.pitch_um, ny * design.physical.pitch_um
    fits = width_um <= side_um and depth_um <= side_um
    if profile.field.shape == "circle":
        fits = math.hypot(width_um, depth_um) <= size.value
    if not fits:
        fields = math.ceil(width_um / side_um) * math.ceil(depth_um / side_um)
        yield note(
            "print.field",
            f"A layer of {width_um:.4g} × {depth_um:.4g} um needs {fields} writing fields and has seams.",
            value=float(fields),
            limit=1.0,
            unit="fields",
            limit_source=source_of(profile, "field.size_um", size),
            hint=_seam_hint(side_um, design.physical.pitch_um),
        )


def _seam_hint(side_um: float, pitch_um: float) -> str:
    fitting = int(side_um / pitch_um + 1e-6)
    if fitting < 1:
        return "Use a process with a larger field."
    return f"Put seams on pixel borders: fields of at most {fitting} pixels, {fitting * pitch_um:.6g} um."


RULES = (
    Rule("print.gap", "relief against the gap behind it", check_gap, "the design's own gaps"),
    Rule("print.field", "layer against the writing field", check_field, "field.size_um"),
)
