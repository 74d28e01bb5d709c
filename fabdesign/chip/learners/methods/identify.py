"""Identify, then redesign: fit the twin's phase errors to what is measured, and optimise the fitted twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fabdesign.chip.angles import wrap
from fabdesign.chip.learners.base import Adam, Floats, Learner, Random, Situation
from fabdesign.chip.metering import Oracle
from fabdesign.chip.twin import Twin
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """Rates, and when the redesign begins."""

    fit_rate: float = number(0.001, "learning rate of the phase errors in rad", low=0, high=3)
    rate: float = number(0.001, "learning rate of the active phases in rad", low=0, high=3)
    listen_epochs: float = number(1, "epochs of measuring before the first redesign", low=0, high=1e6)
    decay: float = number(0.97, "factor on both rates for each epoch", low=0.01, high=1)


class IdentifyThenRedesign(Learner):
    """Each batch is measured once; its outputs correct the twin's phase errors, also of passive devices.

    After a while of listening the active phases follow the gradient of the loss on the corrected twin.
    """

    name = "identify"
    needs = "design"
    Options = Options

    def __init__(self, situation: Situation, options: Any) -> None:
        super().__init__(situation, options)
        assert situation.design is not None
        self.twin = Twin(situation.design)
        count = len(situation.design.phase_rad)
        self.fit = Adam(self.memory, count, "fit.")
        self.adam = Adam(self.memory, situation.phases, "active.")
        self.memory["offset"] = np.zeros(count)

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        inputs = oracle.batch.inputs
        measured = oracle.outputs(phase_rad)
        shrink = self.options.decay ** int(epoch)
        self.twin.offset_rad = self.memory["offset"]
        _, misfit = self.twin.gradient(
            phase_rad, inputs, lambda outputs: (outputs - measured) / measured.size
        )
        self.memory["offset"] = self.twin.offset_rad = self.memory["offset"] + self.fit.change(
            misfit, self.options.fit_rate * shrink
        )
        if epoch >= self.options.listen_epochs:
            _, gradient = self.twin.active_gradient(phase_rad, inputs, oracle.slope)
            change = self.adam.change(gradient, self.options.rate * shrink)
            phase_rad[:] = wrap(phase_rad + change)
