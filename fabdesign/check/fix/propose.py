"""A cleaned design with what it costs: levels changed, phase moved, and the score before and after."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from fabdesign.check.fix.clean import Cleaning, clean_levels
from fabdesign.check.fix.flags import flagger
from fabdesign.check.rules import run_rules
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile

DEFAULT_BUDGET_RAD = math.pi / 2


@dataclass(frozen=True, eq=False)
class Proposal:
    """A design that a process can make more of.

    Attributes:
        design: cleaned; its provenance names its parent.
        layers: what was done to each layer.
        findings: how many places each rule had before and has after, by id.
        scores: of the design before and after; empty without a task, or where nothing was simulated.
    """

    design: Design
    layers: tuple[Cleaning, ...]
    findings: dict[str, tuple[int, int]]
    scores: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Pixels with another level, in all layers."""
        return sum(layer.changed for layer in self.layers)

    def to_dict(self) -> dict[str, Any]:
        """The proposal as plain JSON values."""
        return {
            "design": self.design.content_hash,
            "parent": self.design.provenance["parents"][-1],
            "changed": self.changed,
            "layers": [
                {
                    "before": layer.before,
                    "after": layer.after,
                    "changed": layer.changed,
                    "rms_rad": layer.rms_rad,
                    "largest_rad": layer.largest_rad,
                }
                for layer in self.layers
            ],
            "findings": {name: list(counts) for name, counts in self.findings.items()},
            "scores": self.scores,
        }


def propose_fix(
    design: Design,
    profile: Profile,
    *,
    budget_rad: float = DEFAULT_BUDGET_RAD,
    rescore: bool = True,
    data: str | Path | None = None,
) -> Proposal:
    """Clean a design of features that a process cannot make; the design itself is not changed.

    Args:
        design: the design.
        profile: the process.
        budget_rad: largest change of phase of a pixel, on the circle.
        rescore: simulate the design before and after, where it has a task (needs torch).
        data: test data in place of the design's.

    Raises:
        ConfigError: the budget is no angle above 0, or the coding of the process cannot make the heights.
    """
    if not (math.isfinite(budget_rad) and budget_rad > 0):
        raise ConfigError(f"The phase budget must be an angle above 0; got {budget_rad!r} rad.")
    contrast = 2 * math.pi / design.physical.full_turn_um
    layers = tuple(
        clean_levels(
            levels,
            design.height_of_level_um[layer] * contrast,
            flagger(design, profile, layer),
            budget_rad,
        )
        for layer, levels in enumerate(design.levels)
    )
    cleaned = replace(
        design,
        levels=np.stack([layer.levels for layer in layers]),
        phase=None,
        scores={},
        provenance=_provenance(design, profile, budget_rad),
    )
    before, after = _counts(design, profile), _counts(cleaned, profile)
    proposal = Proposal(cleaned, layers, {name: (n, after.get(name, 0)) for name, n in before.items()})
    if rescore and design.physical.has_task:
        return replace(proposal, scores=_scores(design, cleaned, data))
    return proposal


def _provenance(design: Design, profile: Profile, budget_rad: float) -> dict[str, Any]:
    parents = [*design.provenance.get("parents", []), design.content_hash]
    cleaned = {"process": profile.name, "budget_rad": budget_rad, "method": "majority of eight neighbours"}
    return {**design.provenance, "parents": parents, "cleaned": cleaned}


def _counts(design: Design, profile: Profile) -> Counter[str]:
    found: Counter[str] = Counter()
    for finding in run_rules(design, profile):
        found[finding.id] += finding.count
    return found


def _scores(design: Design, cleaned: Design, data: str | Path | None) -> dict[str, Any]:
    from fabdesign.training.evaluate import evaluate_design  # noqa: PLC0415  (brings torch)

    return {
        "metric": design.scores.get("metric", "accuracy"),
        "before": evaluate_design(design, data, 2).to_json(),
        "after": evaluate_design(cleaned, data, 2).to_json(),
    }
