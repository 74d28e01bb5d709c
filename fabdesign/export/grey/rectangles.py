"""All values of an image as few rectangles in one pass, whatever the number of values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

Flags = NDArray[np.bool_]

_BLOCK = 1 << 18


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
    ends, run_at, head, tail = _runs(values)
    first, of = _ordered(values, head)
    corners = np.empty((len(first), 4), np.int32)
    x, corners[:, 1] = np.divmod(first, len(values))
    corners[:, 0] = x
    corners[:, 2] = (ends[run_at[corners[:, 1], x]] - 1) % values.shape[1] + 1
    del run_at, x, first
    corners[:, 3] = _ordered(values, tail)[0] % len(values) + 1
    bounds = np.flatnonzero(np.diff(of, prepend=of[:1] ^ 1, append=of[-1:] ^ 1))
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield int(of[start]), corners[start:stop]


def _runs(values: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32], Flags, Flags]:
    """One-past-last positions of every run; the run of each pixel, and where columns of runs begin and end.

    Both are marked at the first pixel of a run: the first of its column, and the last.
    """
    columns = values.shape[1]
    opens = np.ones(values.shape, bool)
    opens[:, 1:] = values[:, 1:] != values[:, :-1]
    starts = np.flatnonzero(opens).astype(np.int32)
    ends = np.append(starts[1:], np.int32(values.size))
    run_at = np.cumsum(opens, dtype=np.int32)
    run_at -= 1
    head, tail, flat = opens.copy(), opens.copy(), values.ravel()
    first = int(np.searchsorted(starts, columns))
    for at in range(first, len(starts), _BLOCK):
        here = starts[at : at + _BLOCK]
        up = here - np.int32(columns)
        same = opens.ravel()[up] & (flat[up] == flat[here])
        same &= ends[run_at[up]] == ends[at : at + _BLOCK] - np.int32(columns)
        head.ravel()[here[same]] = False
        tail.ravel()[up[same]] = False
    return ends, run_at.reshape(values.shape), head, tail


def _ordered(values: NDArray[np.uint8], marked: Flags) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Marked pixels by value, column and row, as column times rows plus row, and their values.

    Heads and tails of columns of runs come in the same order. Pixels come by place already, and a stable sort
    of bytes takes linear time.
    """
    place = np.flatnonzero(marked.T).astype(np.int32)
    of = values.T.ravel()[place]
    order = np.argsort(of, kind="stable")
    return place[order], of[order]
