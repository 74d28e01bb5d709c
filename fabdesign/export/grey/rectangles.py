"""All values of an image as few rectangles in one pass, whatever the number of values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

Ints = NDArray[np.int64]


def value_rectangles(values: NDArray[np.uint8]) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """Cover every pixel once: runs of one value along x, merged over rows where they repeat.

    The rectangles of each value are those of `relief.rectangles.merged_rectangles`; one pass over the image
    finds them for all values, with time and memory linear in pixels.

    Args:
        values: uint8 [y, x].

    Returns:
        Each value with its rectangles, int32 [n, 4], (x0, y0, x1, y1) on the pixel grid, by x0 and then y0.

    Raises:
        ConfigError: the image has 2³¹ pixels or more.

    >>> image = np.array([[7, 0], [7, 0]], np.uint8)
    >>> [(value, corners.tolist()) for value, corners in value_rectangles(image)]
    [(0, [[1, 0, 2, 2]]), (7, [[0, 0, 1, 2]])]
    """
    if values.size >= 2**31:
        raise ConfigError(
            f"An image may hold fewer than 2^31 pixels; got {values.shape[0]} x {values.shape[1]}."
        )
    starts, ends, above = _runs(values)
    columns = values.shape[1]
    head = above < 0
    tail = np.ones(len(starts), bool)
    tail[above[~head]] = False
    order = _by_place(values, starts[head])
    first, right = starts[head][order], ends[head][order]
    last = starts[tail][_by_place(values, starts[tail])]
    corners = np.empty((len(first), 4), np.int32)
    corners[:, 0] = first % columns
    corners[:, 1] = first // columns
    corners[:, 2] = (right - 1) % columns + 1
    corners[:, 3] = last // columns + 1
    of = values.ravel()[first]
    bounds = np.flatnonzero(np.diff(of, prepend=of[:1] ^ 1, append=of[-1:] ^ 1))
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield int(of[start]), corners[start:stop]


def _runs(values: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """First and one-past-last positions of every run; which run of the row before it continues, or -1."""
    columns = values.shape[1]
    opens = np.ones(values.shape, bool)
    opens[:, 1:] = values[:, 1:] != values[:, :-1]
    starts = np.flatnonzero(opens).astype(np.int32)
    ends = np.append(starts[1:], np.int32(values.size))
    flat = values.ravel()
    run_at = np.cumsum(opens, dtype=np.int32)
    run_at -= 1
    candidates = np.searchsorted(starts, columns)
    up = starts[candidates:] - np.int32(columns)
    over = run_at[up]
    same = opens.ravel()[up] & (flat[up] == flat[starts[candidates:]])
    same &= ends[over] == ends[candidates:] - np.int32(columns)
    above = np.full(len(starts), -1, np.int32)
    above[candidates:] = np.where(same, over, -1)
    return starts, ends, above


def _by_place(values: NDArray[np.uint8], starts: NDArray[np.int32]) -> Ints:
    """The order by value, column and row; heads and tails of columns of runs come in the same order."""
    rows, columns = values.shape
    y, x = np.divmod(starts.astype(np.int64), columns)
    return np.argsort((values.ravel()[starts] * np.int64(columns) + x) * rows + y)
