"""The narrowest feature and gap of everything drawn, by the lengths of its runs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from fabdesign.check.finding import Finding, error
from fabdesign.check.rules.planes import located, planes_of
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief.runs import Kind, RunSurvey, survey_runs

_ROUND = 1e-9
_WORDS: dict[Kind, tuple[str, str, str]] = {
    "solid": ("print.feature", "lateral.min_feature_um", "features"),
    "space": ("print.space", "lateral.min_space_um", "gaps"),
}


def check_features(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error for each mask, or plane of a level, with features narrower than the process draws."""
    yield from _check(design, profile, "solid")


def check_spaces(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error for each mask, or plane of a level, with gaps narrower than the process keeps open."""
    yield from _check(design, profile, "space")


def _check(design: Design, profile: Profile, kind: Kind) -> Iterator[Finding]:
    lateral = profile.lateral
    limit = lateral.min_feature_um if kind == "solid" else lateral.min_space_um
    least = 1 if limit is None else math.ceil(limit.value / design.physical.pitch_um - _ROUND)
    if limit is None or least <= 1:
        return
    asked = partial(survey_runs, solid=least) if kind == "solid" else partial(survey_runs, space=least)
    rule, key, things = _WORDS[kind]
    for layer in range(design.layers):
        for name, found in _surveys(design, profile, layer, asked):
            count = found.count(kind)
            if count:
                shortest = found.shortest_solid if kind == "solid" else found.shortest_space
                narrow_um = (shortest or 0) * design.physical.pitch_um
                yield error(
                    rule,
                    f"{name[0].upper()}{name[1:]} has {count} {things} below {limit.value:.4g} um, the "
                    f"narrowest {narrow_um:.4g} um.",
                    layer=layer,
                    count=count,
                    **located(design, layer, found.middles(kind)),
                    value=narrow_um,
                    limit=limit.value,
                    unit="um",
                    limit_source=source_of(profile, key, limit),
                    hint="Clean the design (fabdesign check --fix), train with larger pixels, or use a "
                    "process that resolves more.",
                )


def _surveys(
    design: Design, profile: Profile, layer: int, asked: partial[RunSurvey]
) -> Iterator[tuple[str, RunSurvey]]:
    try:
        for name, pixels in planes_of(design, profile, layer):
            yield name, asked(pixels)
    except ConfigError:  # the coding cannot make the heights: rule print.coding
        return


RULES = (
    Rule(
        "print.feature", "narrowest feature of each mask or level", check_features, "lateral.min_feature_um"
    ),
    Rule("print.space", "narrowest gap of each mask or level", check_spaces, "lateral.min_space_um"),
)
