"""SZO-SCD: sparse zeroth-order stochastic coordinate descent with power-aware pruning.

Gu et al., AAAI 2021, Eq. 7 and Algorithm 1. The algorithm as printed applies the back step with probability
p; the text and Figure 6 need it pruned with probability p, and so it is here.
"""

from __future__ import annotations

from dataclasses import dataclass

from fabdesign.chip.angles import wrap
from fabdesign.chip.learners.base import Floats, Learner, Random
from fabdesign.chip.metering import Oracle
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """How far, how many, how sparing."""

    step_rad: float = number(0.02, "first step δφ in rad", low=1e-6, high=3)
    decay: float = number(0.985, "factor on the step for each epoch", low=0.01, high=1)
    half_life: float = number(0.0, "epochs in which the step is halved besides; 0: never", low=0, high=1e6)
    share: float = number(0.1, "s, the share of active phases tuned in a batch", low=0, high=1)
    pruning: float = number(0.0, "p, the probability to skip a back step that raises power", low=0, high=1)


class SparseCoordinateDescent(Learner):
    """Try +δ on one phase at a time; keep it if the loss falls, else step back by −δ without a look.

    A back step across 0 to nearly 2π raises the commanded power by almost a turn; with probability p it is
    not made. Costs 1 + 1.5·s·|A| queries a batch on average.
    """

    name = "szo-scd"
    Options = Options

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        delta = self.shrunk(self.options.step_rad, epoch)
        loss = oracle.loss(phase_rad)
        for entry in self.sample(random, self.options.share):
            before = phase_rad[entry]
            trial = phase_rad.copy()
            trial[entry] = wrap(before + delta)
            plus = oracle.loss(trial)
            if plus < loss:
                phase_rad[entry], loss = trial[entry], plus
                continue
            back = float(wrap(before - delta))
            if back > before and prunes(random, self.options.pruning):
                continue
            phase_rad[entry] = back
            loss = oracle.loss(phase_rad)


def prunes(random: Random, pruning: float) -> bool:
    """Whether a back step that raises power is left out: with probability p."""
    return float(random.random()) < pruning
