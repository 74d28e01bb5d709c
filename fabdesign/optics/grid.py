"""Where the samples of a plane lie, and what lies between two planes."""

from dataclasses import dataclass

import torch

from fabdesign.errors import NumericsError


@dataclass(frozen=True)
class Grid:
    """A centred rectangle of square samples.

    Sample (i, j) has its centre at ``x = (j - (nx - 1)/2)·spacing``, ``y = (i - (ny - 1)/2)·spacing``.

    Args:
        shape: number of samples as (ny, nx).
        spacing_um: side of one sample in micrometres.

    Raises:
        NumericsError: fewer than one sample, or a spacing that is not a positive number.

    >>> Grid((2, 4), 0.5).x_um().tolist()
    [-0.75, -0.25, 0.25, 0.75]
    """

    shape: tuple[int, int]
    spacing_um: float

    def __post_init__(self) -> None:
        ny, nx = self.shape
        if ny < 1 or nx < 1:
            raise NumericsError(f"a grid needs at least one sample on each side; got {ny} × {nx}")
        if not 0 < self.spacing_um < float("inf"):
            raise NumericsError(f"the sample spacing must be greater than 0 um; got {self.spacing_um}")

    @classmethod
    def of_pixels(cls, pixels: tuple[int, int], pitch_um: float, samples_per_pixel: int) -> "Grid":
        """The grid of ``pixels`` (ny, nx) with ``samples_per_pixel`` samples along each side of a pixel.

        Raises:
            NumericsError: less than one sample a pixel.

        >>> Grid.of_pixels((40, 40), 1.5, 2)
        Grid(shape=(80, 80), spacing_um=0.75)
        """
        if samples_per_pixel < 1:
            raise NumericsError(
                f"optics.samples_per_pixel must be at least 1; got {samples_per_pixel}",
                hint="use 2 for training and 4 to see what the finer grid changes",
            )
        ny, nx = pixels
        return cls((ny * samples_per_pixel, nx * samples_per_pixel), pitch_um / samples_per_pixel)

    @property
    def size_um(self) -> tuple[float, float]:
        """Height and width of the rectangle (y, x) in micrometres."""
        ny, nx = self.shape
        return ny * self.spacing_um, nx * self.spacing_um

    def x_um(self) -> torch.Tensor:
        """Sample centres along x in micrometres, float64 [nx]."""
        return _centres(self.shape[1], self.spacing_um)

    def y_um(self) -> torch.Tensor:
        """Sample centres along y in micrometres, float64 [ny]."""
        return _centres(self.shape[0], self.spacing_um)


@dataclass(frozen=True)
class Slab:
    """A homogeneous sheet between two planes: a gap, a base or a substrate.

    Args:
        thickness_um: thickness along z in micrometres, not negative.
        index: refractive index at the wavelength used, greater than 0.

    Raises:
        NumericsError: a negative thickness or an index that is not positive.
    """

    thickness_um: float
    index: float

    def __post_init__(self) -> None:
        if not 0 <= self.thickness_um < float("inf"):
            raise NumericsError(f"a slab's thickness must be 0 um or more; got {self.thickness_um}")
        if not 0 < self.index < float("inf"):
            raise NumericsError(f"a slab's refractive index must be greater than 0; got {self.index}")


def _centres(count: int, spacing_um: float) -> torch.Tensor:
    return (torch.arange(count, dtype=torch.float64) - (count - 1) / 2) * spacing_um
