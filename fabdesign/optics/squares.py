"""Propagation from squares to squares, on a grid of one sample for each.

A field with one value over every square, propagated on a grid of s×s points a square, and averaged over
each square again, is a convolution on the squares alone: its kernel is that of the points, weighted by how
many pairs of points of two squares lie so far apart, and read at every s-th offset. In frequencies this
multiplies the transfer function by sinc²(fx·p)·sinc²(fy·p), with the steeper diffraction orders of a square
of side p folded in (a Galerkin projection onto piecewise constant fields).
"""

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import NumericsError
from fabdesign.optics.grid import Grid

Complex = NDArray[np.complex128]


def finer_grid(grid: Grid, subsamples: int) -> Grid:
    """Return the grid of ``subsamples``² points in the place of each sample.

    Raises:
        NumericsError: less than one point.
    """
    if subsamples < 1:
        raise NumericsError(f"a square must have at least 1 point a side; got subsamples = {subsamples}")
    return Grid.of_pixels(grid.shape, grid.spacing_um, subsamples)


def over_squares(response: Complex, shape: tuple[int, int], subsamples: int) -> Complex:
    """Return the impulse response from squares to squares.

    Args:
        response: from points to points, at all offsets ``1 - n … n - 1`` along an axis, or at ``0 … n - 1``
            where it is even.
        shape: (ny, nx) points of the grid.
        subsamples: points along each side of a square.

    Returns:
        The same at offsets of squares.

    >>> over_squares(np.ones((4, 4), complex), (4, 4), 2).real.tolist()
    [[4.0, 4.0], [4.0, 4.0]]
    """
    if subsamples == 1:
        return response
    along_y = _along_first(response, shape[0], subsamples)
    return np.ascontiguousarray(_along_first(along_y.T, shape[1], subsamples).T)


def _along_first(response: Complex, count: int, subsamples: int) -> Complex:
    """The mean over the points of the square that light arrives at of the sum over those it comes from."""
    if len(response) == count:
        response = np.concatenate([response[subsamples - 1 : 0 : -1], response])
    apart = np.arange(1 - subsamples, subsamples)
    last = len(response) - 2 * (subsamples - 1)
    parts = (
        (1 - abs(offset) / subsamples) * response[first : first + last : subsamples]
        for first, offset in enumerate(apart)
    )
    return np.asarray(sum(parts))
