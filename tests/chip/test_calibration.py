"""Calibration as a whole: budget, counting, failures, resuming, and the best that is never lost."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from fabdesign.chip import (
    Calibrated,
    Checked,
    ErrorModel,
    InstrumentError,
    InstrumentLost,
    MeshDesign,
    Plan,
    SimulatedChip,
    calibrate,
)
from fabdesign.chip.metering import BudgetSpent, Meter
from fabdesign.chip.progress import State, load_state
from fabdesign.errors import ConfigError, FileFormatError, TrainingInterrupted
from tests.chip.laboratory import Flaky, clusters, trained_design

WRONG = ErrorModel(bias_std_rad=0.25)


@pytest.fixture(scope="module")
def design() -> MeshDesign:
    return trained_design()


def go(
    design: MeshDesign, instrument: object = None, checkpoint: Path | None = None, **plan: object
) -> Calibrated:
    resume = bool(plan.pop("resume", False))
    listen = plan.pop("listen", None)
    settings = {"queries": 300, "check_every": 60, "check_examples": 96, "save_seconds": 0.0, **plan}
    return calibrate(
        SimulatedChip(design, WRONG, seed=1) if instrument is None else instrument,  # type: ignore[arg-type]
        design.phase_rad[design.active],
        clusters(),
        Plan(**settings),  # type: ignore[arg-type]
        outputs=3,
        design=design,
        checkpoint=checkpoint,
        resume=resume,
        listen=listen,  # type: ignore[arg-type]
    )


def test_budget_and_checks_are_counted_apart(design: MeshDesign) -> None:
    told: list[Checked] = []
    flaky = Flaky(SimulatedChip(design, WRONG, seed=1))
    result = go(design, flaky, listen=lambda checked, _state: told.append(checked))
    state = result.state
    assert state.queries == 300
    assert told == state.history
    assert state.checks == 3 * len(told), "96 examples take three queries of 32"
    assert flaky.measured == state.queries + len(told)
    assert [checked.queries for checked in told] == sorted(checked.queries for checked in told)


@pytest.mark.parametrize("learner", ["szo-scd", "zadam", "admm", "pepg", "identify"])
def test_lost_and_resumed_is_as_if_nothing_had_happened(
    learner: str, design: MeshDesign, tmp_path: Path
) -> None:
    whole = go(design, learner=learner)
    path = tmp_path / "state.safetensors"
    flaky = Flaky(SimulatedChip(design, WRONG, seed=1), lost_at=150)
    with pytest.raises(InstrumentLost, match="cable") as caught:
        go(design, flaky, path, learner=learner)
    assert "--resume" in str(caught.value.hint)
    saved = State(np.zeros(1), np.zeros(1)) if not path.exists() else None
    assert saved is None
    new = Flaky(SimulatedChip(design, WRONG, seed=1))
    resumed = go(design, new, path, learner=learner, resume=True)
    steps = min(len(whole.state.history), len(resumed.state.history)) - 1
    assert [c.loss for c in resumed.state.history[: steps - 1]] == pytest.approx(
        [c.loss for c in whole.state.history[: steps - 1]], rel=1e-9
    )
    assert resumed.state.queries <= 300, "queries of the step that was lost stay counted"
    assert resumed.state.queries > 150


def test_what_was_best_survives_a_chip_that_breaks(design: MeshDesign, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    with pytest.raises(InstrumentLost):
        go(design, Flaky(SimulatedChip(design, WRONG, seed=1), lost_at=200), path)
    from fabdesign.chip.store import load_hashed

    identity = load_hashed(path, "calibration-checkpoint")[1]["physical"]
    state = load_state(path, identity)
    best = min(state.history, key=lambda checked: checked.loss)
    chip = SimulatedChip(design, WRONG, seed=1)
    chip.set_phases(state.best_rad)
    kept = clusters().take(slice(96))
    from fabdesign.chip import accuracy

    assert accuracy(chip.measure(kept.inputs), kept.labels) == best.accuracy


def test_best_is_not_the_last_when_things_get_worse() -> None:
    state = State(np.zeros(1), np.zeros(1))
    for number, (share, loss) in enumerate([(0.5, 1.0), (0.9, 0.4), (0.8, 0.3), (0.9, 0.6)]):
        state.phase_rad = np.array([float(number)])
        state.note(Checked(number, share, loss, 0.0))
    assert state.best_rad.tolist() == [2.0]
    assert state.best.loss == 0.3


def test_time_outs_are_asked_again_and_not_counted_as_answers(design: MeshDesign) -> None:
    flaky = Flaky(SimulatedChip(design, WRONG, seed=1), timeouts={5, 17, 18})
    result = go(design, flaky)
    quiet = go(design)
    assert result.timeouts == 3
    assert np.array_equal(result.last_rad, quiet.last_rad)
    assert flaky.measured == result.state.queries + len(result.state.history) + 3


def test_too_many_time_outs_end_it_with_the_state_saved(design: MeshDesign, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    flaky = Flaky(SimulatedChip(design, WRONG, seed=1), timeouts=set(range(100, 104)))
    with pytest.raises(InstrumentError, match="No answer"):
        go(design, flaky, path)
    assert path.is_file()


def test_ctrl_c_saves_and_says_where(design: MeshDesign, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    calls = 0

    def stop(_checked: Checked, _state: State) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt

    with pytest.raises(TrainingInterrupted) as caught:
        go(design, None, path, listen=stop)
    assert str(path) in str(caught.value.hint)
    assert go(design, None, path, resume=True).state.queries == 300


def test_a_checkpoint_of_another_calibration_is_refused(design: MeshDesign, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    go(design, None, path, queries=40)
    with pytest.raises(FileFormatError, match="learner, seed"):
        go(design, None, path, resume=True, learner="stp", seed=4)
    with pytest.raises(ConfigError, match="must be named"):
        go(design, resume=True)


def test_a_larger_budget_goes_on_with_a_finished_calibration(design: MeshDesign, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    assert go(design, None, path, queries=100).state.queries == 100
    assert go(design, None, path, queries=200, resume=True).state.queries == 200


def test_answers_that_are_no_numbers_are_refused(design: MeshDesign) -> None:
    class Broken(Flaky):
        def measure(self, inputs: np.ndarray) -> np.ndarray:
            return super().measure(inputs) * np.nan

    with pytest.raises(InstrumentError, match="not finite"):
        go(design, Broken(SimulatedChip(design)))

    class Short(Flaky):
        def measure(self, inputs: np.ndarray) -> np.ndarray:
            return super().measure(inputs)[:, :2]

    with pytest.raises(InstrumentError, match="3"):
        go(design, Short(SimulatedChip(design)))


def test_an_instrument_with_other_phases_is_refused(design: MeshDesign) -> None:
    with pytest.raises(ConfigError, match="active phases"):
        go(design, SimulatedChip(design.with_active(1.0, 0)))


def test_a_meter_stops_before_the_budget_is_exceeded(design: MeshDesign) -> None:
    meter = Meter(SimulatedChip(design), 3, budget=3)
    phases = design.phase_rad[design.active]
    meter.query(phases, clusters(64).inputs)
    assert meter.queries == 2
    with pytest.raises(BudgetSpent):
        meter.query(phases, clusters(64).inputs)
    meter.query(phases, clusters(1).inputs)
    assert meter.queries == 3


@pytest.mark.parametrize("name", ["queries", "batch", "check_every", "attempts"])
def test_plans_out_of_range_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Plan(**{name: 0})


def test_checkpoints_are_written_in_one_step_and_not_too_often(design: MeshDesign, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    began = time.monotonic()
    go(design, None, path, save_seconds=1e9)
    assert path.is_file()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert time.monotonic() - began < 60
