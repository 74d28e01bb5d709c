import pytest

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, Slab


def test_samples_lie_symmetrically_about_the_axis():
    grid = Grid((3, 4), 0.5)
    assert grid.y_um().tolist() == [-0.5, 0.0, 0.5]
    assert grid.x_um().tolist() == [-0.75, -0.25, 0.25, 0.75]
    assert grid.size_um == (1.5, 2.0)


def test_the_samples_of_a_pixel_surround_its_centre():
    grid = Grid.of_pixels((2, 3), 1.5, 2)
    assert grid == Grid((4, 6), 0.75)
    assert grid.x_um().reshape(3, 2).mean(1).tolist() == [-1.5, 0.0, 1.5]


@pytest.mark.parametrize("shape", [(0, 4), (4, -1)])
def test_a_grid_needs_samples(shape):
    with pytest.raises(NumericsError, match="at least one sample"):
        Grid(shape, 1.0)


@pytest.mark.parametrize("spacing_um", [0.0, -1.0, float("nan"), float("inf")])
def test_a_spacing_must_be_a_positive_number(spacing_um):
    with pytest.raises(NumericsError, match="greater than 0"):
        Grid((4, 4), spacing_um)


def test_a_pixel_needs_a_sample():
    with pytest.raises(NumericsError, match="samples_per_pixel must be at least 1"):
        Grid.of_pixels((4, 4), 1.5, 0)


@pytest.mark.parametrize(("thickness_um", "index"), [(-1.0, 1.5), (1.0, 0.0), (float("nan"), 1.0)])
def test_a_slab_must_be_physical(thickness_um, index):
    with pytest.raises(NumericsError, match="must be"):
        Slab(thickness_um, index)
