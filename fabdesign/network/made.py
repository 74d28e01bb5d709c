"""What the layers of a copy do to the light: complex transmission on the samples of a grid.

A relaxed layer, such as training sees, has a height only on average. It is split into that height and what is
left when the phase of the height is taken off, its *dimness*: 1 where a pixel has decided for a level. Edges
move and blur as those of the heights do, and the dimness stays with its pixel.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import torch
from jaxtyping import Complex, Float
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.copies import Device, DeviceState
from fabdesign.optics.cells import Cells, Moved, average, blurred, cell_edges
from fabdesign.optics.pixels import block_sum, upsample
from fabdesign.optics.thick import weights_of_heights

Array = NDArray[np.float64]

FINE = 4
"""Cells along the side of a sample on which a blurred relief is computed."""


@dataclass(frozen=True, eq=False)
class MadeLayers:
    """The reliefs of a copy.

    Args:
        height_um: heights that were made, float64.
        dimness: transmission without the phase of the heights; 1 everywhere where None.
        parts_um: what each mask adds to the heights, by layer; those of the device's levels where None.
    """

    height_um: Float[Tensor, "layer y x"]
    dimness: Complex[Tensor, "layer y x"] | None = None
    parts_um: tuple[Float[Tensor, "mask y x"], ...] | None = None


def optical_factor(state: DeviceState, wavelength_um: float | None = None) -> list[complex]:
    """Return F of each layer, in 1/um: a height h has the transmission exp(F·h), F = 2πi (n - n₀ + ik)/λ.

    Args:
        state: the copy.
        wavelength_um: another wavelength than the copy's.
    """
    wave = 2 * math.pi / (state.wavelength_um if wavelength_um is None else wavelength_um)
    return [1j * wave * (contrast + 1j * state.absorption) for contrast in state.contrast.tolist()]


def transmission(
    state: DeviceState,
    device: Device,
    samples_per_pixel: int,
    wavelength_um: float | None = None,
    made: MadeLayers | None = None,
) -> Complex[Tensor, "layer rows columns"]:
    """Return the transmission of every sample of every layer, ``exp(2πi (n - n₀ + ik) h/λ)``.

    Where no outline has changed it is that of the pixel; else its mean over the sample's area.

    Args:
        state: the copy.
        device: what was designed.
        samples_per_pixel: samples along each side of a pixel.
        wavelength_um: another wavelength than the copy's.
        made: reliefs in place of the copy's heights, such as relaxed ones; gradients reach them.
    """
    reliefs = MadeLayers(torch.from_numpy(state.height_um)) if made is None else made
    factors = optical_factor(state, wavelength_um)
    return torch.stack(
        [
            _Layer((state, device, reliefs), layer, samples_per_pixel).mean(partial(_light, factor=factor))
            for layer, factor in enumerate(factors)
        ]
    )


def filled(
    state: DeviceState,
    device: Device,
    samples_per_pixel: int,
    edge_um: Sequence[float],
    made: MadeLayers,
) -> Complex[Tensor, "layer slice rows columns"]:
    """Return the weight of the material in every slice, its mean over the area of every sample.

    Args:
        state: the copy.
        device: what was designed.
        samples_per_pixel: samples along each side of a pixel.
        edge_um: where the slices begin and end.
        made: the reliefs, from the bottom of the first slice.
    """

    def layer(number: int, factor: complex) -> Tensor:
        copy = _Layer((state, device, made), number, samples_per_pixel)
        return copy.mean(lambda drawn: weights_of_heights(drawn.height_um, edge_um, factor))

    return torch.stack([layer(number, factor) for number, factor in enumerate(optical_factor(state))])


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Values on cells."""

    cells: Cells
    height_um: Tensor
    dimness: Tensor | None


def _light(drawn: _Drawn, factor: complex) -> Tensor:
    """The transmission of every cell."""
    through = torch.exp(factor * drawn.height_um)
    return through if drawn.dimness is None else through * drawn.dimness


