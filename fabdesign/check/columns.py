"""A relief as columns of material, one to a pixel: volume and connected solids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.lattice import Lattice


def volume_of_columns(bottom: NDArray[np.float64], top: NDArray[np.float64], lattice: Lattice) -> float:
    """Volume of square columns, Σ (top − bottom) · pitch², µm³."""
    return float((top - bottom).sum()) * lattice.pitch_x_um * lattice.pitch_y_um


def count_bodies(bottom: NDArray[np.float64], top: NDArray[np.float64]) -> int:
    """How many solids columns form; neighbours belong together where their heights overlap.

    >>> count_bodies(np.array([[0.0, 0.0, 2.0]]), np.array([[1.0, 1.0, 3.0]]))
    2
    """
    if bottom.max() < top.min():
        return 1  # one plate runs under everything
    from scipy.sparse import coo_array  # noqa: PLC0415  (rarely needed)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    index = np.arange(bottom.size).reshape(bottom.shape)
    pairs = []
    for first, second in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        overlap = np.maximum(bottom[first], bottom[second]) < np.minimum(top[first], top[second])
        pairs.append((index[first][overlap], index[second][overlap]))
    rows, columns = (np.concatenate(side) for side in zip(*pairs, strict=True))
    graph = coo_array((np.ones(len(rows), bool), (rows, columns)), shape=(bottom.size, bottom.size))
    return int(connected_components(graph, directed=False)[0])
