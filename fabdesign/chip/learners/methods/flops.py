"""FLOPS: a gradient from random Gaussian directions (Gu et al., DAC 2020)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fabdesign.chip.angles import wrap
from fabdesign.chip.learners.base import Floats, Learner, Random
from fabdesign.chip.metering import Oracle
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """Directions and step."""

    rate: float = number(0.1, "learning rate", low=0, high=1e3)
    sigma_rad: float = number(0.02, "standard deviation of the directions in rad", low=1e-6, high=3)
    directions: float = number(60, "Q, directions in a batch", low=1, high=1e6)
    decay: float = number(0.985, "factor on the learning rate for each epoch", low=0.01, high=1)
    share: float = number(0.1, "s, the share of active phases perturbed in a batch", low=0, high=1)


class GaussianDirections(Learner):
    """g = 1/(Qσ²) Σ_q [L(φ + d_q) − L(φ)] d_q with d_q ~ N(0, σ²I); then φ ← φ − rate · g; 1 + Q queries."""

    name = "flops"
    Options = Options

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        count, sigma = round(self.options.directions), self.options.sigma_rad
        entries = self.sample(random, self.options.share)
        base = oracle.loss(phase_rad)
        gradient = np.zeros(len(entries))
        for _ in range(count):
            direction = sigma * random.standard_normal(len(entries))
            trial = phase_rad.copy()
            trial[entries] = wrap(trial[entries] + direction)
            gradient += (oracle.loss(trial) - base) / (count * sigma**2) * direction
        rate = self.options.rate * self.options.decay ** int(epoch)
        phase_rad[entries] = wrap(phase_rad[entries] - rate * gradient)
