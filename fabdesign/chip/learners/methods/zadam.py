"""ZAdam: coordinate-wise Adam on difference quotients (Chen et al., ZOO, AISec 2017, Algorithm 2)."""

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
    """Rate, step of the quotient, share."""

    rate: float = number(1e-3, "learning rate in rad", low=0, high=3)
    step_rad: float = number(0.02, "h of the difference quotient in rad", low=1e-6, high=3)
    share: float = number(0.1, "s, the share of active phases tuned in a batch", low=0, high=1)


class CoordinateAdam(Learner):
    """g = [L(φ + h) − L(φ − h)]/2h for each drawn phase in turn, then an Adam step; 2·s·|A| queries."""

    name = "zadam"
    Options = Options

    def __init__(self, situation: Situation, options: Any) -> None:
        super().__init__(situation, options)
        self.adam = Adam(self.memory, situation.phases)

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        for entry in self.sample(random, self.options.share):
            slope = np.array([central_slope(phase_rad, entry, self.options.step_rad, oracle)])
            change = self.adam.change(slope, self.options.rate, np.array([entry]))
            phase_rad[entry] = wrap(phase_rad[entry] + change[0])


def central_slope(phase_rad: Floats, entry: int, step_rad: float, oracle: Oracle) -> float:
    """The central difference quotient by one phase; two queries."""
    losses = []
    for change in (step_rad, -step_rad):
        trial = phase_rad.copy()
        trial[entry] = wrap(trial[entry] + change)
        losses.append(oracle.loss(trial))
    return (losses[0] - losses[1]) / (2 * step_rad)
