"""What every learner offers, and the little that they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.design import MeshDesign
from fabdesign.chip.metering import Oracle
from fabdesign.errors import FileFormatError
from fabdesign.quantise.options import NoOptions

Floats = NDArray[np.float64]
Random = np.random.Generator


class ActiveTwin(Protocol):
    """A model of a device that can be differentiated by its active phases."""

    def active_gradient(
        self, active_rad: Floats, inputs: Floats, cotangent: Callable[[Floats], Floats]
    ) -> tuple[Floats, Floats]:
        """Differentiate a function of the outputs.

        Args:
            active_rad: [active phase].
            inputs: [example, input].
            cotangent: from the twin's outputs to the derivative by each output.

        Returns:
            The twin's outputs, and the derivative by each active phase.
        """


@dataclass(frozen=True)
class Situation:
    """What a learner may know beforehand.

    Args:
        phases: the number of active phases.
        design: the mesh that was to be made; None where nobody knows, or where it is no mesh.
        twin: a model to differentiate, in place of the mesh as designed.
    """

    phases: int
    design: MeshDesign | None = None
    twin: ActiveTwin | None = None


class Learner(ABC):
    """Tunes active phases, one mini-batch after the other.

    One learner is one file in ``fabdesign/chip/learners/methods`` with one concrete subclass. What it must
    keep from batch to batch are arrays in `memory`, so that a calibration can go on after an interruption.

    Args:
        situation: what it may know.
        options: an instance of the class's ``Options``.
    """

    name: ClassVar[str]
    needs: ClassVar[Literal["nothing", "twin", "design"]] = "nothing"
    Options: ClassVar[type[Any]] = NoOptions

    def __init__(self, situation: Situation, options: Any) -> None:
        self.situation = situation
        self.options = options
        self.memory: dict[str, NDArray[Any]] = {}

    @abstractmethod
    def step(self, phase_rad: Floats, oracle: Oracle, random: Random, epoch: float) -> None:
        """Improve the phases on one mini-batch.

        Args:
            phase_rad: the active phases, changed in place, and only to what is to be kept: the budget may end
                inside a step. [active phase]
            oracle: the loss of this batch.
            random: the step's own random numbers.
            epoch: how often the training data has been seen, with fractions.
        """

    def start(self, phase_rad: Floats) -> None:  # noqa: B027  (most learners need no look)
        """Look at the first phases before the first step."""

    def restore(self, memory: Mapping[str, NDArray[Any]]) -> None:
        """Take up the memory of an interrupted calibration.

        Raises:
            FileFormatError: it is not of this learner.
        """
        mine = {name: array.shape for name, array in self.memory.items()}
        if mine != {name: array.shape for name, array in memory.items()}:
            raise FileFormatError(f"The saved memory is not that of the learner {self.name!r}.")
        self.memory.update({name: array.copy() for name, array in memory.items()})

    def shrunk(self, step: float, epoch: float) -> float:
        """A step after some epochs: step · decay^⌊epoch⌋, and halved every `half_life` epochs."""
        options = self.options
        halvings = epoch / options.half_life if getattr(options, "half_life", 0.0) > 0 else 0.0
        return float(step * options.decay ** int(epoch) * 0.5**halvings)

    def sample(self, random: Random, share: float) -> NDArray[np.int64]:
        """Draw a share of the active phases without replacement, in the order of the light.

        A set has no order of its own; in that of the light a simulated chip has least to compute anew.
        """
        count = max(1, round(share * self.situation.phases))
        return np.sort(random.choice(self.situation.phases, count, replace=False))


class Adam:
    """Adam on some entries of an array; its moments live in a learner's memory (Kingma & Ba, 2015).

    Args:
        memory: where the moments are kept.
        count: entries.
        prefix: of the names in the memory.
    """

    def __init__(self, memory: dict[str, NDArray[Any]], count: int, prefix: str = "") -> None:
        self.memory = memory
        self.names = [prefix + name for name in ("first", "second", "steps")]
        for name in self.names:
            memory[name] = np.zeros(count)

    def change(
        self, gradient: Floats, rate: float, entries: NDArray[np.int64] | slice = slice(None)
    ) -> Floats:
        """What to add to the entries, −rate · m̂ / (√v̂ + 1e-8)."""
        first, second, steps = (self.memory[name] for name in self.names)
        steps[entries] += 1
        first[entries] += 0.1 * (gradient - first[entries])
        second[entries] += 0.001 * (gradient**2 - second[entries])
        mean = first[entries] / (1 - 0.9 ** steps[entries])
        spread = second[entries] / (1 - 0.999 ** steps[entries])
        return np.asarray(-rate * mean / (np.sqrt(spread) + 1e-8))
