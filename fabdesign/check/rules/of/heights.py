"""Relief heights against what the machine can make."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fabdesign.check.finding import Finding, error
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.design import Design
from fabdesign.process import Profile

_ROUND = 1e-9


def check_aspect(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where a pixel is too slender to be made."""
    limit, height_um = profile.axial.aspect_max, float(design.height_um().max())
    aspect = height_um / design.physical.pitch_um
    if limit is not None and aspect > limit.value * (1 + _ROUND):
        yield error(
            "print.aspect",
            f"The relief is {height_um:.4g} um tall on pixels of {design.physical.pitch_um:.4g} um: aspect "
            f"{aspect:.2f}, at most {limit.value:.4g} can be made.",
            value=aspect,
            limit=limit.value,
            unit="height / pitch",
            limit_source=source_of(profile, "axial.aspect_max", limit),
            hint="Use a larger pitch, or a material of higher index.",
        )


def check_height(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where the relief is taller than the machine makes."""
    limit, height_um = profile.axial.height_max_um, float(design.height_um().max())
    if limit is not None and height_um > limit.value * (1 + _ROUND):
        yield error(
            "print.height",
            f"The relief is {height_um:.4g} um tall; at most {limit.value:.4g} um can be made.",
            value=height_um,
            limit=limit.value,
            unit="um",
            limit_source=source_of(profile, "axial.height_max_um", limit),
            hint="Use fewer turns, or a material of higher index.",
        )


def check_step(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where neighbouring levels are too far apart."""
    limit = profile.axial.level_step_max_nm
    if limit is None or design.height_of_level_um.shape[1] < 2:
        return
    step_nm = float(np.diff(design.height_of_level_um, axis=1).max()) * 1e3
    if step_nm > limit.value * (1 + _ROUND):
        yield error(
            "print.step",
            f"Neighbouring levels are {step_nm:.4g} nm apart; at most {limit.value:.4g} nm can be made.",
            value=step_nm,
            limit=limit.value,
            unit="nm",
            limit_source=source_of(profile, "axial.level_step_max_nm", limit),
            hint="Use more levels.",
        )


RULES = (
    Rule("print.aspect", "height of a pixel against its width", check_aspect, "axial.aspect_max"),
    Rule("print.height", "height of the relief", check_height, "axial.height_max_um"),
    Rule("print.step", "distance of neighbouring levels", check_step, "axial.level_step_max_nm"),
)
