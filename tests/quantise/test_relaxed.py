"""Shares of levels, from which errors of the process are mixed."""

import math

import pytest
import torch

from fabdesign.network import process_table
from fabdesign.quantise import make_quantiser, quantiser_names
from fabdesign.quantise.relaxed import shares_on_circle
from tests.network.devices import tiny

LEVELS = torch.tensor([0.0, 1.0, 2.5, 5.5])


def test_a_level_is_its_own_share_and_the_circle_closes() -> None:
    found = shares_on_circle(LEVELS[None, None], LEVELS)[:, 0, 0]
    torch.testing.assert_close(found, torch.eye(4))
    between = (5.5 + 2 * math.pi) / 2
    torch.testing.assert_close(
        shares_on_circle(torch.tensor([[[between, between - 2 * math.pi]]]), LEVELS)[:, 0, 0].T,
        torch.tensor([[0.5, 0.0, 0.0, 0.5]] * 2),
    )


def test_shares_in_another_order() -> None:
    phase = torch.linspace(-7, 7, 40)[None, None]
    order = torch.tensor([2, 0, 3, 1])
    torch.testing.assert_close(shares_on_circle(phase, LEVELS)[order], shares_on_circle(phase, LEVELS[order]))


def test_gradients_of_shares() -> None:
    phase = torch.tensor([[[0.3, 1.7, 4.0, 6.0]]]).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda at: shares_on_circle(at, LEVELS.double()), phase)


@pytest.mark.parametrize("name", quantiser_names())
@pytest.mark.parametrize("progress", [0.1, 0.97])
def test_relaxed_pixels_have_the_transmission_that_training_sees(name: str, progress: float) -> None:
    quantiser = make_quantiser(name, (2, 6, 5), process_table(tiny()), 0, {})
    relaxed = quantiser.relaxed(progress, torch.Generator().manual_seed(1))
    expected = quantiser.transmission(progress, torch.Generator().manual_seed(1))
    torch.testing.assert_close(relaxed.weights.sum(0), torch.ones(2, 6, 5))
    assert float(relaxed.weights.detach().min()) >= -1e-6
    levels = torch.polar(torch.ones_like(quantiser.level_phase_rad), quantiser.level_phase_rad)
    mixed = torch.einsum("klyx,k->lyx", relaxed.weights.to(levels), levels)
    mixed = mixed * relaxed.brightness(quantiser.level_phase_rad)
    found = mixed if relaxed.transmission is None else relaxed.transmission
    torch.testing.assert_close(found, expected)
