import pytest
import torch

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, Slab, build_kernel, gaussian_beam, propagate

GRID = Grid((14, 11), 0.9)
SHIFTS = [(0.0, 0.0), (0.45, 0.45), (0.0, 0.45)]


def kernel(shift_um=(0.0, 0.0), grid=GRID):
    return build_kernel(
        grid, [Slab(37.0, 1.0), Slab(5.0, 1.5)], 0.532, dtype=torch.complex128, shift_um=shift_um
    )


def random_field(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.complex128, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shift_um", SHIFTS)
def test_the_backward_pass_is_the_adjoint(shift_um):
    x = random_field(14, 11).requires_grad_()
    y = random_field(14, 11, seed=1)
    forward = propagate(x, kernel(shift_um))
    (backward,) = torch.autograd.grad(forward, x, y)
    left, right = (
        torch.vdot(y.flatten(), forward.detach().flatten()),
        torch.vdot(backward.flatten(), x.flatten()),
    )
    assert abs(left - right) / abs(left) < 1e-10


def test_an_even_kernel_is_a_symmetric_operator_and_a_shifted_one_is_not():
    x, y = random_field(14, 11), random_field(14, 11, seed=1)
    for shift_um, symmetric in ((0.0, 0.0), True), ((0.45, 0.45), False):
        there = (y * propagate(x, kernel(shift_um))).sum()
        back = (x * propagate(y, kernel(shift_um))).sum()
        assert bool(abs(there - back) / abs(there) < 1e-10) is symmetric


@pytest.mark.parametrize("shift_um", SHIFTS)
def test_gradients_match_finite_differences(shift_um):
    grid = Grid((4, 5), 0.9)
    x = random_field(2, 4, 5).requires_grad_()
    there = kernel(shift_um, grid)
    assert torch.autograd.gradcheck(lambda u: propagate(u, there), (x,))
    assert torch.autograd.gradgradcheck(lambda u: propagate(u, there), (x,))


def test_nothing_is_saved_for_the_backward_pass():
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: saved.append(t) or t, lambda t: t):
        propagate(random_field(14, 11).requires_grad_(), kernel())
    assert saved == []


def test_the_operator_never_gains_power():
    field = random_field(30, 14, 11)
    for _ in range(3):
        before, field = field.abs().square().sum((-2, -1)), propagate(field, kernel())
        assert (field.abs().square().sum((-2, -1)) <= before * (1 + 1e-12)).all()


def test_power_is_conserved_while_the_light_stays_on_the_grid():
    grid = Grid((96, 96), 0.5)
    beam = gaussian_beam(grid, 6.0, dtype=torch.complex128)
    there = build_kernel(grid, [Slab(80.0, 1.0), Slab(20.0, 1.54)], 0.532, dtype=torch.complex128)
    powers = [float(field.abs().square().sum()) * 0.25 for field in (beam, propagate(beam, there))]
    assert powers[0] == pytest.approx(1.0, abs=1e-9)
    assert powers[1] == pytest.approx(1.0, abs=1e-6)


def test_a_half_sample_shift_moves_a_beam_by_half_a_sample():
    grid = Grid((64, 64), 0.5)
    beam = gaussian_beam(grid, 4.0, dtype=torch.complex128)
    moved = build_kernel(grid, [Slab(50.0, 1.0)], 0.532, dtype=torch.complex128, shift_um=(0.25, -0.5))
    intensity = propagate(beam, moved).abs().square()
    total = intensity.sum()
    assert float((intensity.sum(0) * grid.x_um()).sum() / total) == pytest.approx(0.25, abs=1e-6)
    assert float((intensity.sum(1) * grid.y_um()).sum() / total) == pytest.approx(-0.5, abs=1e-6)


def test_a_field_of_another_grid_is_refused():
    with pytest.raises(NumericsError, match="kernel's grid"):
        propagate(random_field(14, 14), kernel())
