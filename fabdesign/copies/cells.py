"""A layer as rectangular cells whose edges may move, averaged over the samples of a grid.

Every edge between two cells has a place of its own. The mean over a sample is taken along x for each row of
cells, then along y for each column of samples, each time as a difference of the running integral of a
piecewise constant function: exact for edges that move as a whole, and to second order in the displacement
where both kinds of edges meet in a corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Array = NDArray[np.float64]
Values = NDArray[np.inexact[Any]]


@dataclass(frozen=True, eq=False)
class Cells:
    """Heights on cells between straight edges.

    Attributes:
        x_edge_um: [nx + 1] edges along x, ascending.
        y_edge_um: [ny + 1] edges along y, ascending.
        height_um: [ny, nx].
    """

    x_edge_um: Array
    y_edge_um: Array
    height_um: Array

    @classmethod
    def of_pixels(cls, height_um: Array, pitch_um: float) -> Cells:
        """Pixels, one cell each."""
        ny, nx = height_um.shape
        return cls(_edges(nx, pitch_um), _edges(ny, pitch_um), height_um)


@dataclass(frozen=True, eq=False)
class Moved:
    """How far the edges of cells have moved.

    Attributes:
        x_um: [ny, nx + 1], displacement along x of the edges across it, in each row of cells.
        y_um: [ny + 1, samples], displacement along y of the edges across it, under each column of samples.
    """

    x_um: Array
    y_um: Array


def sample_edges(count: int, spacing_um: float) -> Array:
    """The [count + 1] borders of a row of samples around 0."""
    return _edges(count, spacing_um)


def average(cells: Cells, values: Values, moved: Moved, shape: tuple[int, int], spacing_um: float) -> Values:
    """The mean of values on moved cells over each sample; nothing lies outside the cells.

    Args:
        cells: where the edges were.
        values: [ny, nx], one for each cell.
        moved: how far the edges are from there.
        shape: (rows, columns) of the samples.
        spacing_um: side of a sample.

    Returns:
        [rows, columns].

    >>> cells = Cells.of_pixels(np.zeros((1, 2)), 1.0)
    >>> moved = Moved(np.full((1, 3), 0.25), np.zeros((2, 2)))
    >>> average(cells, np.array([[1.0, 3.0]]), moved, (1, 2), 1.0).tolist()
    [[0.75, 2.5]]
    """
    columns = _edges(shape[1], spacing_um)
    rows = _edges(shape[0], spacing_um)
    along_x = np.array(
        [_means(value, cells.x_edge_um + by, columns) for value, by in zip(values, moved.x_um, strict=True)]
    )
    return np.array(
        [_means(value, cells.y_edge_um + by, rows) for value, by in zip(along_x.T, moved.y_um.T, strict=True)]
    ).T


def blurred(height_um: Array, spacing_um: float, sigma_um: float) -> Array:
    """Heights on even cells convolved with a Gaussian, its mean over each cell; the rim goes on outwards.

    Args:
        height_um: [ny, nx].
        spacing_um: side of a cell.
        sigma_um: standard deviation.
    """
    along_y, along_x = (_gaussian(count, spacing_um / sigma_um) for count in height_um.shape)
    return along_y @ height_um @ along_x.T


def _gaussian(count: int, step: float) -> Array:
    """[count, count] share of each cell in the Gaussian around the middle of each other; rows sum to 1."""
    middle = (np.arange(count) + 0.5) * step
    edge = np.arange(count + 1) * step
    edge[0], edge[-1] = -np.inf, np.inf
    below = erf((edge[None, :] - middle[:, None]) / np.sqrt(2)) / 2
    return np.asarray(np.diff(below, axis=1))


def _means(values: Values, edges_um: Array, borders_um: Array) -> Values:
    """Means of a piecewise constant function between borders; 0 beyond its edges."""
    places = np.maximum.accumulate(edges_um)
    integral = np.concatenate([np.zeros(1, dtype=values.dtype), np.cumsum(values * np.diff(places))])
    return np.asarray(np.diff(np.interp(borders_um, places, integral)) / np.diff(borders_um))


def _edges(count: int, side_um: float) -> Array:
    return np.asarray((np.arange(count + 1) - count / 2) * side_um, dtype=np.float64)
