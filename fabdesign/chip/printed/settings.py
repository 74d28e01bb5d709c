"""Options of learners for a few dozen zones, where those for hundreds of heaters are too timid."""

from __future__ import annotations

from collections.abc import Mapping

LEARNER_OPTIONS: Mapping[str, Mapping[str, object]] = {
    "szo-scd": {"share": 1.0, "step_rad": 0.2, "half_life": 0.8},
    "stp": {"share": 1.0, "step_rad": 0.2, "half_life": 0.8},
    "spsa": {"rate": 0.03, "perturbation_rad": 0.1},
    "pepg": {"rate": 0.05, "width_rad": 0.1},
    "physics-aware": {"rate": 0.1, "decay": 0.9},
}
"""By learner; others keep their own defaults."""
