"""How much memory propagation takes, before anything is built."""

from collections.abc import Sequence

from fabdesign.optics.convolver import BRANCHES_FROM
from fabdesign.optics.grid import Grid, Slab
from fabdesign.optics.impulse import ORDER, needed_panels
from fabdesign.optics.kernel import padded_shape
from fabdesign.optics.spectrum import STRIP
from fabdesign.optics.transfer import Transfer

COMPLEX64, COMPLEX128 = 8, 16
_BLOCKS = 250_000_000
"""Blocks of the quadrature, whatever the size of the grid."""
_REFINED = 1.25


def kernel_bytes(grid: Grid) -> int:
    """Bytes of one kernel's spectrum in complex64.

    >>> kernel_bytes(Grid((1000, 1000), 1.0))
    32000000
    """
    my, mx = padded_shape(grid)
    return COMPLEX64 * my * mx


def build_bytes(grid: Grid, slabs: Sequence[Slab], wavelength_um: float) -> int:
    """Bytes that are held at a time while one kernel is built, the kernel itself included."""
    ny, nx = grid.shape
    transfer, band = Transfer(tuple(slabs), wavelength_um), 1 / (2 * grid.spacing_um)
    reach_um = max(grid.shape) * grid.spacing_um
    nodes = _REFINED * needed_panels(transfer, band, reach_um) * ORDER
    integrals = int((8 + 2 * COMPLEX128) * max(ny, nx) * nodes)
    responses = 3 * COMPLEX128 * ny * nx
    my, mx = padded_shape(grid)
    transform = COMPLEX128 * (ny * mx + 3 * STRIP * my) + kernel_bytes(grid)
    small = COMPLEX128 * ny * nx * 8
    return min(_BLOCKS, small) + max(responses + integrals, responses + transform)


def working_bytes(grid: Grid, kernels: int, images: int) -> int:
    """Bytes of buffers, transforms and prepared spectra while light goes through a device.

    Args:
        grid: samples of a plane.
        kernels: spaces that differ.
        images: how many are propagated at a time.
    """
    spectrum = kernel_bytes(grid)
    if min(padded_shape(grid)) < BRANCHES_FROM:
        return 3 * images * spectrum
    return kernels * spectrum + (6 * images + 4) * spectrum // 4
