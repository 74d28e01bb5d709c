"""The paper's five methods against numbers worked out by hand."""

import math

import numpy as np
import pytest
import torch

from fabdesign.process import LevelTable, ideal_table
from fabdesign.quantise import make_quantiser
from fabdesign.quantise.methods.gs import gumbel
from fabdesign.quantise.methods.psq import sigmoid_staircase
from fabdesign.quantise.paper import HIGH_RAD

SHAPE = (2, 5, 4)


@pytest.fixture
def table() -> LevelTable:
    return ideal_table(4, wavelength_um=0.785, material_index=1.54, medium_index=1.0)


@pytest.mark.parametrize("name", ["pq", "ste", "gs", "psq", "psq-lt"])
def test_paper_methods_use_the_paper_range_with_both_ends(name: str, table: LevelTable) -> None:
    quantiser = make_quantiser(name, SHAPE, table, seed=1)
    assert quantiser.table.phase_rad == pytest.approx(np.linspace(0, 1.99 * math.pi, 4), abs=1e-5)
    full_turn = 0.785 / 0.54
    assert quantiser.table.height_um == pytest.approx(np.linspace(0, 0.995 * full_turn, 4), abs=1e-6)


def test_staircase_has_the_value_of_the_formula() -> None:
    step = HIGH_RAD / 2
    value, s = 1.0, 3.0
    expected = step * sum(1 / (1 + math.exp(-s * (value - step / 2 - i * step))) for i in range(2))
    found = sigmoid_staircase(torch.tensor([[[value]]]), torch.tensor(s), 3)
    assert float(found) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("value", "extra"), [(-0.5, -0.005), (7.0, 0.07)])
def test_staircase_leaks_outside_the_range(value: float, extra: float) -> None:
    inside = HIGH_RAD if value > 0 else 0.0
    found = float(sigmoid_staircase(torch.tensor([[[value]]]), torch.tensor(200.0), 4))
    assert found == pytest.approx(inside + extra, abs=1e-5)


@pytest.mark.parametrize("value", [-0.7, 0.4, 1.1, 2.9, 6.0, 6.9])
def test_staircase_gradient_is_that_of_the_paper(value: float) -> None:
    n, s = 4, 5.0
    step = HIGH_RAD / (n - 1)
    sigmas = [1 / (1 + math.exp(-s * (value - step / 2 - i * step))) for i in range(n - 1)]
    expected = s * step * sum(sigma * (1 - sigma) for sigma in sigmas)
    expected += 0.01 if not 0 <= value <= HIGH_RAD else 0.0
    weight = torch.full((1, 1, 1), value, dtype=torch.float64, requires_grad=True)
    sigmoid_staircase(weight, torch.tensor(s, dtype=torch.float64), n).sum().backward()
    assert float(weight.grad) == pytest.approx(expected, rel=1e-9)


def test_psq_temperature_grows_linearly_from_1_to_20(table: LevelTable) -> None:
    quantiser = make_quantiser("psq", SHAPE, table, seed=0)
    temperatures = [quantiser.describe(progress)["temperature"] for progress in (0.0, 0.5, 1.0)]
    assert temperatures == pytest.approx([1.0, 10.5, 20.0])


def test_psq_lt_starts_at_18_2_and_ends_at_200_at_most(table: LevelTable) -> None:
    quantiser = make_quantiser("psq-lt", SHAPE, table, seed=0)
    assert quantiser.describe(0.0)["temperature"] == pytest.approx(18.18, abs=0.01)
    quantiser.k.data.zero_()
    assert quantiser.describe(0.0)["temperature"] == pytest.approx(200.0)


def test_psq_lt_penalty_pushes_the_temperature_up_harder_and_harder(table: LevelTable) -> None:
    quantiser = make_quantiser("psq-lt", SHAPE, table, seed=0)
    assert float(quantiser.penalty(0.0).detach()) == pytest.approx(0.5 * 0.01 * (2 * 0.05**2 - 0.1**2))
    quantiser.penalty(0.0).backward()
    first = quantiser.k.grad.clone()
    assert first.tolist() == pytest.approx([0.01 * 0.05] * 2)
    quantiser.k.grad = None
    quantiser.penalty(1.0).backward()
    assert bool((quantiser.k.grad > 100 * first).all())


