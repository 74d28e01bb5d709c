"""STP, stochastic three points: the best of φ + δ, φ − δ and φ (Bergou et al., SIAM J. Optim. 30, 2726)."""

from __future__ import annotations

from dataclasses import dataclass

from fabdesign.chip.angles import wrap
from fabdesign.chip.learners.base import Floats, Learner, Random
from fabdesign.chip.metering import Oracle
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """How far and how many."""

    step_rad: float = number(0.02, "first step in rad", low=1e-6, high=3)
    decay: float = number(0.985, "factor on the step for each epoch", low=0.01, high=1)
    half_life: float = number(0.0, "epochs in which the step is halved besides; 0: never", low=0, high=1e6)
    share: float = number(0.1, "s, the share of active phases tuned in a batch", low=0, high=1)


class ThreePoints(Learner):
    """Measure both sides of each drawn phase and move only where the loss falls; 1 + 2·s·|A| queries."""

    name = "stp"
    Options = Options

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        delta = self.shrunk(self.options.step_rad, epoch)
        best = oracle.loss(phase_rad)
        for entry in self.sample(random, self.options.share):
            before = phase_rad[entry]
            for candidate in (wrap(before + delta), wrap(before - delta)):
                trial = phase_rad.copy()
                trial[entry] = candidate
                loss = oracle.loss(trial)
                if loss < best:
                    best, phase_rad[entry] = loss, candidate
