"""The tuned methods: circles, masks, offsets and no gap at the end."""

import math

import pytest
import torch

from fabdesign.process import LevelTable, ideal_table
from fabdesign.quantise import make_quantiser
from fabdesign.quantise.rounding import best_offset, nearest_on_circle, nearest_turn

INDICES = {"wavelength_um": 0.785, "material_index": 1.54, "medium_index": 1.0}
SHAPE = (2, 6, 5)


@pytest.fixture(params=["closed", "uneven"])
def table(request: pytest.FixtureRequest) -> LevelTable:
    if request.param == "closed":
        return ideal_table(4, **INDICES)
    return LevelTable.from_phases([0, 0.5, 0.9, 1.8, 3.0, 1.3 * math.pi], **INDICES)


@pytest.mark.parametrize("name", ["ste-tuned", "gs-tuned", "alpha", "lsq"])
def test_nothing_is_lost_when_training_ends(name: str, table: LevelTable) -> None:
    options = {"end": 0.001} if name == "gs-tuned" else {}
    method = make_quantiser(name, SHAPE, table, 0, options)
    if name == "gs-tuned":
        method.logits.data.mul_(100)  # as decided as after a training
    assert torch.allclose(method.transmission(1.0), method.hard_transmission(), atol=1e-4)


@pytest.mark.parametrize("name", ["ste-tuned", "alpha", "lsq"])
def test_a_phase_crosses_from_2_pi_to_0(name: str) -> None:
    method = make_quantiser(name, (1, 1, 1), ideal_table(4, **INDICES), 0)
    method.weight.data.fill_(2 * math.pi - 0.1)
    assert int(method.hard_levels()) == 0
    method.transmission(0.5).imag.sum().backward()
    assert float(method.weight.grad) > 0.5


def test_weights_outside_the_range_are_masked_off_the_circle() -> None:
    method = make_quantiser("ste-tuned", (1, 1, 3), ideal_table(4, **INDICES), 0, {"cyclic": False})
    method.weight.data.copy_(torch.tensor([[[-1.5, 1.0, 7.5]]]))
    (method.soft_phase(0.5)).sum().backward()
    assert method.weight.grad.reshape(-1).tolist() == [0.0, 1.0, 0.0]


def test_alpha_goes_from_the_free_phase_to_the_rounded_one() -> None:
    method = make_quantiser("alpha", (1, 2, 2), ideal_table(4, **INDICES), 0)
    assert torch.allclose(method.soft_phase(0.0), method.weight)
    assert method.share(0.55) == pytest.approx(1 - 0.5**3)
    assert method.share(1.0) == 1.0


def test_the_offset_is_the_best_of_all_that_are_tried() -> None:
    generator = torch.Generator().manual_seed(1)
    levels = torch.tensor([0.0, 1.0, 2.5])
    phase = torch.rand(2, 8, 8, generator=generator) * 0.4 + 2.0
    offset = best_offset(phase, levels, 90)

    def loss(turned: torch.Tensor) -> torch.Tensor:
        rounded = levels[nearest_on_circle(turned.cos(), turned.sin(), levels).long()]
        return (1 - (turned - rounded).cos()).sum((1, 2))

    tried = torch.stack([loss(phase + k * 2 * math.pi / 90) for k in range(90)])
    assert torch.allclose(loss(phase + offset), tried.amin(0), atol=1e-4)
    assert bool((loss(phase + offset) < 0.5 * loss(phase)).all())


def test_turning_a_layer_changes_no_rounded_phase_of_pq_tuned() -> None:
    method = make_quantiser("pq-tuned", SHAPE, ideal_table(8, **INDICES), 0)
    before = method.hard_transmission()
    method.weight.data += torch.tensor([0.3, 2.0])[:, None, None]
    after = method.hard_transmission()
    turn = (after * before.conj()).sum((1, 2))
    assert float(turn.abs().min()) > 0.9 * 30


def test_a_turn_is_a_whole_one() -> None:
    found = nearest_turn(torch.tensor([0.0, 0.0, 3.0]), torch.tensor([13.0, -3.0, 3.5]))
    assert torch.allclose(found, torch.tensor([4 * math.pi, 0.0, 3.0]))


def test_learned_steps_get_gradients() -> None:
    method = make_quantiser("lsq", SHAPE, ideal_table(4, **INDICES), 0)
    method.transmission(0.3).imag.sum().backward()
    assert float(method.scale.grad.abs().min()) > 0
    assert float(method.offset.grad.abs().min()) > 0
