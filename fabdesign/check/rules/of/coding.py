"""Whether the masks of a process can make the heights, and how their polygons meet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fabdesign.check.finding import Finding, error, note, warning
from fabdesign.check.rules.planes import located, masks_of
from fabdesign.check.rules.registry import Rule
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief.contacts import mask_contacts


def check_coding(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where the coding of the process cannot write the heights of a layer in masks."""
    if profile.mask is None:
        return
    for layer in range(design.layers):
        try:
            masks_of(design, profile, layer)
        except ConfigError as refused:
            yield error(
                "print.coding",
                refused.message,
                layer=layer,
                limit_source=f"{profile.name}: mask.coding",
                hint=refused.hint,
            )


def check_corners(design: Design, profile: Profile) -> Iterator[Finding]:
    """Where drawn pixels of a mask meet only in a corner: a warning for electron beams, else a note."""
    if profile.mask is None:
        return
    say = warning if profile.limits.rectangles_only else note
    for layer in range(design.layers):
        try:
            for mask, pixels in masks_of(design, profile, layer).encode(design.levels[layer]):
                at = np.argwhere(mask_contacts(pixels)) + 0.5
                if len(at):
                    yield say(
                        "print.corner",
                        f"In mask {mask.name} {len(at)} pairs of pixels touch only at a corner, where "
                        "writing either joins or parts them.",
                        layer=layer,
                        count=len(at),
                        **located(design, layer, at),
                        value=float(len(at)),
                        limit=0.0,
                        unit="touches",
                        limit_source=profile.limits.source or f"{profile.name}: a kind of mask",
                        hint="Write rectangles, not merged polygons (the default of export).",
                    )
        except ConfigError:
            return


RULES = (
    Rule("print.coding", "masks of the process against the level heights", check_coding, "mask.coding"),
    Rule("print.corner", "pixels of a mask that touch only at a corner", check_corners, "mask"),
)
