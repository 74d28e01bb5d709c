"""The paper's learner, step by step: what it asks, what it keeps, and what it never does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fabdesign.chip import Examples
from fabdesign.chip.learners import Situation, make_learner
from fabdesign.chip.learners.methods.szo_scd import prunes
from fabdesign.chip.metering import Meter, Oracle

STEP = 0.02
Phases = np.ndarray


class Recorder:
    """An instrument whose outputs are a made-up function of its phases; it remembers all phases."""

    def __init__(self, count: int, loss: Callable[[Phases], float]) -> None:
        self.phase_count = count
        self.loss = loss
        self.asked: list[Phases] = []
        self._phases = np.zeros(count)

    def set_phases(self, phase_rad: Phases) -> None:
        self._phases = phase_rad.copy()
        self.asked.append(self._phases)

    def measure(self, inputs: np.ndarray) -> np.ndarray:
        """Two outputs whose cross-entropy for class 0 grows with the made-up loss."""
        outputs = np.zeros((len(inputs), 2))
        outputs[:, 1] = 0.01 * self.loss(self._phases)
        return outputs


def oracle_of(recorder: Recorder) -> Oracle:
    return Oracle(Meter(recorder, 2), Examples(np.zeros((32, 1)), np.zeros(32, dtype=np.int64)))


def run(recorder: Recorder, start: Phases, batches: int = 1, **options: float) -> tuple[Phases, Oracle]:
    learner = make_learner("szo-scd", Situation(len(start)), {"step_rad": STEP, **options})
    oracle, phases = oracle_of(recorder), start.copy()
    for number in range(batches):
        learner.step(phases, oracle, np.random.default_rng(number), 0.0)
    return phases, oracle


def test_a_plus_step_that_helps_is_kept_and_another_is_stepped_back() -> None:
    up = Recorder(4, lambda phases: -float(phases.sum()))
    phases, oracle = run(up, np.full(4, 1.0), share=1.0)
    assert np.allclose(phases, 1.0 + STEP)
    assert oracle.meter.queries == 1 + 4
    down = Recorder(4, lambda phases: float(phases.sum()))
    phases, oracle = run(down, np.full(4, 1.0), share=1.0)
    assert np.allclose(phases, 1.0 - STEP)
    assert oracle.meter.queries == 1 + 2 * 4


def test_it_moves_also_where_both_ways_are_worse() -> None:
    valley = Recorder(1, lambda phases: float((phases[0] - 1.0) ** 2))
    phases, _ = run(valley, np.array([1.0]), share=1.0)
    assert np.allclose(phases, 1.0 - STEP)


def test_queries_per_batch_are_one_and_a_half_for_each_drawn_phase() -> None:
    """1 + 1.5·s·|A| within 10 % over 200 batches whose slopes are as often up as down."""
    slopes = np.random.default_rng(0).normal(size=(300,))
    random = np.random.default_rng(1)
    learner = make_learner("szo-scd", Situation(300), {"share": 0.1})
    oracle, phases = oracle_of(Recorder(300, lambda phases: float(phases @ slopes))), np.full(300, np.pi)
    for _ in range(200):
        slopes[:] = random.normal(size=300)
        learner.step(phases, oracle, random, 0.0)
    assert abs(oracle.meter.queries / 200 / (1 + 1.5 * 0.1 * 300) - 1) <= 0.1


def worse_upwards(phases: Phases) -> float:
    return float(np.mod(phases + 3 * STEP, 2 * np.pi).sum())


def test_with_p_1_no_back_step_raises_commanded_power() -> None:
    """Every step from one kept state to the next that raises power is a plus step that lowered the loss."""
    random = np.random.default_rng(3)
    recorder = Recorder(60, worse_upwards)
    start = random.uniform(0, 4 * STEP, 60)
    learner = make_learner("szo-scd", Situation(60), {"step_rad": STEP, "share": 0.5, "pruning": 1.0})
    oracle, phases = oracle_of(recorder), start.copy()
    for number in range(40):
        before = phases.copy()
        learner.step(phases, oracle, np.random.default_rng(number), 0.0)
        rises = phases - before
        assert (rises <= STEP + 1e-12).all()
    asked = np.array(recorder.asked)
    assert np.diff(asked, axis=0).max() <= 2 * STEP + 1e-12, "the chip was never driven across zero downwards"
    assert phases.max() < 1.0, "no phase has crossed zero downwards, to nearly a full turn"
    assert (phases < STEP).all(), "all have come down to the last step before zero"


def test_with_p_0_back_steps_cross_zero() -> None:
    phases, _ = run(Recorder(20, worse_upwards), np.full(20, STEP / 2), share=1.0, pruning=0.0)
    assert (phases > 2 * np.pi - STEP).all()


def test_the_printed_sign_of_the_algorithm_is_not_used() -> None:
    """As printed, b ~ B(p) and φ ← φ − b·δφ: p = 1 would always step back, p = 0 would always prune."""
    random = np.random.default_rng(0)
    assert all(prunes(random, 1.0) for _ in range(100))
    assert not any(prunes(random, 0.0) for _ in range(100))
    share = np.mean([prunes(random, 0.25) for _ in range(4000)])
    assert abs(share - 0.25) < 0.03
    kept, _ = run(Recorder(20, worse_upwards), np.full(20, STEP / 2), share=1.0, pruning=1.0)
    assert np.allclose(kept, STEP / 2)


def test_a_pruned_step_costs_no_query() -> None:
    _, oracle = run(Recorder(20, worse_upwards), np.full(20, STEP / 2), share=1.0, pruning=1.0)
    assert oracle.meter.queries == 1 + 20


def test_plus_steps_are_never_pruned_and_may_cross_zero_upwards() -> None:
    falling = Recorder(5, lambda phases: -float(np.mod(phases + 1.0, 2 * np.pi).sum()))
    phases, _ = run(falling, np.full(5, 2 * np.pi - STEP / 2), share=1.0, pruning=1.0)
    assert np.allclose(phases, STEP / 2)


def test_only_the_drawn_share_is_touched_without_replacement() -> None:
    recorder = Recorder(50, lambda phases: -float(phases.sum()))
    phases, _ = run(recorder, np.full(50, 1.0), share=0.2)
    assert int((phases != 1.0).sum()) == 10
    assert np.allclose(phases[phases != 1.0], 1.0 + STEP)


def test_the_step_decays_by_epochs() -> None:
    learner = make_learner("szo-scd", Situation(3), {"step_rad": STEP, "decay": 0.5, "share": 1.0})
    oracle, phases = oracle_of(Recorder(3, lambda p: -float(p.sum()))), np.full(3, 1.0)
    learner.step(phases, oracle, np.random.default_rng(0), 2.9)
    assert np.allclose(phases, 1.0 + STEP / 4)


def test_the_step_is_halved_besides_where_that_is_asked_for() -> None:
    learner = make_learner(
        "szo-scd", Situation(3), {"step_rad": STEP, "decay": 1.0, "half_life": 0.5, "share": 1.0}
    )
    oracle, phases = oracle_of(Recorder(3, lambda p: -float(p.sum()))), np.full(3, 1.0)
    learner.step(phases, oracle, np.random.default_rng(0), 1.0)
    assert np.allclose(phases, 1.0 + STEP / 4)


@pytest.mark.parametrize("start", [0.0, STEP / 3])
def test_every_commanded_phase_lies_in_one_turn(start: float) -> None:
    recorder = Recorder(6, worse_upwards)
    run(recorder, np.full(6, start), batches=3, share=1.0)
    asked = np.array(recorder.asked)
    assert asked.min() >= 0
    assert asked.max() < 2 * np.pi
