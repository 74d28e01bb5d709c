"""SPSA: simultaneous perturbation, two queries whatever the number of phases (Spall, IEEE TAC 37, 332)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fabdesign.chip.angles import wrap
from fabdesign.chip.learners.base import Adam, Floats, Learner, Random, Situation
from fabdesign.chip.metering import Oracle
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """Perturbation, rate and averaging."""

    perturbation_rad: float = number(0.02, "size of the perturbation in rad", low=1e-6, high=3)
    rate: float = number(0.003, "learning rate in rad", low=0, high=3)
    decay: float = number(0.985, "factor on the rate for each epoch", low=0.01, high=1)
    pairs: float = number(1, "pairs averaged in a batch", low=1, high=1e6)


class SimultaneousPerturbation(Learner):
    """g = Δ [L(φ + cΔ) − L(φ − cΔ)]/2c with random signs Δ, smoothed by Adam; 2 queries a pair."""

    name = "spsa"
    Options = Options

    def __init__(self, situation: Situation, options: Any) -> None:
        super().__init__(situation, options)
        self.adam = Adam(self.memory, situation.phases)

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        width, pairs = self.options.perturbation_rad, round(self.options.pairs)
        gradient = np.zeros(len(phase_rad))
        for _ in range(pairs):
            signs = random.choice([-1.0, 1.0], len(phase_rad))
            plus = oracle.loss(wrap(phase_rad + width * signs))
            minus = oracle.loss(wrap(phase_rad - width * signs))
            gradient += (plus - minus) / (2 * width * pairs) * signs
        rate = self.options.rate * self.options.decay ** int(epoch)
        phase_rad[:] = wrap(phase_rad + self.adam.change(gradient, rate))
