"""Random copies of a design, judged by the tolerance engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabdesign.check.tolerance import make_plan, run_samples, stated_plan, summarise
from fabdesign.check.tolerance.monte_carlo import simulator_of
from fabdesign.design import Design
from fabdesign.process import load_profile

PROFILE = "2pp-63x-ip-dip"
ERRORS = ("layer-shift", "height-gain", "shrink-z", "roughness", "index")
"""Overlay, height and index: the profile's numbers but for the scale in the plane."""
POINTS = 0.03
"""How far below the plain design's score as designed the spec lies."""
SEED = 20261128
"""Of the copies that judge; no training draws from it."""


@dataclass(frozen=True)
class Judge:
    """How designs are judged.

    Args:
        copies: random copies of each.
        digits: the first so many test digits.
        errors: names of the errors; all that the profile states where empty.
        work: folder that keeps finished copies.
    """

    copies: int
    digits: int
    errors: Sequence[str]
    work: Path

    def nominal(self, design: Design) -> float:
        """Accuracy as designed, on the same digits."""
        return float(simulator_of(self._plan(design)).nominal["accuracy"])

    def of(self, design: Design, name: str, spec: float) -> dict[str, Any]:
        """Return the distribution of the copies' accuracy, and the yield at a spec."""
        plan = self._plan(design)
        records = run_samples(plan, self.copies, checkpoint=self.work / f"{name}.json", resume=True)
        found = summarise(plan, records, metric="accuracy", nominal=self.nominal(design), spec=spec)
        told = found.to_json()
        told["assembled"].pop("curve")
        told["content"] = design.content_hash
        told["test_scores"] = dict(design.scores.get("quantised", {}))
        told["scores"] = [round(record["scores"]["accuracy"], 4) for record in records]
        told["terms"] = [term.to_json() for term in plan.terms]
        return told

    def _plan(self, design: Design) -> Any:
        only = list(self.errors) or None
        plan = make_plan(design, load_profile(PROFILE), only=only, seed=SEED, limit=self.digits)
        return stated_plan(plan)
