"""What the layers of a copy do to the light: complex transmission on the samples of a grid."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fabdesign.copies.cells import Cells, Moved, average, blurred, sample_edges
from fabdesign.copies.device import Device
from fabdesign.copies.state import DeviceState

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

FINE = 4
"""Cells along the side of a sample on which a blurred relief is computed."""


def transmission(
    state: DeviceState, device: Device, samples_per_pixel: int, wavelength_um: float | None = None
) -> Complex:
    """Return the transmission of every sample of every layer, ``exp(2πi (n - n₀ + ik) h/λ)``.

    Where no outline has changed it is that of the pixel; else its mean over the sample's area.

    Args:
        state: the copy.
        device: what was designed.
        samples_per_pixel: samples along each side of a pixel.
        wavelength_um: another wavelength than the copy's.

    Returns:
        [layer, rows, columns].
    """
    colour = state.wavelength_um if wavelength_um is None else wavelength_um
    layers = [
        _Layer(state, device, layer, samples_per_pixel, colour).transmission()
        for layer in range(device.layers)
    ]
    return np.array(layers)


class _Layer:
    def __init__(
        self, state: DeviceState, device: Device, layer: int, samples_per_pixel: int, wavelength_um: float
    ) -> None:
        self.state = state
        self.device = device
        self.layer = layer
        self.samples = samples_per_pixel
        wave = 2 * math.pi / wavelength_um
        self.factor = 1j * wave * (state.contrast[layer] + 1j * state.absorption)
        ny, nx = device.design.pixels
        self.shape = ny * samples_per_pixel, nx * samples_per_pixel
        self.spacing_um = device.design.physical.pitch_um / samples_per_pixel

    def transmission(self) -> Complex:
        state, layer = self.state, self.layer
        distorted = bool(
            state.rotation_rad[layer] or state.stretch[layer] or state.field_shift_um[layer].any()
        )
        overlaid = bool(state.mask_shift_um[layer].any())
        if not (distorted or overlaid or state.edge_bias_um or state.blur_um):
            pixels = np.exp(self.factor * state.height_um[layer])
            return np.asarray(pixels.repeat(self.samples, axis=0).repeat(self.samples, axis=1))
        cells, bias_um = self._overlaid(), state.edge_bias_um
        if state.blur_um:
            cells, bias_um = self._blurred(cells), 0.0
            if not distorted:
                return _block_mean(np.exp(self.factor * cells.height_um), FINE)
        moved = self._moved(cells, bias_um, self.shape, self.spacing_um)
        values = np.exp(self.factor * cells.height_um)
        return np.asarray(average(cells, values, moved, self.shape, self.spacing_um))

    def _overlaid(self) -> Cells:
        """Pixels, or the finer cells between the edges of masks that are displaced."""
        pitch_um = self.device.design.physical.pitch_um
        cells = Cells.of_pixels(self.state.height_um[self.layer], pitch_um)
        shifts = self.state.mask_shift_um[self.layer]
        if not shifts.any():
            return cells
        parts = self.device.mask_parts_um(self.layer)
        rest = cells.height_um - parts.sum(axis=0)
        x_edge, x_of = _refined(cells.x_edge_um, shifts[: len(parts), 0])
        y_edge, y_of = _refined(cells.y_edge_um, shifts[: len(parts), 1])
        height = rest[np.ix_(y_of[0], x_of[0])]
        for number, part in enumerate(parts, start=1):
            height = height + part[np.ix_(y_of[number], x_of[number])]
        return Cells(x_edge, y_edge, height)

    def _blurred(self, cells: Cells) -> Cells:
        """Heights with their edges biased, on fine even cells, blurred."""
        fine_um = self.spacing_um / FINE
        shape = self.shape[0] * FINE, self.shape[1] * FINE
        moved = _bias_of(cells, self.state.edge_bias_um, shape, fine_um)
        even = np.asarray(average(cells, cells.height_um, moved, shape, fine_um), dtype=np.float64)
        height = blurred(even, fine_um, self.state.blur_um)
        return Cells(sample_edges(shape[1], fine_um), sample_edges(shape[0], fine_um), height)

    def _moved(self, cells: Cells, bias_um: float, shape: tuple[int, int], spacing_um: float) -> Moved:
        state, layer = self.state, self.layer
        turn, stretch = state.rotation_rad[layer], state.stretch[layer]
        moved = _bias_of(cells, bias_um, shape, spacing_um)
        rows = _middle(cells.y_edge_um)
        columns = _middle(sample_edges(shape[1], spacing_um))
        x_um = moved.x_um + stretch * cells.x_edge_um - turn * rows[:, None]
        y_um = moved.y_um + stretch * cells.y_edge_um[:, None] + turn * columns
        offsets = state.field_shift_um[layer]
        if offsets.any():
            x_um, y_um = self._stitched(cells, x_um, y_um, offsets)
        return Moved(x_um, y_um)

    def _stitched(self, cells: Cells, x_um: Array, y_um: Array, offsets: Array) -> tuple[Array, Array]:
        """Edges move with their field; one on a seam by the mean of both."""
        device = self.device
        pixel_x = _pixel_of(_middle(cells.x_edge_um), len(device.x_um), device.design.physical.pitch_um)
        pixel_y = _pixel_of(_middle(cells.y_edge_um), len(device.y_um), device.design.physical.pitch_um)
        columns = _middle(sample_edges(self.shape[1], self.spacing_um))
        under = _pixel_of(columns, len(device.x_um), device.design.physical.pitch_um)
        of_cell = offsets[device.field_of_pixel[np.ix_(pixel_y, pixel_x)], 0]
        of_column = offsets[device.field_of_pixel[np.ix_(pixel_y, under)], 1]
        return x_um + _on_edges(of_cell.T).T, y_um + _on_edges(of_column)


def _bias_of(cells: Cells, bias_um: float, shape: tuple[int, int], spacing_um: float) -> Moved:
    """Half the bias, away from the taller side of every edge."""
    ny, nx = cells.height_um.shape
    x_um, y_um = np.zeros((ny, nx + 1)), np.zeros((ny + 1, shape[1]))
    if bias_um:
        columns = _middle(sample_edges(shape[1], spacing_um))
        under = np.clip(np.searchsorted(cells.x_edge_um, columns, side="right") - 1, 0, nx - 1)
        x_um[:, 1:-1] = bias_um / 2 * np.sign(-np.diff(cells.height_um, axis=1))
        y_um[1:-1] = bias_um / 2 * np.sign(-np.diff(cells.height_um[:, under], axis=0))
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


def _pixel_of(place_um: Array, count: int, pitch_um: float) -> NDArray[np.intp]:
    return np.clip(np.floor(place_um / pitch_um + count / 2), 0, count - 1).astype(np.intp)


def _on_edges(of_cell: Array) -> Array:
    """[n + 1, …] values on edges, the mean of both sides, of [n, …] values on cells."""
    padded = np.concatenate([of_cell[:1], of_cell, of_cell[-1:]])
    return np.asarray((padded[1:] + padded[:-1]) / 2)


def _middle(edge_um: Array) -> Array:
    return np.asarray((edge_um[1:] + edge_um[:-1]) / 2)


def _block_mean(values: Complex, side: int) -> Complex:
    ny, nx = values.shape
    return np.asarray(values.reshape(ny // side, side, nx // side, side).mean(axis=(1, 3)))
