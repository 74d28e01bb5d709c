"""Calibrating a device: a learner, an instrument, a budget of queries, and nothing lost on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.angles import power_rad, wrap
from fabdesign.chip.design import MeshDesign
from fabdesign.chip.instrument import Instrument, InstrumentError
from fabdesign.chip.learners import ActiveTwin, Learner, Situation, make_learner
from fabdesign.chip.loss import LARGEST_OUTPUT, Examples, Objective
from fabdesign.chip.metering import BudgetSpent, Meter, Oracle
from fabdesign.chip.progress import Checked, State, load_state, save_state
from fabdesign.errors import ConfigError, FabdesignError, TrainingInterrupted

Floats = NDArray[np.float64]
_STEP_STREAM = 0x73746570
_ORDER_STREAM = 0x6F726472


@dataclass(frozen=True)
class Plan:
    """How a calibration goes.

    Args:
        learner: as in `learner_names`.
        options: of the learner.
        queries: the budget.
        batch: examples in a mini-batch, measured in one query.
        seed: of batches and draws.
        check_every: queries between two looks at how well it goes.
        check_examples: training examples used for these looks.
        save_seconds: time between two checkpoints.
        attempts: how often to ask where an answer does not come in time.
    """

    learner: str = "szo-scd"
    options: Mapping[str, object] = field(default_factory=dict)
    queries: int = 12_000
    batch: int = 32
    seed: int = 0
    check_every: int = 500
    check_examples: int = 320
    save_seconds: float = 10.0
    attempts: int = 3

    def __post_init__(self) -> None:
        for name in ("queries", "batch", "check_every", "check_examples", "attempts"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1; got {getattr(self, name)}.")


@dataclass(frozen=True, eq=False)
class Calibrated:
    """What came out.

    Args:
        best_rad: the active phases with the best check.
        last_rad: the active phases at the end.
        state: queries, checks and history.
        timeouts: answers that did not come in time, in this session.
    """

    best_rad: Floats
    last_rad: Floats
    state: State
    timeouts: int


Listener = Callable[[Checked, State], None]


def calibrate(
    instrument: Instrument,
    start_rad: Floats,
    examples: Examples,
    plan: Plan,
    *,
    outputs: int,
    design: MeshDesign | None = None,
    twin: ActiveTwin | None = None,
    device: str | None = None,
    objective: Objective = LARGEST_OUTPUT,
    checkpoint: Path | None = None,
    resume: bool = False,
    listen: Listener | None = None,
) -> Calibrated:
    """Tune the active phases of a device by measurements alone.

    Args:
        instrument: the device.
        start_rad: the first active phases, [active phase].
        examples: what to learn from; looks at how well it goes use the first of them.
        plan: learner, budget and batches.
        outputs: how many outputs the instrument has.
        design: the mesh that was to be made, for learners with a twin.
        twin: a model of the device in place of the mesh as designed.
        device: what names the device in the checkpoint; by default the content hash of `design`.
        objective: what outputs are worth.
        checkpoint: where the state is kept while it runs; None to keep none.
        resume: go on from the checkpoint.
        listen: told of every check.

    Returns:
        The best phases and the last ones.

    Raises:
        ConfigError: the parts do not fit together.
        FileFormatError: the checkpoint cannot be written, or is not of this calibration.
        InstrumentError: the instrument was lost; the checkpoint is saved.
        TrainingInterrupted: Ctrl-C; the checkpoint is saved.
    """
    if instrument.phase_count != len(start_rad):
        raise ConfigError(
            f"The instrument must take the design's {len(start_rad)} active phases; "
            f"it takes {instrument.phase_count}."
        )
    if resume and checkpoint is None:
        raise ConfigError("To go on with a calibration, its checkpoint must be named.")
    learner = make_learner(plan.learner, Situation(len(start_rad), design, twin), plan.options)
    named = device if design is None or device is not None else design.content_hash
    identity = _identity(start_rad, examples, plan, named)
    if resume and checkpoint is not None:
        state = load_state(checkpoint, identity)
        learner.restore(state.memory)
    else:
        state = State(wrap(start_rad), wrap(start_rad))
        learner.start(state.phase_rad)
        state.memory = _copies(learner.memory)
    meter = Meter(instrument, outputs, budget=plan.queries, lanes=plan.batch, attempts=plan.attempts)
    meter.queries, meter.checks = state.queries, state.checks
    session = _Session(meter, learner, examples, plan, state, identity, objective, checkpoint, listen)
    session.run()
    return Calibrated(state.best_rad, state.phase_rad, state, meter.timeouts)


@dataclass(eq=False)
class _Session:
    meter: Meter
    learner: Learner
    examples: Examples
    plan: Plan
    state: State
    identity: dict[str, Any]
    objective: Objective
    checkpoint: Path | None
    listen: Listener | None
    saved_at: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        try:
            if not self.state.history:
                self._check()
            while self._step():
                self._save_now_and_then()
            self._check()
        except InstrumentError as error:
            self._save()
            raise type(error)(error.message, hint=self._where()) from error
        except KeyboardInterrupt as error:
            self._save()
            raise TrainingInterrupted("Calibration was interrupted.", hint=self._where()) from error
        except FabdesignError:
            self._save()
            raise
        self._save()

    def _step(self) -> bool:
        """One batch; the state moves on only when it is complete or the budget is spent."""
        state, plan = self.state, self.plan
        positions = _positions(len(self.examples), plan, state.steps)
        oracle = Oracle(self.meter, self.examples.take(positions), self.objective)
        phases = state.phase_rad.copy()
        random = np.random.default_rng([_STEP_STREAM, plan.seed, state.steps])
        epoch = state.steps / max(1, len(self.examples) // plan.batch)
        before = self.meter.queries
        try:
            self.learner.step(phases, oracle, random, epoch)
            spent = self.meter.queries == before
        except BudgetSpent:
            spent = True
        state.phase_rad, state.steps, state.queries = phases, state.steps + 1, self.meter.queries
        state.memory = _copies(self.learner.memory)
        if not spent and state.queries - state.history[-1].queries >= plan.check_every:
            self._check()
        return not spent and state.queries < plan.queries

    def _check(self) -> None:
        kept = self.examples.take(slice(self.plan.check_examples))
        outputs = self.meter.check(self.state.phase_rad, kept.inputs)
        checked = Checked(
            queries=self.meter.queries,
            accuracy=self.objective.score(outputs, kept),
            loss=self.objective.loss(outputs, kept),
            power_rad=power_rad(self.state.phase_rad),
        )
        self.state.note(checked)
        self.state.checks = self.meter.checks
        if self.listen is not None:
            self.listen(checked, self.state)

    def _save_now_and_then(self) -> None:
        if time.monotonic() - self.saved_at >= self.plan.save_seconds:
            self._save()

    def _save(self) -> None:
        self.state.queries, self.state.checks = self.meter.queries, self.meter.checks
        if self.checkpoint is not None:
            save_state(self.state, self.identity, self.checkpoint)
            self.saved_at = time.monotonic()

    def _where(self) -> str:
        if self.checkpoint is None:
            return "No checkpoint was asked for; what was learnt is lost."
        return f"The state is saved in {self.checkpoint}; go on with --resume."


def _copies(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name: array.copy() for name, array in arrays.items()}


def _positions(count: int, plan: Plan, step: int) -> NDArray[np.int64]:
    """The examples of a step: every epoch all of them once, in an order of its own."""
    per_epoch = max(1, count // plan.batch)
    epoch, place = divmod(step, per_epoch)
    order = np.random.default_rng([_ORDER_STREAM, plan.seed, epoch]).permutation(count)
    return order[place * plan.batch : (place + 1) * plan.batch]


def _identity(start_rad: Floats, examples: Examples, plan: Plan, device: str | None) -> dict[str, Any]:
    return {
        "design": device,
        "phases": len(start_rad),
        "data": examples.data_hash,
        "learner": plan.learner,
        "options": {name: plan.options[name] for name in sorted(plan.options)},
        "batch": plan.batch,
        "seed": plan.seed,
    }
