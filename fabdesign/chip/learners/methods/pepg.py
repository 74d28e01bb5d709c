"""PEPG: parameter-exploring policy gradients, symmetric samples (Sehnke et al., Neural Networks 23, 551)."""

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
    """Population, widths and rates."""

    pairs: float = number(4, "symmetric pairs in a batch", low=1, high=1e6)
    width_rad: float = number(0.02, "first standard deviation of the search in rad", low=1e-6, high=3)
    rate: float = number(0.003, "learning rate of the centre in rad", low=0, high=3)
    width_rate: float = number(0.02, "relative learning rate of the widths", low=0, high=1)
    decay: float = number(0.985, "factor on the rate for each epoch", low=0.01, high=1)


class ParameterExploring(Learner):
    """Search with a Gaussian around the phases; move its centre and each width by what the pairs say.

    Centre: Σ ε (L₊ − L₋)/2σ², smoothed by Adam. Width: σ grows where pairs that went far did better than the
    batch's mean: Δσ ∝ (ε² − σ²)/σ · (L̄ − (L₊ + L₋)/2), with losses scaled to unit spread.
    """

    name = "pepg"
    Options = Options

    def __init__(self, situation: Situation, options: Any) -> None:
        super().__init__(situation, options)
        self.adam = Adam(self.memory, situation.phases)
        self.memory["width"] = np.full(situation.phases, options.width_rad)

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        width, pairs = self.memory["width"], round(self.options.pairs)
        steps = width * random.standard_normal((pairs, len(phase_rad)))
        losses = np.array(
            [[oracle.loss(wrap(phase_rad + sign * step)) for sign in (1, -1)] for step in steps]
        )
        gradient = ((losses[:, 0] - losses[:, 1]) / 2) @ (steps / width**2) / pairs
        rate = self.options.rate * self.options.decay ** int(epoch)
        phase_rad[:] = wrap(phase_rad + self.adam.change(gradient, rate))
        mean = losses.mean(axis=1)
        if pairs > 1 and (spread := float(mean.std())) > 0:
            reward = (mean.mean() - mean) / spread
            pull = reward @ ((steps**2 - width**2) / width**2) / pairs
            factor = np.exp(np.clip(self.options.width_rate * pull, -0.1, 0.1))
            low, high = self.options.width_rad / 10, self.options.width_rad * 10
            self.memory["width"] = np.clip(width * factor, low, high)
