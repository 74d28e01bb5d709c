"""Levels against the slices that a printer cuts them into."""

from __future__ import annotations

from collections.abc import Iterator

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief import make_relief
from fabdesign.relief.slice_choice import SliceChoice, layer_slices


def check_slices(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error for levels that print alike, a warning where a face lies on a plane or a step on none."""
    if profile.kind != "2pp" or profile.axial.slice_um is None:
        return
    try:
        relief = make_relief(design, profile)
    except ConfigError as refused:
        yield error("print.slice", refused.message, hint=refused.hint)
        return
    for layer in range(design.layers):
        choice = layer_slices(relief, layer, profile, full_turn_um=design.physical.full_turn_um)
        if choice is not None and (choice.as_set.lost or choice.as_set.on_plane):
            yield _finding(choice, layer, source_of(profile, "axial.slice_um", profile.axial.slice_um))


def _finding(choice: SliceChoice, layer: int, source: str) -> Finding:
    plan = choice.as_set
    fields = {
        "layer": layer,
        "limit": plan.slice_pm / 1e3,
        "unit": "nm",
        "limit_source": source,
        "hint": f"Set the slicer to {choice.setting}.",
    }
    if not plan.lost:
        return warning(
            "print.slice",
            f"The top of level {plan.on_plane[0]} lies on a slice plane: one slice more or less may print.",
            count=len(plan.on_plane),
            value=0.0,
            **fields,
        )
    low, high = plan.lost[0]
    height = dict(zip(plan.level, plan.height_pm, strict=True))
    step_nm = (height[high] - height[low]) / 1e3
    return error(
        "print.slice",
        f"Levels {low} and {high}, {step_nm:.4g} nm apart, print alike in slices of "
        f"{plan.slice_pm / 1e3:.4g} nm ({len(plan.lost)} such pairs).",
        count=len(plan.lost),
        value=step_nm,
        **fields,
    )


RULES = (Rule("print.slice", "steps of levels against the slices", check_slices, "axial.slice_um"),)
