import math

import pytest
import torch

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, encode_amplitude, encode_phase, gaussian_beam, plane_wave

F_SHAPE = torch.tensor(
    [
        [1.0, 1.0, 1.0],
        [1.0, 0.0, 0.0],
        [1.0, 1.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
    ]
)


def test_an_image_stands_upright():
    """The top row of the image, its longest bar, lies at the largest y; the stem at the smallest x."""
    grid = Grid((9, 7), 1.0)
    field = encode_amplitude(F_SHAPE[None], grid, 1.0).abs()[0] / plane_wave(grid).abs()
    lit = field > 0.5
    assert lit[6, 2:5].tolist() == [True, True, True]
    assert grid.y_um()[6] == 2.0
    assert lit[2, 2:5].tolist() == [True, False, False]
    assert lit[2:7, 2].all()
    assert grid.x_um()[2] == -1.0


def test_the_centre_moves_the_object():
    grid = Grid((9, 7), 1.0)
    still = encode_amplitude(F_SHAPE[None], grid, 1.0)
    moved = encode_amplitude(F_SHAPE[None], grid, 1.0, centre_um=(1.0, -2.0))
    assert torch.equal(moved[:, :-2, 1:], still[:, 2:, :-1])


def test_a_white_pixel_turns_the_phase_by_the_depth():
    grid = Grid((6, 6), 0.5)
    images = torch.tensor([[[0.0, 0.25], [0.5, 1.0]]])
    field = encode_phase(images, grid, 1.0, 2.0)[0] / plane_wave(grid)
    torch.testing.assert_close(field.abs(), torch.ones(6, 6))
    inside = field[1:5, 1:5].angle()
    expected = torch.tensor([[1.0, 2.0], [0.0, 0.5]]).repeat_interleave(2, 0).repeat_interleave(2, 1)
    torch.testing.assert_close(inside, expected)
    assert (field[0].angle() == 0).all()


@pytest.mark.parametrize(("encode", "default"), [(encode_phase, "transparent"), (encode_amplitude, "opaque")])
@pytest.mark.parametrize("outside", ["transparent", "opaque", None])
def test_the_surroundings(encode, default, outside):
    grid = Grid((4, 4), 1.0)
    options = {} if outside is None else {"outside": outside}
    field = encode(torch.ones(2, 2, 2), grid, 1.0, **options)
    rim = field[:, 0].abs().max().item()
    assert rim == (0.25 if (outside or default) == "transparent" else 0.0)
    assert field[:, 1:3, 1:3].abs().allclose(torch.tensor(0.25))


def test_the_source_lights_the_object():
    grid = Grid((8, 8), 1.0)
    beam = gaussian_beam(grid, 3.0, dtype=torch.complex128)
    images = torch.rand(2, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    field = encode_amplitude(images, grid, 2.0, source=beam, dtype=torch.complex128)
    image = images.flip(-2).repeat_interleave(2, 1).repeat_interleave(2, 2)
    torch.testing.assert_close(field, image * beam)


def test_gradients_reach_the_images():
    images = torch.rand(1, 2, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    images.requires_grad_()
    grid = Grid((4, 4), 1.0)
    assert torch.autograd.gradcheck(lambda i: encode_phase(i, grid, 1.0, dtype=torch.complex128), (images,))


@pytest.mark.parametrize(
    ("grid", "pixel_um", "centre_um", "message"),
    [
        (Grid((4, 4), 1.0), 2.5, (0.0, 0.0), "whole samples; got 2.5"),
        (Grid((4, 4), 1.0), 0.5, (0.0, 0.0), "at least one sample"),
        (Grid((5, 4), 1.0), 1.0, (0.0, 0.0), "whole samples; got 1.5"),
        (Grid((4, 4), 1.0), 1.0, (0.3, 0.0), "whole samples; got 1.3"),
        (Grid((4, 4), 1.0), 3.0, (0.0, 0.0), "the object is 6 samples wide and the grid only 4"),
        (Grid((4, 4), 1.0), 1.0, (0.0, 2.0), "over the edge"),
    ],
)
def test_objects_that_do_not_fit_are_refused(grid, pixel_um, centre_um, message):
    with pytest.raises(NumericsError, match=message):
        encode_phase(torch.ones(1, 2, 2), grid, pixel_um, math.pi, centre_um=centre_um)