class _Layer:
    def __init__(
        self,
        copy: tuple[DeviceState, Device, MadeLayers],
        layer: int,
        samples_per_pixel: int,
    ) -> None:
        self.state, self.device, self.made = copy
        self.layer = layer
        self.samples = samples_per_pixel
        device = self.device
        ny, nx = device.design.pixels
        self.shape = ny * samples_per_pixel, nx * samples_per_pixel
        self.pitch_um = device.design.physical.pitch_um
        self.spacing_um = self.pitch_um / samples_per_pixel

    def mean(self, values: Callable[[_Drawn], Tensor]) -> Tensor:
        """The mean over each sample of what every cell does, [..., y, x] of cells."""
        state, layer = self.state, self.layer
        distorted = bool(
            state.rotation_rad[layer] or state.stretch[layer] or state.field_shift_um[layer].any()
        )
        overlaid = bool(state.mask_shift_um[layer].any())
        if not (distorted or overlaid or state.edge_bias_um or state.blur_um):
            return upsample(values(self._pixels), self.samples)
        drawn, bias_um = self._overlaid() if overlaid else self._pixels, state.edge_bias_um
        if state.blur_um:
            drawn, bias_um = self._blurred(drawn), 0.0
            if not distorted:
                return block_sum(values(drawn), FINE) / FINE**2
        moved = self._moved(drawn, bias_um, self.shape, self.spacing_um)
        of_cell = values(drawn)
        maps = of_cell.reshape(-1, *of_cell.shape[-2:])
        means = [average(drawn.cells, one, moved, self.shape, self.spacing_um) for one in maps]
        return torch.stack(means).reshape(*of_cell.shape[:-2], *self.shape)

    @cached_property
    def _pixels(self) -> _Drawn:
        dimness = None if self.made.dimness is None else self.made.dimness[self.layer]
        cells = Cells.even(self.device.design.pixels, self.pitch_um)
        return _Drawn(cells, self.made.height_um[self.layer], dimness)

    @property
    def _parts_um(self) -> Tensor:
        if self.made.parts_um is not None:
            return self.made.parts_um[self.layer]
        return torch.from_numpy(self.device.mask_parts_um(self.layer))

    def _overlaid(self) -> _Drawn:
        """The finer cells between the edges of masks that are displaced."""
        pixels, parts = self._pixels, self._parts_um
        shifts = self.state.mask_shift_um[self.layer][: len(parts)]
        x_edge, x_of = _refined(pixels.cells.x_edge_um, shifts[:, 0])
        y_edge, y_of = _refined(pixels.cells.y_edge_um, shifts[:, 1])
        height = _taken(pixels.height_um - parts.sum(0), y_of[0], x_of[0])
        for number, part in enumerate(parts, start=1):
            height = height + _taken(part, y_of[number], x_of[number])
        dimness = None if pixels.dimness is None else _taken(pixels.dimness, y_of[0], x_of[0])
        return _Drawn(Cells(x_edge, y_edge), height, dimness)

    def _blurred(self, drawn: _Drawn) -> _Drawn:
        """Heights with their edges biased, on fine even cells, blurred."""
        fine_um = self.spacing_um / FINE
        shape = self.shape[0] * FINE, self.shape[1] * FINE
        moved = _bias_of(drawn, self.state.edge_bias_um, shape, fine_um)
        even = average(drawn.cells, drawn.height_um, moved, shape, fine_um)
        dimness = None
        if drawn.dimness is not None:
            dimness = average(drawn.cells, drawn.dimness, moved, shape, fine_um)
        return _Drawn(Cells.even(shape, fine_um), blurred(even, fine_um, self.state.blur_um), dimness)

    def _moved(self, drawn: _Drawn, bias_um: float, shape: tuple[int, int], spacing_um: float) -> Moved:
        state, layer, cells = self.state, self.layer, drawn.cells
        turn, stretch = state.rotation_rad[layer], state.stretch[layer]
        moved = _bias_of(drawn, bias_um, shape, spacing_um)
        rows = _middle(cells.y_edge_um)
        columns = _middle(cell_edges(shape[1], spacing_um))
        x_um = moved.x_um + stretch * cells.x_edge_um - turn * rows[:, None]
        y_um = moved.y_um + stretch * cells.y_edge_um[:, None] + turn * columns
        offsets = state.field_shift_um[layer]
        if offsets.any():
            x_um, y_um = self._stitched(cells, x_um, y_um, offsets)
        return Moved(x_um, y_um)

    def _stitched(self, cells: Cells, x_um: Array, y_um: Array, offsets: Array) -> tuple[Array, Array]:
        """Edges move with their field; one on a seam by the mean of both."""
        device = self.device
        pixel_x = _pixel_of(_middle(cells.x_edge_um), len(device.x_um), self.pitch_um)
        pixel_y = _pixel_of(_middle(cells.y_edge_um), len(device.y_um), self.pitch_um)
        columns = _middle(cell_edges(self.shape[1], self.spacing_um))
        under = _pixel_of(columns, len(device.x_um), self.pitch_um)
        of_cell = offsets[device.field_of_pixel[np.ix_(pixel_y, pixel_x)], 0]
        of_column = offsets[device.field_of_pixel[np.ix_(pixel_y, under)], 1]
        return x_um + _on_edges(of_cell.T).T, y_um + _on_edges(of_column)


