"""A mask of pixels as few rectangles, and the run lengths and corner touches that a lithographer asks for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

Mask = NDArray[np.bool_]


class ShortestRuns(NamedTuple):
    """The shortest run of set and of clear pixels, along x or y; None where there is none.

    A clear run counts only between two set pixels: the open field around the mask is no feature.
    """

    solid: int | None
    space: int | None


def merged_rectangles(mask: Mask) -> NDArray[np.int32]:
    """Cover a mask with rectangles that don't overlap: runs along x, merged over rows where they repeat.

    A run of row y is joined to one of row y + 1 when both begin and end at the same columns. Work and memory
    are linear in pixels: the two ends of a column of joined runs are found in the same order, by column and
    then by row, because two runs that begin in one column never share a row.

    Args:
        mask: bool [y, x].

    Returns:
        int32 [n, 4], corners (x0, y0, x1, y1) on the pixel grid, ordered by x0 and then by y0.

    >>> merged_rectangles(np.array([[1, 1, 0], [1, 1, 1]], dtype=bool)).tolist()
    [[0, 0, 2, 1], [0, 1, 3, 2]]
    """
    rows, columns = _checked(mask).shape
    wide, tall = columns + 2, rows + 1
    if wide * tall >= 2**31:
        raise ConfigError(f"A mask may hold at most 2^31 pixels; got {rows} x {columns}.")
    starts, ends = _runs(mask, wide, tall)
    here = np.zeros(wide * tall, bool)
    here[starts] = True
    number = np.empty(wide * tall, np.int32)
    number[starts] = np.arange(len(starts), dtype=np.int32)
    head, tail = _chain_ends(starts, ends, here, number, wide)
    here[:] = False
    here[starts[head]] = True
    x, y = np.divmod(np.flatnonzero(here.reshape(tall, wide).T), tall)
    here[starts[head]] = False
    here[starts[tail]] = True
    last = np.flatnonzero(here.reshape(tall, wide).T) - x * tall
    flat = y * wide
    corners = np.empty((len(x), 4), np.int32)
    corners[:, 0] = x - 1
    corners[:, 1] = y
    corners[:, 2] = ends[number[flat + x]] - flat - 1
    corners[:, 3] = last + 1
    return corners


def filled_rectangles(corners: NDArray[np.integer], shape: tuple[int, int]) -> Mask:
    """The mask that rectangles on the pixel grid cover: the inverse of `merged_rectangles`.

    Args:
        corners: int [n, 4], (x0, y0, x1, y1), inside the mask.
        shape: (ny, nx) of the mask.

    >>> filled_rectangles(np.array([[0, 0, 2, 1]]), (1, 3)).tolist()
    [[True, True, False]]
    """
    cover = np.zeros((shape[0] + 1, shape[1] + 1), np.int32)
    x0, y0, x1, y1 = corners.T
    np.add.at(cover, (y0, x0), 1)
    np.add.at(cover, (y1, x1), 1)
    np.add.at(cover, (y0, x1), -1)
    np.add.at(cover, (y1, x0), -1)
    return np.asarray(cover.cumsum(0).cumsum(1)[:-1, :-1] > 0)


def shortest_runs(mask: Mask) -> ShortestRuns:
    """The shortest features of a mask, in pixels: exact for shapes on a pixel grid.

    Args:
        mask: bool [y, x].

    >>> shortest_runs(np.array([[1, 1, 0, 1, 1]] * 2, dtype=bool))
    ShortestRuns(solid=2, space=1)
    """
    solid: list[int] = []
    space: list[int] = []
    for view in (_checked(mask), np.ascontiguousarray(mask.T)):
        wide = view.shape[1] + 2
        starts, ends = _runs(view, wide, view.shape[0] + 1)
        same_row = starts[1:] // wide == ends[:-1] // wide
        gaps = (starts[1:] - ends[:-1])[same_row]
        solid += [int((ends - starts).min())] if len(starts) else []
        space += [int(gaps.min())] if len(gaps) else []
    return ShortestRuns(min(solid, default=None), min(space, default=None))


def count_corner_touches(mask: Mask) -> int:
    """How many grid points hold two set pixels that meet in nothing but that point.

    >>> count_corner_touches(np.eye(3, dtype=bool))
    2
    """
    first, second = _checked(mask)[:-1], mask[1:]
    rising = first[:, :-1] & second[:, 1:] & ~first[:, 1:] & ~second[:, :-1]
    falling = first[:, 1:] & second[:, :-1] & ~first[:, :-1] & ~second[:, 1:]
    return int(np.count_nonzero(rising) + np.count_nonzero(falling))


def _checked(mask: Mask) -> Mask:
    if mask.dtype != np.bool_ or mask.ndim != 2:
        raise ConfigError(f"A mask must be bool [y, x]; got {mask.dtype} {list(mask.shape)}.")
    return mask


def _runs(mask: Mask, wide: int, tall: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First and one-past-last positions of every run in the mask framed by a clear column at each side."""
    framed = np.zeros((tall, wide), bool)
    framed[: mask.shape[0], 1:-1] = mask
    flat = framed.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]).astype(np.int32)
    changes += 1
    return changes[::2], changes[1::2]


def _chain_ends(
    starts: NDArray[np.int32], ends: NDArray[np.int32], here: Mask, number: NDArray[np.int32], wide: int
) -> tuple[Mask, Mask]:
    """Which runs begin and which end a column of equal runs."""
    followed = np.flatnonzero(here[starts + np.int32(wide)])
    below = number[starts[followed] + np.int32(wide)]
    equal = ends[below] == ends[followed] + np.int32(wide)
    head, tail = np.ones(len(starts), bool), np.ones(len(starts), bool)
    tail[followed[equal]] = False
    head[below[equal]] = False
    return head, tail
