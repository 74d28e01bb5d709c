"""All learners: they learn, count their queries, keep to one turn, and can go on from their memory."""

from __future__ import annotations

import numpy as np
import pytest

from fabdesign.chip import ErrorModel, MeshDesign, Plan, SimulatedChip, calibrate, learner_names
from fabdesign.chip.learners import Situation, make_learner
from fabdesign.chip.learners.base import Adam
from fabdesign.chip.metering import Meter, Oracle
from fabdesign.errors import ConfigError, FileFormatError
from tests.chip.laboratory import clusters, trained_design

WRONG = ErrorModel(bias_std_rad=0.25)
QUICK: dict[str, dict[str, float]] = {
    "szo-scd": {"share": 0.3},
    "stp": {"share": 0.3},
    "admm": {"share": 0.3, "price": 0.01},
    "zadam": {"share": 0.3, "rate": 0.02},
    "znewton": {"share": 0.3, "rate": 0.02},
    "flops": {"share": 1.0, "directions": 20, "rate": 0.1},
    "spsa": {"rate": 0.02},
    "pepg": {"rate": 0.02},
    "physics-aware": {"rate": 0.01},
    "identify": {"rate": 0.01, "fit_rate": 0.01},
}


@pytest.fixture(scope="module")
def design() -> MeshDesign:
    return trained_design()


def test_every_learner_is_tested() -> None:
    assert sorted(QUICK) == learner_names()


@pytest.mark.parametrize("name", sorted(QUICK))
def test_a_chip_with_wrong_phases_answers_better_after_learning(name: str, design: MeshDesign) -> None:
    chip = SimulatedChip(design, WRONG, seed=2)
    plan = Plan(learner=name, options=QUICK[name], queries=500, check_every=100)
    result = calibrate(chip, design.phase_rad[design.active], clusters(), plan, outputs=3, design=design)
    first, best = result.state.history[0], result.state.best
    assert best.loss < 0.8 * first.loss
    assert result.state.queries <= 500
    assert 0 <= result.best_rad.min() <= result.best_rad.max() < 2 * np.pi
    assert 0 <= result.last_rad.min() <= result.last_rad.max() < 2 * np.pi


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("stp", {"share": 0.5}, 1 + 2 * 10),
        ("zadam", {"share": 0.5}, 2 * 10),
        ("znewton", {"share": 0.5}, 3 * 10),
        ("flops", {"directions": 7}, 1 + 7),
        ("spsa", {"pairs": 3}, 6),
        ("pepg", {"pairs": 3}, 6),
        ("physics-aware", {}, 1),
        ("identify", {}, 1),
    ],
)
def test_queries_of_a_batch(name: str, options: dict[str, float], expected: int, design: MeshDesign) -> None:
    chip = SimulatedChip(design)
    count = chip.phase_count
    meter = Meter(chip, 3)
    learner = make_learner(name, Situation(count, design), options)
    phases = design.phase_rad[design.active].copy()
    learner.start(phases)
    learner.step(phases, Oracle(meter, clusters(32)), np.random.default_rng(0), 0.0)
    drawn = max(1, round(0.5 * count))
    scaled = {21: 1 + 2 * drawn, 20: 2 * drawn, 30: 3 * drawn}.get(expected, expected)
    assert meter.queries == scaled


def test_power_has_a_price_in_admm(design: MeshDesign) -> None:
    powers = []
    for price in (0.0, 1.0):
        plan = Plan(learner="admm", options={"price": price, "share": 0.5, "coupling": 5.0}, queries=800)
        start = design.phase_rad[design.active]
        result = calibrate(SimulatedChip(design, seed=1), start, clusters(), plan, outputs=3)
        powers.append(result.state.history[-1].power_rad)
    assert powers[1] < powers[0] - 0.3


def test_identify_finds_the_errors_that_outputs_show(design: MeshDesign) -> None:
    chip = SimulatedChip(design, WRONG, seed=2)
    learner = make_learner("identify", Situation(chip.phase_count, design), {"fit_rate": 0.02, "rate": 0.0})
    phases = design.phase_rad[design.active].copy()
    oracle = Oracle(Meter(chip, 3), clusters(64))
    gaps = []
    for number in range(100):
        learner.step(phases, oracle, np.random.default_rng(number), 0.0)
        told = learner.twin.outputs(phases, oracle.batch.inputs)  # type: ignore[attr-defined]
        gaps.append(float(np.abs(told - oracle.outputs(phases)).max()))
    assert gaps[-1] < 0.2 * gaps[0]


def test_adam_is_that_of_torch() -> None:
    import torch

    leaf = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    theirs, ours, adam = torch.optim.Adam([leaf], lr=0.1), np.zeros(3), Adam({}, 3)
    for number in range(5):
        gradient = np.random.default_rng(number).normal(size=3)
        leaf.grad = torch.tensor(gradient)
        theirs.step()
        ours += adam.change(gradient, 0.1)
    assert np.allclose(ours, leaf.detach().numpy())


def test_unknown_names_and_options_are_refused(design: MeshDesign) -> None:
    with pytest.raises(ConfigError, match="known one") as caught:
        make_learner("szo-scs", Situation(3))
    assert caught.value.hint == "Did you mean 'szo-scd'?"
    with pytest.raises(ConfigError, match="no option 'shares'"):
        make_learner("szo-scd", Situation(3), {"shares": 0.1})
    with pytest.raises(ConfigError, match="needs the design"):
        make_learner("physics-aware", Situation(3))
    with pytest.raises(FileFormatError, match="not that of the learner"):
        make_learner("spsa", Situation(3)).restore({"first": np.zeros(2)})
