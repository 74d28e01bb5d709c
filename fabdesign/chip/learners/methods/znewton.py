"""ZNewton: coordinate-wise Newton on difference quotients (Chen et al., ZOO, AISec 2017, Algorithm 3)."""

from __future__ import annotations

from dataclasses import dataclass

from fabdesign.chip.angles import wrap
from fabdesign.chip.learners.base import Floats, Learner, Random
from fabdesign.chip.metering import Oracle
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """Rate, step of the quotients, share."""

    rate: float = number(1e-3, "learning rate", low=0, high=3)
    step_rad: float = number(0.02, "h of the difference quotients in rad", low=1e-6, high=3)
    share: float = number(0.1, "s, the share of active phases tuned in a batch", low=0, high=1)


class CoordinateNewton(Learner):
    """φ ← φ − rate · g/h where the curvature h is positive, − rate · g elsewhere; 3·s·|A| queries."""

    name = "znewton"
    Options = Options

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        width = self.options.step_rad
        for entry in self.sample(random, self.options.share):
            losses = []
            for change in (width, 0.0, -width):
                trial = phase_rad.copy()
                trial[entry] = wrap(trial[entry] + change)
                losses.append(oracle.loss(trial))
            slope = (losses[0] - losses[2]) / (2 * width)
            curvature = (losses[0] - 2 * losses[1] + losses[2]) / width**2
            newton = slope / curvature if curvature > 0 else slope
            phase_rad[entry] = wrap(phase_rad[entry] - self.options.rate * newton)
