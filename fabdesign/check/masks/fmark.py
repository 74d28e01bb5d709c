"""The F beside the optic: the only thing on a symmetric layer that tells a mirror image."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.orientation import ORIENTATIONS

_ROWS = ("11111", "10000", "10000", "11110", "10000", "10000", "10000")
_F = np.array([list(map(int, row)) for row in reversed(_ROWS)])
"""Row 0 at the bottom, as seen from the relief side."""
_FEWEST, _MOST = 3, 10_000
_SAME = 1e-6


def orientation_of_f(labels: Iterable[NDArray[np.int32]]) -> str | None:
    """How the F among labels lies: a key of `ORIENTATIONS`; None where there is no F.

    The F is drawn with the widest strokes of all labels, seven of them tall and five wide.

    Args:
        labels: rectangles of the label layers, int [n, 4] each, as (x0, y0, x1, y1).

    >>> strokes = np.array([[0, 0, 1, 3], [0, 3, 4, 4], [0, 4, 1, 6], [0, 6, 5, 7]])
    >>> orientation_of_f([strokes]), orientation_of_f([-strokes[:, [2, 3, 0, 1]]])
    ('as designed', 'rotated by 180°')
    """
    corners = np.concatenate([np.empty((0, 4), np.int32), *labels]).astype(np.int64)
    if not _FEWEST <= len(corners) <= _MOST:
        return None
    stroke = np.minimum(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    strokes = corners[stroke > (1 - _SAME) * stroke.max()]
    low, high = strokes[:, :2].min(axis=0), strokes[:, 2:].max(axis=0)
    across, up = np.rint((high - low) / stroke.max()).astype(int)
    if (across, up) not in ((5, 7), (7, 5)):
        return None
    seen = _cells(strokes, low, (high - low) / (across, up), (up, across))
    return next((name for name, turn in ORIENTATIONS.items() if np.array_equal(turn(_F), seen)), None)


def _cells(
    strokes: NDArray[np.int64], low: NDArray[np.int64], cell: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Which cells have their middle under a stroke."""
    rows, columns = np.indices(shape)
    x, y = low[0] + (columns + 0.5) * cell[0], low[1] + (rows + 0.5) * cell[1]
    covered = np.zeros(shape, bool)
    for x0, y0, x1, y1 in strokes:
        covered |= (x0 < x) & (x < x1) & (y0 < y) & (y < y1)
    return covered.astype(np.int64)
