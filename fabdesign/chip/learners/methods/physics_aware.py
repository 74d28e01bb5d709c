"""Physics-aware training: forward on the chip, backward through the twin (Wright et al., Nature 601, 549)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fabdesign.chip.angles import wrap
from fabdesign.chip.learners.base import ActiveTwin, Adam, Floats, Learner, Random, Situation
from fabdesign.chip.metering import Oracle
from fabdesign.chip.twin import Twin
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """Rate and decay."""

    rate: float = number(0.002, "learning rate in rad", low=0, high=3)
    decay: float = number(0.97, "factor on the rate for each epoch", low=0.01, high=1)


class PhysicsAware(Learner):
    """The loss's slope at the measured outputs, taken back through the twin; 1 query a batch."""

    name = "physics-aware"
    needs = "twin"
    Options = Options

    def __init__(self, situation: Situation, options: Any) -> None:
        super().__init__(situation, options)
        self.twin = _twin(situation)
        self.adam = Adam(self.memory, situation.phases)

    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        slope = oracle.slope(oracle.outputs(phase_rad))
        _, gradient = self.twin.active_gradient(phase_rad, oracle.batch.inputs, lambda _outputs: slope)
        rate = self.options.rate * self.options.decay ** int(epoch)
        phase_rad[:] = wrap(phase_rad + self.adam.change(gradient, rate))


def _twin(situation: Situation) -> ActiveTwin:
    if situation.twin is not None:
        return situation.twin
    assert situation.design is not None
    return Twin(situation.design)
