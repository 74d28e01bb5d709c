"""Cells with moved edges: hand values, the numbers of a plain loop, and gradients."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter1d

from fabdesign.optics.cells import Cells, Moved, average, blurred

RNG = np.random.default_rng(3)


def moved(x_um: float, y_um: float, shape: tuple[int, int], samples: int) -> Moved:
    ny, nx = shape
    return Moved(np.full((ny, nx + 1), x_um), np.full((ny + 1, samples), y_um))


def test_cells_that_lie_on_samples_keep_their_values() -> None:
    values = torch.from_numpy(RNG.normal(size=(3, 4)))
    same = average(Cells.even((3, 4), 0.5), values, moved(0, 0, (3, 4), 4), (3, 4), 0.5)
    torch.testing.assert_close(same, values)


def test_a_shift_by_a_part_of_a_cell_mixes_neighbours() -> None:
    """0.3 of a cell to the right and 0.25 upwards: bilinear weights, darkness from outside."""
    values = RNG.normal(size=(3, 4)) + 1j * RNG.normal(size=(3, 4))
    found = average(
        Cells.even((3, 4), 2.0), torch.from_numpy(values), moved(0.6, 0.5, (3, 4), 4), (3, 4), 2.0
    )
    left = np.pad(values, ((0, 0), (1, 0)))[:, :-1]
    across = 0.7 * values + 0.3 * left
    below = np.pad(across, ((1, 0), (0, 0)))[:-1]
    np.testing.assert_allclose(found.numpy(), 0.75 * across + 0.25 * below, atol=1e-14)


def test_every_row_moves_by_its_own_amount() -> None:
    displaced = Moved(np.repeat([[0.0], [0.5]], 4, axis=1), np.zeros((3, 3)))
    found = average(Cells.even((2, 3), 1.0), torch.ones(2, 3).double(), displaced, (2, 3), 1.0)
    assert found.tolist() == [[1.0, 1.0, 1.0], [0.5, 1.0, 1.0]]


def test_edges_that_overtake_each_other_leave_nothing_between() -> None:
    edges = np.array([[0.0, 0.8, -0.8, 0.0]])
    values = torch.tensor([[1.0, 2.0, 5.0]]).double()
    found = average(Cells.even((1, 3), 1.0), values, Moved(edges, np.zeros((2, 3))), (1, 3), 1.0)
    np.testing.assert_allclose(found, [[1.0, 0.8 * 1 + 0.2 * 5, 5.0]])


def test_light_power_is_kept_under_a_stretch_of_the_middle() -> None:
    values = torch.zeros(9, 9).double()
    values[3:6, 3:6] = torch.from_numpy(RNG.uniform(size=(3, 3)))
    cells, stretch = Cells.even((9, 9), 1.0), 0.04
    x_um = np.tile(stretch * cells.x_edge_um, (9, 1))
    y_um = np.tile(stretch * cells.y_edge_um[:, None], (1, 36))
    found = average(cells, values, Moved(x_um, y_um), (36, 36), 0.25)
    assert float(found.sum()) * 0.25**2 == pytest.approx(float(values.sum()) * (1 + stretch) ** 2)


def test_blur_is_a_gaussian_and_keeps_a_flat_layer() -> None:
    heights = RNG.uniform(size=(60, 60))
    found = blurred(torch.from_numpy(heights), 0.1, 0.8).numpy()
    expected = gaussian_filter1d(gaussian_filter1d(heights, 8.0, axis=0, truncate=6), 8.0, axis=1, truncate=6)
    np.testing.assert_allclose(found[25:-25, 25:-25], expected[25:-25, 25:-25], rtol=2e-3)
    np.testing.assert_allclose(blurred(torch.full((5, 7), 2.0).double(), 0.1, 0.3), np.full((5, 7), 2.0))


def test_gradients() -> None:
    values = torch.from_numpy(RNG.normal(size=(4, 5))).requires_grad_()
    displaced = Moved(RNG.normal(0, 0.2, (4, 6)), RNG.normal(0, 0.2, (5, 10)))

    def light(heights: torch.Tensor) -> torch.Tensor:
        through = torch.exp(2j * blurred(heights, 1.0, 0.6))
        return torch.view_as_real(average(Cells.even((4, 5), 1.0), through, displaced, (8, 10), 0.5))

    assert torch.autograd.gradcheck(light, values, fast_mode=True)
