"""Bodies and voids among columns: is it one solid, and can resin leave?"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fabdesign.check.assembly.columns import Columns
from fabdesign.check.raster import Floats, Ints


def count_bodies(columns: Columns) -> int:
    """How many solids the pieces of columns form; neighbours belong together where their heights overlap."""
    there, piece = _components(columns.bottom_um, columns.top_um, outside=None)
    return len(np.unique(piece[:-1][there.ravel()]))


def trapped_um3(columns: Columns, pixel_um2: float) -> float:
    """Volume of the voids that nothing leads out of, µm³; what the print stands on closes them from below.

    Args:
        columns: of the whole print.
        pixel_um2: area of a pixel.
    """
    floor = np.full((1, *columns.shape), np.nanmin(columns.bottom_um))
    ends = np.where(np.isnan(columns.bottom_um), np.inf, columns.bottom_um)
    tops = np.where(np.isnan(columns.top_um), np.inf, columns.top_um)
    low = np.concatenate([floor, tops])
    high = np.concatenate([ends, np.full((1, *columns.shape), np.inf)])
    there = high > low
    open_ = np.isinf(high) & there
    open_[:, [0, -1]] = open_[:, :, [0, -1]] = True
    _, piece = _components(np.where(there, low, np.nan), np.where(there, high, np.nan), outside=open_ & there)
    kept = there & (piece[:-1].reshape(there.shape) != piece[-1])
    return float((high[kept] - low[kept]).sum()) * pixel_um2


def _components(
    low: Floats, high: Floats, outside: NDArray[np.bool_] | None
) -> tuple[NDArray[np.bool_], Ints]:
    """Which pieces exist, and the number of the component of each; one more node stands for the outside."""
    there = np.isfinite(low)
    index = np.arange(low.size).reshape(low.shape)
    pairs = []
    for first, second in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:, :, :-1], np.s_[:, :, 1:])):
        for a, b in itertools.product(range(len(low)), repeat=2):
            with np.errstate(invalid="ignore"):
                overlap = np.maximum(low[first][a], low[second][b]) < np.minimum(
                    high[first][a], high[second][b]
                )
            pairs.append((index[first][a][overlap], index[second][b][overlap]))
    if outside is not None:
        pairs.append((index[outside], np.full(np.count_nonzero(outside), low.size)))
    rows, columns = (np.concatenate(side) for side in zip(*pairs, strict=True))
    size = low.size + 1
    graph = coo_array((np.ones(len(rows), np.bool_), (rows, columns)), shape=(size, size))
    return there, connected_components(graph, directed=False)[1]
