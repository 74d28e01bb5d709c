"""From the field in the detector plane to numbers: powers on rectangles, or a picture."""

import math

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn

from fabdesign.design import Detector, GaussianSource, PhaseImageReadout, Physical, TargetImageReadout
from fabdesign.optics import Grid, detector_masks, intensity, powers_from_masks

_Rectangles = list[tuple[float, float]]


class PowerReadout(nn.Module):
    """The power on each detector as a share of the light that falls on the object plane.

    Args:
        detectors: rectangles in the detector plane.
        grid: the plane.
        dtype: real.
        device: where to compute.
    """

    def __init__(self, detectors: tuple[Detector, ...], grid: Grid, dtype: torch.dtype, device: str) -> None:
        super().__init__()
        rows, columns = detector_masks(
            grid,
            [detector.centre_um for detector in detectors],
            [detector.size_um for detector in detectors],
            dtype=dtype,
            device=device,
        )
        self.rows: Tensor
        self.columns: Tensor
        self.register_buffer("rows", rows, persistent=False)
        self.register_buffer("columns", columns * grid.spacing_um**2, persistent=False)

    def forward(self, field: Complex[Tensor, "batch ny nx"]) -> Float[Tensor, "batch detector"]:
        """Return the powers."""
        return powers_from_masks(intensity(field), self.rows, self.columns)


class PictureReadout(nn.Module):
    """The light on each square of a picture, row 0 at the top: its power, or its mean intensity.

    Args:
        squares: the lattice of squares, from the physical record.
        grid: the plane.
        scale: what the power on a square is multiplied with.
        dtype: real.
        device: where to compute.
    """

    def __init__(
        self,
        squares: PhaseImageReadout | TargetImageReadout,
        grid: Grid,
        scale: float,
        dtype: torch.dtype,
        device: str,
    ) -> None:
        super().__init__()
        rows, columns = _strips(squares, grid, dtype, device)
        self.rows: Tensor
        self.columns: Tensor
        self.register_buffer("rows", rows.flip(0), persistent=False)
        self.register_buffer("columns", columns * (scale * grid.spacing_um**2), persistent=False)

    def forward(self, field: Complex[Tensor, "batch ny nx"]) -> Float[Tensor, "batch h w"]:
        """Return the picture."""
        picture: Tensor = self.rows @ intensity(field) @ self.columns.T
        return picture


def make_readout(
    physical: Physical, grid: Grid, dtype: torch.dtype, device: str
) -> PowerReadout | PictureReadout:
    """Return what measures the field, as the physical record has it.

    Args:
        physical: a record with a read-out.
        grid: the detector plane, with light of power 1 over the object plane.
        dtype: real.
        device: where to compute.

    Raises:
        NumericsError: a detector or the picture reaches over the edge of the plane.
    """
    match physical.readout:
        case PhaseImageReadout() as squares:
            scale = squares.gain / (squares.pixel_um**2 * _axis_intensity(physical, grid))
            return PictureReadout(squares, grid, scale, dtype, device)
        case TargetImageReadout() as squares:
            return PictureReadout(squares, grid, 1.0, dtype, device)
    return PowerReadout(physical.detectors, grid, dtype, device)


def _axis_intensity(physical: Physical, grid: Grid) -> float:
    """The intensity on the axis of a source of power 1, in 1/um²."""
    if isinstance(physical.source, GaussianSource):
        return 2 / (math.pi * physical.source.waist_um**2)
    height_um, width_um = grid.size_um
    return 1 / (height_um * width_um)


def _strips(
    squares: PhaseImageReadout | TargetImageReadout, grid: Grid, dtype: torch.dtype, device: str
) -> tuple[Tensor, Tensor]:
    """How much of each row of samples lies in each row of squares, bottom first, and the same for columns."""
    (h, w), side, (x, y) = squares.pixels, squares.pixel_um, squares.centre_um
    across: _Rectangles = [(x, y + (i - (h - 1) / 2) * side) for i in range(h)]
    upright: _Rectangles = [(x + (j - (w - 1) / 2) * side, y) for j in range(w)]
    rows, _ = detector_masks(grid, across, [(w * side, side)] * h, dtype=dtype, device=device)
    _, columns = detector_masks(grid, upright, [(side, h * side)] * w, dtype=dtype, device=device)
    return rows, columns