def test_psq_lt_learns_one_temperature_per_layer(table: LevelTable) -> None:
    quantiser = make_quantiser("psq-lt", SHAPE, table, seed=0)
    quantiser.transmission(0.5)[1].imag.sum().backward()
    assert float(quantiser.k.grad[0]) == 0.0
    assert float(quantiser.k.grad[1]) != 0.0


def test_ste_is_hard_forward_and_the_identity_backward(table: LevelTable) -> None:
    quantiser = make_quantiser("ste", SHAPE, table, seed=3)
    quantiser.weight.data[0, 0, 0] = 9.0
    phase = quantiser.soft_phase(0.0)
    assert torch.allclose(phase, quantiser.rounded(), atol=1e-6)
    factors = torch.randn(SHAPE, generator=torch.Generator().manual_seed(0))
    (phase * factors).sum().backward()
    assert torch.equal(quantiser.weight.grad, factors)


def test_pq_rounds_on_the_line_and_not_on_the_circle(table: LevelTable) -> None:
    quantiser = make_quantiser("pq", (1, 1, 4), table, seed=0)
    step = HIGH_RAD / 3
    quantiser.weight.data[:] = torch.tensor([-1.0, 0.49 * step, 1.51 * step, 8.0])
    assert quantiser.hard_levels().tolist() == [[[0, 0, 2, 3]]]
    assert quantiser.free_phase()[0, 0].tolist() == pytest.approx(quantiser.weight[0, 0].tolist())


def test_no_quantisation_rounds_on_the_circle_of_the_process(table: LevelTable) -> None:
    quantiser = make_quantiser("none", (1, 1, 3), table, seed=0)
    quantiser.weight.data[:] = torch.tensor([-0.1, 2 * math.pi - 0.7, 7.8])
    assert quantiser.hard_levels().tolist() == [[[0, 0, 1]]]
    assert quantiser.free_phase()[0, 0].tolist() == pytest.approx(
        [2 * math.pi - 0.1, 2 * math.pi - 0.7, 7.8 - 2 * math.pi], abs=1e-5
    )


def test_gs_draws_one_hot_with_the_probabilities_of_the_softmax(table: LevelTable) -> None:
    quantiser = make_quantiser("gs", (1, 100, 100), table, seed=0)
    logits = torch.tensor([0.0, 1.0, 2.0, -1.0])
    quantiser.logits.data[:] = logits[:, None, None, None]
    drawn = quantiser.one_hot(torch.Generator().manual_seed(5)).detach()
    assert torch.equal(drawn.round(), drawn.round().clamp(0, 1))
    assert torch.allclose(drawn.sum(0), torch.ones(1, 100, 100), atol=1e-5)
    shares = drawn.mean(dim=(1, 2, 3))
    assert torch.allclose(shares, logits.softmax(0), atol=0.015)


def test_gs_noise_is_that_of_the_generator(table: LevelTable) -> None:
    quantiser = make_quantiser("gs", SHAPE, table, seed=0)
    first, again, other = (
        quantiser.transmission(0.5, torch.Generator().manual_seed(seed)).detach() for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert float(gumbel((200_000,), torch.Generator().manual_seed(0)).mean()) == pytest.approx(
        0.5772, abs=0.01
    )


def test_gs_final_levels_are_a_draw_as_in_the_paper_or_the_likeliest(table: LevelTable) -> None:
    sample = make_quantiser("gs", (1, 30, 30), table, seed=0)
    likeliest = make_quantiser("gs", (1, 30, 30), table, seed=0, options={"final": "argmax"})
    assert torch.equal(likeliest.hard_levels(), likeliest.logits.argmax(0).to(torch.uint8))
    assert torch.equal(sample.hard_levels(), sample.hard_levels())
    assert not torch.equal(sample.hard_levels(), likeliest.hard_levels())
