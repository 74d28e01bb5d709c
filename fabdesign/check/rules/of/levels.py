"""Level heights against those that the process can make: multiples of its slice, sums of its etches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.process.candidates import candidate_heights

TOLERANCE_NM = 1.0
"""Heights this close to one that can be made count as made."""


def check_levels(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error for each layer with level heights that the process cannot make."""
    if profile.kind == "ideal":
        yield warning(
            "print.levels",
            f"The process {profile.name} is no machine: nothing says that these heights can be made.",
            hint="Check against the profile of a real process with --process.",
        )
        return
    for layer, heights_um in enumerate(design.height_of_level_um):
        used_um = heights_um[np.unique(design.levels[layer])]
        yield from _layer(design, profile, layer, used_um)


def _layer(design: Design, profile: Profile, layer: int, used_um: NDArray[np.float64]) -> Iterator[Finding]:
    turn_um = design.physical.full_turn_um
    turns = max(1, int(np.ceil(used_um.max() / turn_um)) + 1)
    levels = design.height_of_level_um.shape[1]
    try:
        made = candidate_heights(profile, turn_um=turn_um, levels=levels, max_turns=turns)
    except ConfigError as unknown:
        yield error(
            "print.levels", f"The process gives no heights: {unknown.message}", layer=layer, hint=unknown.hint
        )
        return
    if made is None:
        return
    off_um = np.abs(used_um[:, None] - made.height_um[None]).min(axis=1)
    worst = int(off_um.argmax())
    if off_um[worst] * 1e3 > TOLERANCE_NM:
        count = int(np.count_nonzero(off_um * 1e3 > TOLERANCE_NM))
        yield error(
            "print.levels",
            f"{count} of {len(used_um)} heights cannot be made from {made.rule}; "
            f"{used_um[worst] * 1e3:.5g} nm is {off_um[worst] * 1e3:.4g} nm "
            f"({2 * np.pi * off_um[worst] / turn_um:.3g} rad) off.",
            layer=layer,
            count=count,
            value=float(off_um[worst]) * 1e3,
            limit=TOLERANCE_NM,
            unit="nm",
            limit_source=_source(profile),
            hint=f"Train on the levels of this process, or choose {made.advice}.",
        )


def _source(profile: Profile) -> str:
    slices = profile.axial.slice_um
    if profile.kind == "2pp" and slices is not None:
        return source_of(profile, "axial.slice_um", slices)
    return f"{profile.name}: {'mask' if profile.mask is not None else 'dose'}"


RULES = (
    Rule(
        "print.levels",
        "level heights against those the process can make",
        check_levels,
        "axial.slice_um, mask, dose",
    ),
)
