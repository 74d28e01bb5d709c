"""A layer as rectangular cells whose edges may move, averaged over the samples of a grid.

Every edge between two cells has a place of its own. The mean over a sample is taken along x for each row of
cells, then along y for each column of samples, each time as a difference of the running integral of a
piecewise constant function: exact for edges that move as a whole, and to second order in the displacement
where both kinds of edges meet in a corner. All of it is linear in the values, and gradients reach them.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Shaped
from numpy.typing import NDArray
from scipy.special import erf
from torch import Tensor

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cells:
    """Straight edges between cells.

    Attributes:
        x_edge_um: [nx + 1] edges along x, ascending.
        y_edge_um: [ny + 1] edges along y, ascending.
    """

    x_edge_um: Array
    y_edge_um: Array

    @classmethod
    def even(cls, shape: tuple[int, int], side_um: float) -> "Cells":
        """Squares around 0, so many rows and columns."""
        return cls(cell_edges(shape[1], side_um), cell_edges(shape[0], side_um))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return len(self.y_edge_um) - 1, len(self.x_edge_um) - 1


@dataclass(frozen=True, eq=False)
class Moved:
    """How far the edges of cells have moved.

    Attributes:
        x_um: [ny, nx + 1], displacement along x of the edges across it, in each row of cells.
        y_um: [ny + 1, samples], displacement along y of the edges across it, under each column of samples.
    """

    x_um: Array
    y_um: Array


def cell_edges(count: int, side_um: float) -> Array:
    """The [count + 1] borders of a row of cells around 0.

    >>> cell_edges(2, 0.5).tolist()
    [-0.5, 0.0, 0.5]
    """
    return np.asarray((np.arange(count + 1) - count / 2) * side_um, dtype=np.float64)


def average(
    cells: Cells, values: Shaped[Tensor, "ny nx"], moved: Moved, shape: tuple[int, int], spacing_um: float
) -> Shaped[Tensor, "rows columns"]:
    """The mean of values on moved cells over each sample; nothing lies outside the cells.

    Args:
        cells: where the edges were.
        values: one for each cell, in double precision.
        moved: how far the edges are from there.
        shape: (rows, columns) of the samples.
        spacing_um: side of a sample.

    >>> cells = Cells.even((1, 2), 1.0)
    >>> moved = Moved(np.full((1, 3), 0.25), np.zeros((2, 2)))
    >>> average(cells, torch.tensor([[1.0, 3.0]]).double(), moved, (1, 2), 1.0).tolist()
    [[0.75, 2.5]]
    """
    along_x = _means(values, cells.x_edge_um + moved.x_um, cell_edges(shape[1], spacing_um))
    along_y = _means(along_x.T, cells.y_edge_um + moved.y_um.T, cell_edges(shape[0], spacing_um))
    return along_y.T


def blurred(
    height_um: Float[Tensor, "... ny nx"], spacing_um: float, sigma_um: float
) -> Float[Tensor, "... ny nx"]:
    """Heights on even cells convolved with a Gaussian, its mean over each cell; the rim goes on outwards.

    Args:
        height_um: one for each cell.
        spacing_um: side of a cell.
        sigma_um: standard deviation.
    """
    along_y, along_x = (
        torch.from_numpy(_gaussian(count, spacing_um / sigma_um)).to(height_um)
        for count in height_um.shape[-2:]
    )
    return along_y @ height_um @ along_x.T


def _gaussian(count: int, step: float) -> Array:
    """[count, count] share of each cell in the Gaussian around the middle of each other; rows sum to 1."""
    middle = (np.arange(count) + 0.5) * step
    edge = np.arange(count + 1) * step
    edge[0], edge[-1] = -np.inf, np.inf
    below = erf((edge[None, :] - middle[:, None]) / np.sqrt(2)) / 2
    return np.asarray(np.diff(below, axis=1))


def _means(values: Tensor, edges_um: Array, borders_um: Array) -> Tensor:
    """Means of piecewise constant functions, [row, cell], between borders; 0 beyond their edges."""
    places = np.maximum.accumulate(edges_um, axis=1)
    inside = np.clip(borders_um, places[:, :1], places[:, -1:])
    cell = np.array([np.searchsorted(row, at, side="right") for row, at in zip(places, inside, strict=True)])
    cell = np.clip(cell - 1, 0, values.shape[1] - 1)
    widths = torch.from_numpy(np.diff(places, axis=1)).to(values.device)
    left = torch.from_numpy(inside - np.take_along_axis(places, cell, 1)).to(values.device)
    within = torch.from_numpy(cell).to(values.device)
    whole = torch.cumsum(values * widths, 1) - values * widths
    integral = whole.gather(1, within) + values.gather(1, within) * left
    return integral.diff(dim=1) / torch.from_numpy(np.diff(borders_um)).to(values.device)
