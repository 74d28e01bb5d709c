"""The relaxation in transmission space: closed forms, any table, and no gap at the end."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.process import LevelTable, ideal_table
from fabdesign.quantise import make_quantiser
from fabdesign.quantise.methods.transmission import largest_brightening
from fabdesign.quantise.relaxation import relaxed_transmission
from fabdesign.quantise.rounding import nearest_on_circle

INDICES = {"wavelength_um": 0.785, "material_index": 1.54, "medium_index": 1.0}


def direct(vector: torch.Tensor, phases: torch.Tensor, beta: float) -> torch.Tensor:
    """The definition, with all weights in memory and torch's own derivative."""
    shape = (-1,) + (1,) * (vector.ndim - 1)
    c, s = phases.cos().reshape(shape), phases.sin().reshape(shape)
    weights = (2 * beta * (vector[0] * c + vector[1] * s)).softmax(0)
    return torch.complex((weights * c).sum(0), (weights * s).sum(0))


def test_two_levels_give_the_hyperbolic_tangent() -> None:
    vector = torch.randn(2, 1, 6, 7, dtype=torch.float64)
    t = relaxed_transmission(vector, torch.tensor([0.0, math.pi], dtype=torch.float64), 1.7)
    assert torch.allclose(t.real, torch.tanh(2 * 1.7 * vector[0]), atol=1e-12)
    assert float(t.imag.abs().max()) < 1e-12


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(2, 40),
    beta=st.floats(0.2, 30),
    seed=st.integers(0, 1000),
)
def test_value_and_gradient_are_those_of_the_definition(n: int, beta: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    phases = torch.rand(n, dtype=torch.float64, generator=generator) * 2 * math.pi
    vector = torch.randn(2, 1, 3, 4, dtype=torch.float64, generator=generator).requires_grad_()
    weights = torch.randn(1, 3, 4, dtype=torch.complex128, generator=generator)
    expected, found = direct(vector, phases, beta), relaxed_transmission(vector, phases, beta)
    assert torch.allclose(found, expected, atol=1e-10)
    (gradient,) = torch.autograd.grad(expected, vector, weights)
    (ours,) = torch.autograd.grad(found, vector, weights)
    assert torch.allclose(ours, gradient, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(n=st.integers(2, 20), beta=st.floats(0.2, 10), brighten=st.floats(0, 1), seed=st.integers(0, 1000))
def test_brightened_value_and_gradient_are_those_of_the_definition(
    n: int, beta: float, brighten: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    phases = torch.rand(n, dtype=torch.float64, generator=generator) * 2 * math.pi
    vector = torch.randn(2, 1, 3, 4, dtype=torch.float64, generator=generator).requires_grad_()
    weights = torch.randn(1, 3, 4, dtype=torch.complex128, generator=generator)
    dim = direct(vector, phases, beta)
    expected = dim * (dim.real.square() + dim.imag.square() + 1e-8) ** (-brighten / 2)
    found = relaxed_transmission(vector, phases, beta, brighten=brighten)
    assert torch.allclose(found, expected, atol=1e-10)
    (gradient,) = torch.autograd.grad(expected, vector, weights)
    (ours,) = torch.autograd.grad(found, vector, weights)
    assert torch.allclose(ours, gradient, rtol=1e-6, atol=1e-8)


def test_a_fully_brightened_soft_pixel_has_the_phase_of_its_vector() -> None:
    phases = torch.arange(16, dtype=torch.float64) * math.pi / 8
    angle = torch.linspace(0, 6, 50, dtype=torch.float64)
    vector = torch.stack((angle.cos(), angle.sin()))
    t = relaxed_transmission(vector, phases, 1.0, brighten=1.0)
    assert torch.allclose(t, torch.polar(torch.ones_like(angle), angle), atol=1e-6)


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([0, 0.5], 0.0),
        ([0, 0.2, 0.4], 0.0),
        ([0.75, 0.0, 0.5, 0.25], math.sqrt(0.5)),
        ([0, 0.1, 0.3, 0.35, 0.6, 0.65], math.cos(0.35 * math.pi)),
    ],
)
def test_pixels_are_brightened_as_far_as_the_widest_gap_allows(turns: list[float], expected: float) -> None:
    assert largest_brightening(2 * math.pi * np.array(turns)) == pytest.approx(expected, abs=1e-12)


def test_brightening_grows_with_the_cube_of_progress_until_the_finish() -> None:
    table = ideal_table(4, **INDICES)
    quantiser = make_quantiser("transmission", (1, 2, 2), table, seed=0)
    shares = [quantiser.describe(progress)["brightening"] for progress in (0.0, 0.45, 0.9, 1.0)]
    assert shares == pytest.approx([0, math.sqrt(0.5) / 8, math.sqrt(0.5), math.sqrt(0.5)], abs=1e-6)
    plain = make_quantiser("transmission", (1, 2, 2), table, seed=0, options={"bright": 0})
    assert plain.describe(0.8)["brightening"] == 0


def test_turning_the_levels_and_the_vector_turns_the_transmission() -> None:
    phases = torch.tensor([0.0, 0.9, 2.3, 4.0], dtype=torch.float64)
    vector = torch.randn(2, 1, 5, 5, dtype=torch.float64)
    turn = 1.234
    c, s = math.cos(turn), math.sin(turn)
    turned = torch.stack((c * vector[0] - s * vector[1], s * vector[0] + c * vector[1]))
    rotated = relaxed_transmission(turned, phases + turn, 3.0)
    factor = complex(math.cos(turn), math.sin(turn))
    assert torch.allclose(rotated, relaxed_transmission(vector, phases, 3.0) * factor, atol=1e-12)


def test_an_undecided_pixel_is_dim_and_a_decided_one_is_a_level() -> None:
    phases = torch.arange(8, dtype=torch.float64) * math.pi / 4
    undecided = relaxed_transmission(torch.zeros(2, 1, dtype=torch.float64), phases, 20.0)
    decided = relaxed_transmission(torch.tensor([[0.0], [9.0]], dtype=torch.float64), phases, 20.0)
    assert abs(complex(undecided)) < 1e-12
    assert complex(decided) == pytest.approx(1j, abs=1e-9)


def test_far_from_every_level_nothing_overflows() -> None:
    phases = torch.tensor([0.0, 0.5])
    t = relaxed_transmission(torch.tensor([[-50.0], [-1.0]]), phases, 20.0)
    assert bool(torch.isfinite(torch.view_as_real(t)).all())


@pytest.mark.parametrize("n", [2, 3, 8, 16, 256])
def test_hard_levels_are_the_nearest_on_the_circle(n: int) -> None:
    table = ideal_table(n, **INDICES)
    quantiser = make_quantiser("transmission", (2, 20, 20), table, seed=2)
    x, y = quantiser.vector.detach().double().numpy()
    assert np.array_equal(quantiser.hard_levels().numpy(), table.nearest(np.arctan2(y, x)))


def test_levels_of_any_spacing_are_trained_and_reached() -> None:
    table = LevelTable.from_heights([0.0, 0.1, 0.5, 0.62, 0.9], rule="odd", **INDICES)
    quantiser = make_quantiser("transmission", (1, 30, 30), table, seed=0)
    t = quantiser.transmission(1.0).detach()
    levels = torch.polar(torch.ones(5), torch.tensor(table.phase_rad, dtype=torch.float32))
    distance = (t[None] - levels[:, None, None, None]).abs().amin(0)
    assert float(distance.max()) < 1e-6
    assert set(quantiser.hard_levels().unique().tolist()) == {0, 1, 2, 3, 4}


def test_training_ends_on_the_hard_levels_without_a_gap() -> None:
    quantiser = make_quantiser("transmission", (2, 12, 12), ideal_table(4, **INDICES), seed=0)
    for progress in (0.91, 1.0):
        assert torch.equal(quantiser.transmission(progress).detach(), quantiser.hard_transmission())
    gap = (quantiser.transmission(0.5).detach() - quantiser.hard_transmission()).abs().mean()
    assert float(gap) > 0.01


def test_the_hard_finish_still_has_the_gradient_of_the_softmax() -> None:
    vector = torch.tensor([[0.02], [0.01]], dtype=torch.float64, requires_grad=True)
    phases = torch.tensor([0.0, 2.0, 4.0], dtype=torch.float64)
    weight = torch.tensor([1.0 + 0.5j], dtype=torch.complex128)
    (soft,) = torch.autograd.grad(relaxed_transmission(vector, phases, 20.0), vector, weight)
    (hard,) = torch.autograd.grad(relaxed_transmission(vector, phases, 20.0, hard=True), vector, weight)
    assert torch.equal(soft, hard)
    assert float(hard.abs().max()) > 0.1


def test_temperature_grows_by_equal_factors_until_the_finish() -> None:
    quantiser = make_quantiser("transmission", (1, 2, 2), ideal_table(4, **INDICES), seed=0)
    temperatures = [quantiser.describe(progress)["temperature"] for progress in (0.0, 0.45, 0.9, 1.0)]
    assert temperatures == pytest.approx([1.0, math.sqrt(2.5), 2.5, 2.5])


def test_rounding_on_the_circle_ties_to_the_lower_level() -> None:
    phases = torch.tensor([0.0, math.pi / 2, math.pi])
    angle = torch.tensor([math.pi * 0.76, -0.3, 2 * math.pi - 1e-3])
    assert nearest_on_circle(angle.cos(), angle.sin(), phases).tolist() == [2, 0, 0]
    assert nearest_on_circle(torch.zeros(1), torch.zeros(1), phases).tolist() == [0]
