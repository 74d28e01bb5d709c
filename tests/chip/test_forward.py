"""The fast forward computation against full products, and against itself by other ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.chip import NO_ERRORS, ErrorModel, SimulatedChip
from fabdesign.errors import ConfigError
from tests.chip.networks import by_embedding, small_design, small_weights, software

ALL_ERRORS = ErrorModel(bias_std_rad=0.1, coupler_std_rad=0.02, loss_db=0.1, drive_bits=12)


def some_inputs(count: int = 6, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 7))


@pytest.mark.parametrize("mesh", ["reck", "clements"])
def test_a_chip_without_errors_is_the_network_in_software(mesh: str) -> None:
    chip = SimulatedChip(small_design(mesh=mesh), NO_ERRORS)
    assert np.allclose(chip.measure(some_inputs()), software(small_weights(), some_inputs()), atol=1e-12)


@pytest.mark.parametrize("mesh", ["reck", "clements"])
@pytest.mark.parametrize("model", [ErrorModel(), ALL_ERRORS])
def test_a_chip_with_errors_is_the_product_of_its_devices(mesh: str, model: ErrorModel) -> None:
    design = small_design(mesh=mesh)
    chip = SimulatedChip(design, model, seed=4)
    blocks = chip.errors.blocks(chip.phases() - chip.errors.bias_rad)
    sent = some_inputs()
    for index in range(3):
        sent = (sent @ by_embedding(design, blocks, index).T).real
        sent = np.clip(sent, 0, 4) if index < 2 else sent
    assert np.allclose(chip.measure(some_inputs()), sent, atol=1e-12)


def test_loss_takes_the_same_share_from_every_path_of_equal_length() -> None:
    """In a rectangle of even size all light meets as many devices, apart from that at the rims."""
    design = small_design(mesh="clements")
    dim = SimulatedChip(design, ErrorModel(gamma_std=0, omega=0, loss_db=0.5)).measure(some_inputs())
    clear = SimulatedChip(design, NO_ERRORS).measure(some_inputs())
    assert np.abs(dim).mean() < 0.5 * np.abs(clear).mean()


def test_photodiodes_see_powers() -> None:
    design = small_design(detection="power")
    chip = SimulatedChip(design, NO_ERRORS)
    first = small_weights()
    hidden = np.clip((some_inputs() @ first[0].T) ** 2, 0, 4)
    hidden = np.clip((hidden @ first[1].T) ** 2, 0, 4)
    assert np.allclose(chip.measure(some_inputs()), (hidden @ first[2].T) ** 2)


@settings(max_examples=15)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_changes_in_any_order_give_what_a_new_chip_gives(data: st.DataObject, seed: int) -> None:
    """Bit for bit, whatever was changed, measured or undone before."""
    design = small_design(mesh=data.draw(st.sampled_from(["reck", "clements"])))
    model = data.draw(st.sampled_from([ErrorModel(), ALL_ERRORS]))
    chip = SimulatedChip(design, model, seed)
    phases = design.phase_rad[design.active].copy()
    for _ in range(data.draw(st.integers(1, 12))):
        entries = data.draw(st.lists(st.integers(0, len(phases) - 1), min_size=0, max_size=3))
        phases[entries] = np.mod(phases[entries] + data.draw(st.sampled_from([0.02, -0.02, 1.0])), 2 * np.pi)
        chip.set_phases(phases.copy())
        if data.draw(st.booleans()):
            chip.measure(some_inputs(seed=data.draw(st.integers(5, 6))))
    fresh = SimulatedChip(design, model, seed)
    fresh.set_phases(phases)
    assert np.allclose(chip.measure(some_inputs()), fresh.measure(some_inputs()), rtol=0, atol=1e-12)
    other = some_inputs(count=9, seed=9)
    assert np.array_equal(chip.measure(other), fresh.measure(other))


def test_a_batch_changed_in_place_is_noticed() -> None:
    chip, inputs = SimulatedChip(small_design()), some_inputs()
    before = chip.measure(inputs)
    inputs[0] = 0
    assert not np.allclose(chip.measure(inputs)[0], before[0])
    assert np.array_equal(chip.measure(inputs)[1:], before[1:])


def test_detector_noise_is_new_each_time_and_the_same_for_each_seed() -> None:
    model = ErrorModel(detector_std=0.01)
    one, two = (SimulatedChip(small_design(), model, seed=3) for _ in range(2))
    first, second = one.measure(some_inputs()), one.measure(some_inputs())
    assert not np.allclose(first, second, atol=1e-6)
    assert np.array_equal(first, two.measure(some_inputs()))
    quiet = SimulatedChip(small_design(), ErrorModel(), seed=3).measure(some_inputs())
    assert 0.001 < np.std(first - quiet) < 0.1


def test_drift_moves_a_chip_slowly() -> None:
    chip = SimulatedChip(small_design(), ErrorModel(drift_rad=0.01, drift_queries=2), seed=1)
    answers = [chip.measure(some_inputs()) for _ in range(4)]
    assert not np.array_equal(answers[0], answers[1])
    assert np.array_equal(answers[1], answers[2])
    assert np.abs(answers[3] - answers[0]).max() < 1


def test_wrong_phases_and_inputs_are_refused() -> None:
    chip = SimulatedChip(small_design())
    with pytest.raises(ConfigError, match="finite phases"):
        chip.set_phases(np.zeros(3))
    with pytest.raises(ConfigError, match="finite phases"):
        chip.set_phases(np.full(chip.phase_count, np.nan))
    with pytest.raises(ConfigError, match=r"finite inputs \[n, 7\]"):
        chip.measure(np.zeros((2, 3)))
