"""Propagation from squares to squares: against the finer grid it stands for, and diffraction orders."""

import math

import numpy as np
import pytest
import torch

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, Slab, block_sum, build_kernel, propagate, upsample

WAVELENGTH = 0.785
PITCH = 1.5


@pytest.mark.parametrize("subsamples", [1, 2, 3, 4])
@pytest.mark.parametrize("shift_um", [(0.0, 0.0), (0.4, -1.1), (0.0, 2.0)])
def test_it_is_the_mean_over_squares_of_what_squares_send(
    subsamples: int, shift_um: tuple[float, float]
) -> None:
    generator = torch.Generator().manual_seed(subsamples)
    field = torch.randn(7, 10, dtype=torch.complex128, generator=generator)
    slabs = [Slab(40.0, 1.0), Slab(5.0, 1.5)]
    squares, points = Grid((7, 10), PITCH), Grid.of_pixels((7, 10), PITCH, subsamples)
    kernel = build_kernel(
        squares, slabs, WAVELENGTH, dtype=torch.complex128, shift_um=shift_um, subsamples=subsamples
    )
    fine = build_kernel(points, slabs, WAVELENGTH, dtype=torch.complex128, shift_um=shift_um)

    expected = block_sum(propagate(upsample(field, subsamples), fine), subsamples) / subsamples**2
    torch.testing.assert_close(propagate(field, kernel), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_a_grating_loses_what_squares_send_into_other_orders(levels: int) -> None:
    """Order m of a grating of squares has f = (1/N + m)/p; squares send and take sinc(fp) of it each."""
    pixels, distance_um = 96, 3.0
    along_x = torch.exp(2j * math.pi * torch.arange(pixels, dtype=torch.float64) / levels)
    wave = along_x.expand(pixels, pixels).contiguous()
    kernel = build_kernel(
        Grid((pixels, pixels), PITCH),
        [Slab(distance_um, 1.0)],
        WAVELENGTH,
        dtype=torch.complex128,
        subsamples=16,
    )
    middle = slice(pixels // 3, 2 * pixels // 3)
    found = (propagate(wave, kernel) * wave.conj())[middle, middle].mean()

    order = 1 / levels + np.arange(-8, 8)
    along_z = np.sqrt(np.maximum(WAVELENGTH**-2 - (order / PITCH) ** 2, 0) + 0j)
    passes = np.abs(order) / PITCH < 1 / WAVELENGTH
    expected = np.sum(np.sinc(order) ** 2 * np.exp(2j * np.pi * distance_um * along_z) * passes)
    assert abs(complex(found) - expected) < 0.02


def test_without_a_distance_squares_stay_what_they_are() -> None:
    kernel = build_kernel(
        Grid((8, 8), PITCH), [Slab(0.0, 1.0)], 40.0, method="fresnel", dtype=torch.complex128, subsamples=2
    )
    field = torch.randn(8, 8, dtype=torch.complex128, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(propagate(field, kernel), field, rtol=1e-6, atol=1e-6)


def test_a_square_of_no_points_is_refused() -> None:
    with pytest.raises(NumericsError, match="subsamples = 0"):
        build_kernel(Grid((8, 8), PITCH), [Slab(10.0, 1.0)], WAVELENGTH, subsamples=0)
