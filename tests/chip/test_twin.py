"""The twin's gradient against difference quotients and against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fabdesign.chip import NO_ERRORS, SimulatedChip, Twin, cross_entropy
from fabdesign.chip.loss import cross_entropy_slope
from tests.chip.networks import small_design

LABELS = np.array([0, 3, 1, 2, 2])


def some_inputs() -> np.ndarray:
    return np.random.default_rng(2).random((5, 7))


@pytest.mark.parametrize(("mesh", "detection"), [("reck", "amplitude"), ("clements", "power")])
def test_gradient_is_the_difference_quotient(mesh: str, detection: str) -> None:
    design = small_design(share=1.0, mesh=mesh, detection=detection)
    twin = Twin(design)
    twin.offset_rad = np.random.default_rng(3).normal(0, 0.05, len(design.phase_rad))
    phases = design.phase_rad.copy()
    _, gradient = twin.gradient(phases, some_inputs(), lambda out: cross_entropy_slope(out, LABELS))
    for entry in range(0, len(phases), 3):
        nudged = [phases.copy(), phases.copy()]
        nudged[0][entry] += 1e-5
        nudged[1][entry] -= 1e-5
        losses = [cross_entropy(twin.outputs(nudge, some_inputs()), LABELS) for nudge in nudged]
        assert np.isclose(gradient[entry], (losses[0] - losses[1]) / 2e-5, rtol=1e-4, atol=1e-7)


def test_twin_without_offsets_is_the_ideal_chip() -> None:
    design = small_design()
    phases = design.phase_rad[design.active] + 0.1
    chip = SimulatedChip(design, NO_ERRORS)
    chip.set_phases(phases)
    assert np.allclose(Twin(design).outputs(phases, some_inputs()), chip.measure(some_inputs()))


def test_slope_of_the_loss_is_that_of_torch() -> None:
    outputs = np.random.default_rng(0).normal(size=(5, 4))
    leaf = torch.tensor(outputs, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(leaf, torch.tensor(LABELS))
    loss.backward()
    assert np.isclose(cross_entropy(outputs, LABELS), loss.item())
    assert leaf.grad is not None
    assert np.allclose(cross_entropy_slope(outputs, LABELS), leaf.grad.numpy())


def test_measured_outputs_can_drive_the_gradient() -> None:
    """The cotangent may ignore the twin's outputs: then only the way back is the twin's."""
    design = small_design()
    twin, phases = Twin(design), design.phase_rad[design.active]
    outputs, one = twin.gradient(phases, some_inputs(), lambda out: cross_entropy_slope(out, LABELS))
    slope = cross_entropy_slope(outputs, LABELS)
    _, other = twin.gradient(phases, some_inputs(), lambda _out: slope)
    assert np.array_equal(one, other)
