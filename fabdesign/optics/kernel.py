"""The propagation operator between two planes, built once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from fabdesign.errors import NumericsError
from fabdesign.optics.grid import Grid, Slab
from fabdesign.optics.impulse import ORDER, impulse_response, needed_panels
from fabdesign.optics.sizes import good_size
from fabdesign.optics.spectrum import padded_spectrum
from fabdesign.optics.squares import finer_grid, over_squares
from fabdesign.optics.transfer import Transfer

MAX_PANELS = 1024
Complex = NDArray[np.complex128]
_NUMPY_TYPE = {torch.complex64: np.complex64, torch.complex128: np.complex128}


@dataclass(frozen=True, eq=False)
class Kernel:
    """A linear convolution from a grid onto itself, ready to be applied by FFT.

    Args:
        transfer: its spectrum, complex [My, Mx], with the 1/(My·Mx) of the inverse transform folded in.
        grid: the grid it works on.
        build_factor: frequencies used to build it, per point of the grid along the longer side.
        estimated_error: expected relative L2 error of propagating a white random-phase field.
        even: whether the impulse response is even in x and y, so that the operator is symmetric.
        slabs: what the light passes.
        wavelength_um: vacuum wavelength in micrometres.
        method: ``angular_spectrum`` or ``fresnel``.
        subsamples: points along each side of the square that a sample stands for; 1 where it is a point.
    """

    transfer: torch.Tensor
    grid: Grid
    build_factor: float
    estimated_error: float
    even: bool
    slabs: tuple[Slab, ...]
    wavelength_um: float
    method: str
    subsamples: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Size (My, Mx) of the zero-padded transform."""
        return self.transfer.shape[0], self.transfer.shape[1]

    def transposed(self) -> torch.Tensor:
        """The spectrum of the transposed operator, H(-f); the same tensor where the kernel is even."""
        if self.even:
            return self.transfer
        return torch.roll(self.transfer.flip(0, 1), (1, 1), (0, 1))

    def to(self, dtype: torch.dtype | None = None, device: torch.device | str | None = None) -> "Kernel":
        """The same kernel in another precision or on another device."""
        return replace(self, transfer=self.transfer.to(device=device, dtype=dtype))


def build_kernel(
    grid: Grid,
    slabs: Sequence[Slab],
    wavelength_um: float,
    *,
    tolerance: float = 1e-3,
    dtype: torch.dtype = torch.complex64,
    device: torch.device | str = "cpu",
    method: Literal["angular_spectrum", "fresnel"] = "angular_spectrum",
    padding: Literal["exact"] = "exact",
    shift_um: tuple[float, float] = (0.0, 0.0),
    subsamples: int = 1,
) -> Kernel:
    """Build the exact scalar propagation through ``slabs`` on ``grid``.

    The transfer function ``Π exp(2πi d sqrt((n/λ)² - f²))``, |f| < n/λ, becomes an impulse response by
    quadrature in float64 (`fabdesign.optics.impulse`), is cut to the ±(N - 1) samples that two points of the
    grid can be apart, and transformed at a good size of at least 2N - 1. Applied by FFT, this is the linear
    convolution of an unbounded grid, free of wrap-around at any distance. The quadrature is refined until two
    sizes agree to ``tolerance``; the difference, from the coarser one, is kept as ``estimated_error``.

    Args:
        grid: the grid of both planes.
        slabs: what the light passes; normal-incidence reflection losses at their faces are ignored.
        wavelength_um: vacuum wavelength in micrometres.
        tolerance: largest allowed relative L2 error of propagating a white random-phase field.
        dtype: complex64 or complex128.
        device: where the kernel shall live.
        method: ``angular_spectrum`` (exact) or ``fresnel`` (paraxial).
        padding: ``exact`` is the only one so far.
        shift_um: (x, y) by which the second plane sees the field displaced.
        subsamples: 1 takes samples as points of a field without finer detail. More takes them as squares of
            so many points a side: light leaves a square with one value, and what arrives is averaged over
            each (`fabdesign.optics.squares`).

    Returns:
        The kernel.

    Raises:
        NumericsError: the error cannot be brought below ``tolerance`` within bounded memory, or less than one
            subsample.

    >>> kernel = build_kernel(Grid((64, 64), 1.0), [Slab(750.0, 1.0)], 0.532)
    >>> kernel.shape, kernel.even, kernel.estimated_error < 1e-6
    ((128, 128), True, True)
    """
    if padding != "exact":
        raise NumericsError(f"the padding must be 'exact'; got {padding!r}")
    transfer = Transfer(tuple(slabs), wavelength_um, method)
    even = shift_um == (0.0, 0.0)
    points = finer_grid(grid, subsamples)
    response, panels, error = _converged(transfer, points, shift_um, tolerance)
    response = over_squares(response, points.shape, subsamples)
    padded = padded_shape(grid)
    spectrum = padded_spectrum(response, grid.shape, padded, _NUMPY_TYPE[dtype])
    return Kernel(
        transfer=torch.from_numpy(spectrum).to(device=device, dtype=dtype),
        grid=grid,
        build_factor=round(2 * panels * ORDER / max(points.shape), 3),
        estimated_error=error,
        even=even,
        slabs=transfer.slabs,
        wavelength_um=wavelength_um,
        method=method,
        subsamples=subsamples,
    )