def _bias_of(drawn: _Drawn, bias_um: float, shape: tuple[int, int], spacing_um: float) -> Moved:
    """Half the bias, away from the taller side of every edge."""
    ny, nx = drawn.cells.shape
    x_um, y_um = np.zeros((ny, nx + 1)), np.zeros((ny + 1, shape[1]))
    if bias_um:
        height = drawn.height_um.detach().cpu().numpy()
        columns = _middle(cell_edges(shape[1], spacing_um))
        under = np.clip(np.searchsorted(drawn.cells.x_edge_um, columns, side="right") - 1, 0, nx - 1)
        x_um[:, 1:-1] = bias_um / 2 * np.sign(-np.diff(height, axis=1))
        y_um[1:-1] = bias_um / 2 * np.sign(-np.diff(height[:, under], axis=0))
    return Moved(x_um, y_um)


def _refined(edge_um: Array, shifts_um: Array) -> tuple[Array, list[NDArray[np.intp]]]:
    """All edges of a lattice and of its displaced copies, and the cell of each copy in every new cell.

    Copies reach as far as the lattice: what is displaced inwards goes on from its outermost cell.
    """
    inner = np.concatenate([edge_um[1:-1] + by for by in (0.0, *shifts_um)])
    inside = inner[(inner > edge_um[0]) & (inner < edge_um[-1])]
    edges = np.unique(np.concatenate([edge_um[[0, -1]], inside]))
    middle = _middle(edges)
    found = [np.searchsorted(edge_um + by, middle, side="right") - 1 for by in (0.0, *shifts_um)]
    return edges, [np.clip(cell, 0, len(edge_um) - 2) for cell in found]


def _taken(values: Tensor, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Tensor:
    return values[torch.from_numpy(rows)[:, None], torch.from_numpy(columns)]


def _pixel_of(place_um: Array, count: int, pitch_um: float) -> NDArray[np.intp]:
    return np.clip(np.floor(place_um / pitch_um + count / 2), 0, count - 1).astype(np.intp)


def _on_edges(of_cell: Array) -> Array:
    """[n + 1, …] values on edges, the mean of both sides, of [n, …] values on cells."""
    padded = np.concatenate([of_cell[:1], of_cell, of_cell[-1:]])
    return np.asarray((padded[1:] + padded[:-1]) / 2)


def _middle(edge_um: Array) -> Array:
    return np.asarray((edge_um[1:] + edge_um[:-1]) / 2)
