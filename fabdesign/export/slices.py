"""The slice rule for formats that other software slices: verified at export, with the setting to use."""

from __future__ import annotations

from typing import Any

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief import Relief
from fabdesign.relief.slice_choice import SliceChoice, layer_slices

SLICED_FORMATS = ("stl", "3mf")
"""Formats that hold solids, which a slicer cuts by a setting that is in no file."""


def slice_report(
    relief: Relief, profile: Profile, physical: Physical, *, allow_lost_levels: bool = False
) -> dict[str, Any] | None:
    """Say what slices will make of each layer, and which setting the operator should use.

    Args:
        relief: what is exported.
        profile: the process that slices it.
        physical: the design's record, for phase errors.
        allow_lost_levels: go on where levels print alike.

    Returns:
        Plain JSON values with one record for each layer; None for a process without slices.

    Raises:
        ConfigError: levels print alike.
    """
    found = [
        layer_slices(relief, layer, profile, full_turn_um=physical.full_turn_um)
        for layer in range(relief.layers)
    ]
    choices = [choice for choice in found if choice is not None]
    if not choices:
        return None
    if not allow_lost_levels:
        for layer, choice in enumerate(choices):
            _refuse_lost(choice, layer, profile)
    return {
        "operator": list(dict.fromkeys(_advice(choice, layer) for layer, choice in enumerate(choices))),
        "layers": [{"layer": layer, **choice.to_dict()} for layer, choice in enumerate(choices)],
    }


def _refuse_lost(choice: SliceChoice, layer: int, profile: Profile) -> None:
    plan, better = choice.as_set, choice.recommended
    if not plan.lost:
        return
    low, high = plan.lost[0]
    keep = (
        "No slices keep them all; train on the levels of this process."
        if better.lost
        else f"Slices of {better.slice_pm / 1e3:g} nm keep them: axial.slice_um = {better.slice_pm / 1e6:g} "
        "in a profile of your own."
    )
    raise ConfigError(
        f"Levels {low} and {high} of layer {layer} print alike in the slices of {plan.slice_pm / 1e3:g} nm "
        f"that {profile.name} has ({len(plan.lost)} such pairs).",
        hint=f"{keep} --allow-lost-levels exports all the same.",
    )


def _advice(choice: SliceChoice, layer: int) -> str:
    plan = choice.recommended
    phases = plan.phase_error_rad or ()
    worst_nm, worst_rad = max(map(abs, plan.error_pm)) / 1e3, max(map(abs, phases), default=0.0)
    if plan.exact:
        return f"Set the slicer to {choice.setting}: every level prints as designed."
    return (
        f"Layer {layer}: set the slicer to {choice.setting}: heights print up to {worst_nm:.3g} nm "
        f"({worst_rad:.2g} rad) off the design."
    )