def padded_shape(grid: Grid) -> tuple[int, int]:
    """Size (My, Mx) of the zero-padded transform on a grid.

    >>> padded_shape(Grid((64, 200), 1.0))
    (128, 400)
    """
    ny, nx = grid.shape
    return good_size(2 * ny - 1), good_size(2 * nx - 1)


def _converged(
    transfer: Transfer, grid: Grid, shift_um: tuple[float, float], tolerance: float
) -> tuple[Complex, int, float]:
    band = 1 / (2 * grid.spacing_um)
    y_um, x_um = (
        _offsets(count, grid.spacing_um, shift)
        for count, shift in zip(grid.shape, reversed(shift_um), strict=True)
    )
    reach_um = float(max(np.abs(x_um).max(), np.abs(y_um).max()))
    panels = needed_panels(transfer, band, reach_um)
    error = math.inf
    while panels <= MAX_PANELS:
        coarse = impulse_response(transfer, band, x_um, y_um, panels)
        panels = math.ceil(1.2 * panels) + 1
        fine = impulse_response(transfer, band, x_um, y_um, panels)
        error = _field_error(fine - coarse, fine, grid)
        if error <= tolerance:
            return fine * grid.spacing_um**2, panels, error
    distance_um = sum(slab.thickness_um for slab in transfer.slabs)
    raise NumericsError(
        f"the propagation over {distance_um:g} um cannot be computed to {tolerance:g} on this grid: it needs "
        f"more than {MAX_PANELS * ORDER} frequencies a side (error reached: {error:.2g})",
        hint="shorten the gap, enlarge the pixels, or allow a larger optics.kernel_tolerance",
    )


def _offsets(count: int, spacing_um: float, shift_um: float) -> NDArray[np.float64]:
    """Distances between two samples: the non-negative ones if they suffice, else all of -(N-1)…(N-1)."""
    first = 0 if shift_um == 0 else 1 - count
    return np.arange(first, count, dtype=np.float64) * spacing_um - shift_um


def _field_error(difference: Complex, response: Complex, grid: Grid) -> float:
    """Expected relative L2 error for a field of independent random phases: each pair of samples counts."""
    ny, nx = grid.shape
    pairs = _pair_counts(ny, response.shape[0])[:, None] * _pair_counts(nx, response.shape[1])
    return float(np.sqrt(np.sum(pairs * np.abs(difference) ** 2) / np.sum(pairs * np.abs(response) ** 2)))


def _pair_counts(count: int, length: int) -> NDArray[np.float64]:
    if length > count or count == 1:
        return count - np.abs(np.arange(1 - count, count, dtype=np.float64))
    counts = 2 * (count - np.arange(count, dtype=np.float64))
    counts[0] = count
    return counts
