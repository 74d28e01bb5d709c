"""Counting what is asked of an instrument, asking again after a time-out, and stopping at a budget."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.instrument import Instrument, InstrumentError, InstrumentTimeout
from fabdesign.chip.loss import LARGEST_OUTPUT, Examples, Objective

Floats = NDArray[np.float64]


class BudgetSpent(Exception):  # noqa: N818  (it is a state, not a fault)
    """The next query would exceed the budget."""


class Meter:
    """An instrument with a counter.

    One query is one measurement of up to `lanes` examples, which a chip takes at once on as many wavelengths.

    Args:
        instrument: what is asked.
        outputs: how many outputs it must give.
        budget: the most queries for learning; None for no limit.
        lanes: examples measured at once.
        attempts: how often to ask where the answer does not come in time.
    """

    def __init__(
        self,
        instrument: Instrument,
        outputs: int,
        *,
        budget: int | None = None,
        lanes: int = 32,
        attempts: int = 3,
    ) -> None:
        self.instrument = instrument
        self.outputs = outputs
        self.budget = budget
        self.lanes = lanes
        self.attempts = attempts
        self.queries = 0
        """Answered queries for learning."""
        self.checks = 0
        """Answered queries to see how well it goes."""
        self.timeouts = 0
        """Answers that did not come in time."""

    def query(self, phase_rad: Floats, inputs: Floats) -> Floats:
        """Measure for learning.

        Raises:
            BudgetSpent: the budget does not allow it.
            InstrumentError: no usable answer.
        """
        cost = self._cost(inputs)
        if self.budget is not None and self.queries + cost > self.budget:
            raise BudgetSpent
        outputs = self._ask(phase_rad, inputs)
        self.queries += cost
        return outputs

    def check(self, phase_rad: Floats, inputs: Floats) -> Floats:
        """Measure to see how well it goes; counted apart from the budget.

        Raises:
            InstrumentError: no usable answer.
        """
        outputs = self._ask(phase_rad, inputs)
        self.checks += self._cost(inputs)
        return outputs

    def _cost(self, inputs: Floats) -> int:
        return -(-len(inputs) // self.lanes)

    def _ask(self, phase_rad: Floats, inputs: Floats) -> Floats:
        for attempt in range(1, self.attempts + 1):
            try:
                self.instrument.set_phases(phase_rad)
                return self._usable(self.instrument.measure(inputs), len(inputs))
            except InstrumentTimeout:
                self.timeouts += 1
                if attempt == self.attempts:
                    raise
        raise AssertionError("there is at least one attempt")

    def _usable(self, outputs: Floats, count: int) -> Floats:
        if outputs.shape != (count, self.outputs) or not np.isfinite(outputs).all():
            raise InstrumentError(
                f"The instrument must answer with finite outputs [{count}, {self.outputs}]; "
                f"got {'numbers that are not finite' if outputs.size else 'nothing'}, "
                f"shape {list(outputs.shape)}."
            )
        return outputs


class Oracle:
    """The loss of one batch of examples on an instrument; every call is a query.

    Args:
        meter: the instrument.
        batch: the examples.
        objective: what outputs are worth.
    """

    def __init__(self, meter: Meter, batch: Examples, objective: Objective = LARGEST_OUTPUT) -> None:
        self.meter = meter
        self.batch = batch
        self.objective = objective

    def outputs(self, phase_rad: Floats) -> Floats:
        """Measured outputs at some phases, [example, output]."""
        return self.meter.query(phase_rad, self.batch.inputs)

    def loss(self, phase_rad: Floats) -> float:
        """The loss at some phases."""
        return self.objective.loss(self.outputs(phase_rad), self.batch)

    def slope(self, outputs: Floats) -> Floats:
        """The derivative of the loss by each output, wherever the outputs come from."""
        return self.objective.slope(outputs, self.batch)
