"""Altered kernels against kernels that are built anew."""

import numpy as np
import pytest
import torch

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, Slab, build_kernel, propagate
from fabdesign.optics.altered import AlterableKernel

GRID = Grid((48, 40), 0.75)
SLABS = [Slab(35.0, 1.0), Slab(5.0, 1.54)]


@pytest.fixture(scope="module")
def alterable() -> AlterableKernel:
    return AlterableKernel(build_kernel(GRID, SLABS, 0.785, dtype=torch.complex128))


def error(
    alterable: AlterableKernel, slabs: list[Slab], wavelength_um: float, shift: tuple[float, float]
) -> float:
    rng = np.random.default_rng(0)
    field = torch.from_numpy(np.exp(2j * np.pi * rng.random((3, *GRID.shape))))
    exact = build_kernel(GRID, slabs, wavelength_um, dtype=torch.complex128, shift_um=shift)
    expected = propagate(field, exact)
    found = propagate(field, alterable.altered(slabs, wavelength_um, shift))
    return float((found - expected).norm() / expected.norm())


def test_thickness_and_colour_are_nearly_exact(alterable: AlterableKernel) -> None:
    assert error(alterable, [Slab(36.0, 1.0), Slab(5.0, 1.54)], 0.785, (0.0, 0.0)) < 1e-3
    assert error(alterable, SLABS, 0.787, (0.0, 0.0)) < 1e-3
    assert error(alterable, [Slab(35.0, 1.0), Slab(5.0, 1.55)], 0.785, (0.0, 0.0)) < 1e-3


@pytest.mark.parametrize("shift", [(0.2, -0.3), (1.0, 0.4), (0.75, -1.5)])
def test_a_shift_is_exact_but_for_the_edge_of_the_band(
    alterable: AlterableKernel, shift: tuple[float, float]
) -> None:
    """White noise is the worst case: all of its band holds the same power."""
    assert error(alterable, SLABS, 0.785, shift) < 0.025


def test_a_long_way_is_built_anew(alterable: AlterableKernel) -> None:
    assert error(alterable, SLABS, 0.785, (15.0, 0.0)) < 1e-9
    assert error(alterable, [Slab(75.0, 1.0)], 0.785, (0.0, 0.0)) < 1e-9


def test_only_an_exact_centred_kernel_can_be_altered() -> None:
    for kernel in (
        build_kernel(GRID, SLABS, 0.785, method="fresnel"),
        build_kernel(GRID, SLABS, 0.785, shift_um=(0.1, 0.0)),
        build_kernel(GRID, SLABS, 0.785, subsamples=2),
    ):
        with pytest.raises(NumericsError, match="without a shift"):
            AlterableKernel(kernel)
