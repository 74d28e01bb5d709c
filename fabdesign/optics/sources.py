"""The light that enters the device."""

import math

import torch

from fabdesign.errors import NumericsError
from fabdesign.optics.grid import Grid


def plane_wave(
    grid: Grid, *, dtype: torch.dtype = torch.complex64, device: torch.device | str = "cpu"
) -> torch.Tensor:
    """A plane wave along +z whose power over the grid is 1.

    ``u = 1/sqrt(area)``, so that a detector's power is the share of the light that falls on the grid.

    Args:
        grid: where the field is sampled.
        dtype: complex64 or complex128.
        device: where the field shall live.

    Returns:
        The field, [ny, nx], in 1/um.

    >>> float(plane_wave(Grid((4, 4), 0.5))[0, 0].real)
    0.5
    """
    height_um, width_um = grid.size_um
    return torch.full(grid.shape, 1 / math.sqrt(height_um * width_um), dtype=dtype, device=device)


def gaussian_beam(
    grid: Grid,
    waist_um: float,
    *,
    centre_um: tuple[float, float] = (0.0, 0.0),
    dtype: torch.dtype = torch.complex64,
    device: torch.device | str = "cpu",
) -> torch.Tensor:
    """A Gaussian beam with its waist in the input plane and power 1 over the whole plane.

    ``u = sqrt(2/π)/w · exp(-(x² + y²)/w²)`` (Saleh and Teich, Fundamentals of Photonics, eq. 3.1-7).

    Args:
        grid: where the field is sampled.
        waist_um: radius w at which the field has fallen to 1/e, in micrometres.
        centre_um: (x, y) of the axis in micrometres.
        dtype: complex64 or complex128.
        device: where the field shall live.

    Returns:
        The field, [ny, nx], in 1/um.

    Raises:
        NumericsError: the waist is not positive, or is below two samples and cannot be represented.

    >>> beam = gaussian_beam(Grid((65, 65), 0.5), 4.0)
    >>> round(float(beam.abs().square().sum()) * 0.25, 6)
    1.0
    """
    if not waist_um >= 2 * grid.spacing_um:
        raise NumericsError(
            f"the Gaussian waist must be at least two samples, {2 * grid.spacing_um:g} um; got {waist_um} um",
            hint="enlarge optics.source.waist or raise optics.samples_per_pixel",
        )
    along_x = torch.exp(-(((grid.x_um() - centre_um[0]) / waist_um) ** 2))
    along_y = torch.exp(-(((grid.y_um() - centre_um[1]) / waist_um) ** 2))
    amplitude = math.sqrt(2 / math.pi) / waist_um
    return (amplitude * along_y[:, None] * along_x[None, :]).to(dtype=dtype, device=device)
