"""ADMM: a price on power, min L(φ) + λ P(φ), split into φ and z (Boyd et al., Found. Trends ML 3, 1, 2011).

Gu et al. compare with "ADMM" by its λ alone; the splitting, ρ and schedule here are this project's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fabdesign.chip.angles import TURN, wrap
from fabdesign.chip.learners.base import Floats, Learner, Random, Situation
from fabdesign.chip.metering import Oracle
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """Price, coupling and the coordinate steps."""

    price: float = number(0.1, "λ, on the mean active phase in rad", low=0, high=1e6)
    coupling: float = number(1.0, "ρ, on the mean squared gap of φ and z", low=1e-9, high=1e6)
    step_rad: float = number(0.02, "first step in rad", low=1e-6, high=3)
    decay: float = number(0.985, "factor on the step for each epoch", low=0.01, high=1)
    share: float = number(0.1, "s, the share of active phases tuned in a batch", low=0, high=1)


class PowerPrice(Learner):
    """Coordinate steps on L(φ) + ρ/2 ⟨(φ − z + u)²⟩, then z = max(φ + u − λ/ρ, 0) and u ← u + φ − z.

    ⟨⟩ is the mean over the active phases, so λ and ρ do not depend on their number. Back steps end at 0.
    """

    name = "admm"
    Options = Options

    def __init__(self, situation: Situation, options: Any) -> None:
        super().__init__(situation, options)
        self.memory = {"z": np.zeros(situation.phases), "u": np.zeros(situation.phases)}

    def start(self, phase_rad: Floats) -> None:
        self.memory["z"] = phase_rad.copy()

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        delta = self.options.step_rad * self.options.decay ** int(epoch)
        loss = oracle.loss(phase_rad)
        for entry in self.sample(random, self.options.share):
            before = phase_rad[entry]
            trial = phase_rad.copy()
            trial[entry] = wrap(before + delta)
            plus = oracle.loss(trial)
            gain = self._gap(entry, trial[entry]) - self._gap(entry, before)
            if plus + gain < loss:
                phase_rad[entry], loss = trial[entry], plus
            else:
                phase_rad[entry] = max(before - delta, 0.0)
                loss = oracle.loss(phase_rad)
        self._settle(phase_rad)

    def _gap(self, entry: int, phase: float) -> float:
        gap = phase - self.memory["z"][entry] + self.memory["u"][entry]
        return float(self.options.coupling / 2 * gap**2 / self.situation.phases)

    def _settle(self, phase_rad: Floats) -> None:
        shifted = phase_rad + self.memory["u"]
        z = np.clip(shifted - self.options.price / self.options.coupling, 0.0, TURN)
        self.memory["z"], self.memory["u"] = z, shifted - z
