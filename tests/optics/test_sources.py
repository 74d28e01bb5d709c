import pytest
import torch

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, gaussian_beam, plane_wave


def test_a_plane_wave_has_power_one_on_the_grid():
    grid = Grid((7, 12), 0.3)
    field = plane_wave(grid, dtype=torch.complex128)
    assert float(field.abs().square().sum()) * 0.09 == pytest.approx(1.0)
    assert field.dtype == torch.complex128


def test_a_gaussian_beam_has_power_one_and_its_waist():
    grid = Grid((101, 81), 0.5)
    beam = gaussian_beam(grid, 5.0, centre_um=(2.0, -1.0), dtype=torch.complex128)
    intensity = beam.abs().square()
    total = float(intensity.sum()) * 0.25
    assert total == pytest.approx(1.0, abs=1e-9)
    assert float((intensity.sum(0) * grid.x_um()).sum()) * 0.25 == pytest.approx(2.0, abs=1e-9)
    assert float((intensity.sum(1) * grid.y_um()).sum()) * 0.25 == pytest.approx(-1.0, abs=1e-9)
    # The variance of exp(-2x²/w²) is w²/4.
    assert float((intensity.sum(1) * (grid.y_um() + 1) ** 2).sum()) * 0.25 == pytest.approx(6.25, rel=1e-9)


def test_a_waist_below_two_samples_is_refused():
    with pytest.raises(NumericsError, match="at least two samples"):
        gaussian_beam(Grid((8, 8), 1.0), 1.5)
