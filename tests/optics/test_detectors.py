import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, detector_masks, intensity, powers_from_masks, rectangle_powers

GRID = Grid((20, 30), 0.5)


@given(st.floats(0.01, 5.0), st.floats(0.01, 5.0), st.floats(-4.0, 4.0), st.floats(-2.4, 2.4))
def test_a_uniform_intensity_gives_the_area(width, height, x, y):
    powers = rectangle_powers(torch.ones(20, 30, dtype=torch.float64), GRID, [(x, y)], [(width, height)])
    assert float(powers[0]) == pytest.approx(width * height, rel=1e-9)


def test_powers_equal_a_fine_raster():
    intensity = torch.rand(3, 20, 30, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    centres, sizes = [(-3.1, 1.2), (2.0, -2.0), (0.05, 0.0)], [(2.3, 1.1), (4.0, 3.0), (0.1, 9.9)]
    powers = rectangle_powers(intensity, GRID, centres, sizes)
    fine = Grid((400, 600), 0.025)
    for number, ((x, y), (width, height)) in enumerate(zip(centres, sizes, strict=True)):
        inside = ((fine.y_um() - y).abs() <= height / 2)[:, None] & ((fine.x_um() - x).abs() <= width / 2)
        spread = intensity.repeat_interleave(20, 1).repeat_interleave(20, 2)
        expected = (spread * inside).sum((1, 2)) * 0.025**2
        torch.testing.assert_close(powers[:, number], expected, rtol=0.03, atol=1e-6)


def test_a_spot_is_seen_by_the_detector_at_its_place():
    """Row 0 is the smallest y: a spot in row 2 lies low, in column 27 far right."""
    intensity = torch.zeros(20, 30)
    intensity[2, 27] = 4.0
    centres = [(float(x), float(y)) for y in (-3.75, 3.75) for x in (-6.25, 6.25)]
    powers = rectangle_powers(intensity, GRID, centres, [(2.5, 2.5)] * 4)
    assert powers.tolist() == [0.0, 1.0, 0.0, 0.0]


def test_masks_and_rectangles_are_the_same():
    intensity = torch.rand(2, 20, 30, generator=torch.Generator().manual_seed(0))
    rows, columns = detector_masks(GRID, [(0, 0), (1, 1)], [(2, 2), (3, 1.3)])
    expected = torch.einsum("bij,di,dj->bd", intensity, rows, columns) * 0.25
    torch.testing.assert_close(
        rectangle_powers(intensity, GRID, [(0, 0), (1, 1)], [(2, 2), (3, 1.3)]), expected
    )
    torch.testing.assert_close(powers_from_masks(intensity, rows, columns * 0.25), expected)


def test_intensity_and_its_derivatives():
    field = torch.randn(2, 3, 4, dtype=torch.complex128, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(intensity(field), field.abs().square())
    field.requires_grad_()
    assert torch.autograd.gradcheck(intensity, (field,))
    assert torch.autograd.gradgradcheck(intensity, (field,))


@pytest.mark.parametrize(
    ("centres", "sizes", "message"),
    [
        ([(7.0, 0.0)], [(1.5, 1.0)], "detector 0 .* over the edge"),
        ([(0.0, 0.0), (0.0, -4.8)], [(1.0, 1.0)] * 2, "detector 1 .* over the edge"),
        ([(0.0, 0.0)], [(0.0, 1.0)], "detector 0 must have a size greater than 0"),
        ([(0.0, 0.0)], [(1.0, 1.0)] * 2, "centre and a size"),
    ],
)
def test_impossible_detectors_are_refused(centres, sizes, message):
    with pytest.raises(NumericsError, match=message):
        detector_masks(GRID, centres, sizes)
