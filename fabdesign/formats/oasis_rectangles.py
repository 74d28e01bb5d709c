"""OASIS records of many rectangles: one for each size, and inside it only the steps from each to the next.

The steps are in units of the rectangles' common grid, mostly one or two bytes each. A size that fills its
columns densely becomes one record for each column instead, where a step is one byte.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.formats.varint import Integers, encode, signed

RECTANGLE = 20

_STEPS_IN_COLUMN, _STEPS = 7, 11
_DENSE = 32
_PIECE = 6000
_LOW_WORD = 0xFFFFFFFF
_FIELDS = 11
"""Type, flags, layer, datatype, width, height, x, y; kind, count and grid of the repetition."""
_LAYER, _SIZE, _REPETITION = slice(2, 4), slice(4, 6), slice(8, 11)


def rectangle_records(layer: int, datatype: int, corners: NDArray[np.integer[Any]]) -> list[bytes]:
    """RECTANGLE records of all rectangles, grouped by size; their order is not kept.

    Args:
        layer: layer number.
        datatype: datatype number.
        corners: int [n, 4], (x0, y0, x1, y1), within 32 bits.

    Returns:
        pieces of a few thousand bytes; within each, sizes and so the statistics of bytes are much the same.

    >>> rectangle_records(1, 0, np.array([[0, 0, 2, 3]]))[0].hex()
    '147b010002030000'
    """
    if len(corners) == 0:
        return []
    grouped = _group(corners)
    tokens, starts = _tokens(layer, datatype, grouped)
    return [encode(piece) for piece in np.split(tokens, _cuts(grouped.size[grouped.heads], starts))]


def _cuts(size: Integers, starts: Integers) -> list[int]:
    """Tokens at which to cut: the first record of a size, no sooner than after a piece of good length."""
    cuts = [0]
    for start in starts[1:][size[1:] != size[:-1]].tolist():
        if start - cuts[-1] >= _PIECE:
            cuts.append(start)
    return cuts[1:]


@dataclass(frozen=True, eq=False)
class _Grouped:
    """Rectangles by size, then column, then row; steps lead to each from the one before it."""

    x: Integers
    y: Integers
    size: Integers
    grid: int
    heads: Integers
    """Indices of those that begin a record."""
    dense: NDArray[np.bool_]
    """Whether the record of a rectangle keeps to one column."""

    @property
    def counts(self) -> Integers:
        """How many rectangles each record holds."""
        return np.diff(self.heads, append=len(self.x))


def _group(corners: NDArray[np.integer[Any]]) -> _Grouped:
    x, y, far_x, far_y = corners.astype(np.int64).T
    size = (far_x - x) << 32 | (far_y - y)
    order = np.argsort(size, kind="stable") if _by_column(x, y) else np.lexsort((y, x, size))
    x, y, size = x[order], y[order], size[order]
    grid = math.gcd(int(np.gcd.reduce(x - x[0])), int(np.gcd.reduce(y - y[0])))
    heads, dense = _split(x, size)
    return _Grouped(x, y, size, max(1, grid), heads, dense)


def _by_column(x: Integers, y: Integers) -> bool:
    dx, dy = np.diff(x), np.diff(y)
    return bool(((dx > 0) | ((dx == 0) & (dy > 0))).all())


def _split(x: Integers, size: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    new_size = np.append(True, size[1:] != size[:-1])
    new_column = new_size | np.append(True, x[1:] != x[:-1])
    group = np.cumsum(new_size) - 1
    dense = np.bincount(group) >= _DENSE * np.bincount(group[new_column])
    return np.flatnonzero(np.where(dense[group], new_column, new_size)), dense[group]


def _tokens(layer: int, datatype: int, grouped: _Grouped) -> tuple[Integers, Integers]:
    """All records as unsigned integers, and where each begins.

    The type and the flags of a record are below 128, so one byte, as they have to be.
    """
    step = _steps(grouped)
    head, given = _heads(layer, datatype, grouped)
    length = np.where(step[:, 1] < 0, 1, 2)
    length[grouped.heads] = given.sum(axis=1)
    place = np.cumsum(length) - length
    tokens = np.empty(int(length.sum()), np.int64)
    slanted = np.flatnonzero(step[:, 1] >= 0)
    tokens[place] = step[:, 0]
    tokens[place[slanted] + 1] = step[slanted, 1]
    places = place[grouped.heads, None] + np.cumsum(given, axis=1) - 1
    tokens[places[given]] = head[given]
    return tokens, place[grouped.heads]


def _heads(layer: int, datatype: int, grouped: _Grouped) -> tuple[Integers, NDArray[np.bool_]]:
    """The fields of each record before its steps, [n, 11], and which are given: others stay as they were."""
    counts, x, y = grouped.counts, grouped.x[grouped.heads], grouped.y[grouped.heads]
    size, dense = grouped.size[grouped.heads], grouped.dense[grouped.heads]
    given = np.ones((len(counts), _FIELDS), bool)
    given[1:, _LAYER] = False
    given[1:, _SIZE] = (size[1:] != size[:-1])[:, None]
    given[:, _REPETITION] = (counts > 1)[:, None]
    flags = np.zeros(len(counts), np.int64)
    for at, bit in ((2, 0), (3, 1), (4, 6), (5, 5), (6, 4), (7, 3), (8, 2)):
        flags |= given[:, at].astype(np.int64) << bit
    head = np.empty((len(counts), _FIELDS), np.int64)
    fields = (RECTANGLE, flags, layer, datatype, size >> 32, size & _LOW_WORD, signed(x), signed(y))
    repetition = (np.where(dense, _STEPS_IN_COLUMN, _STEPS), counts - 2, grouped.grid)
    for at, value in enumerate((*fields, *repetition)):
        head[:, at] = np.asarray(value, np.int64)
    return head, given


def _steps(grouped: _Grouped) -> Integers:
    """What leads to each rectangle, [n, 2]: a plain step up, a direction and step, or two steps (else -1)."""
    dx = np.diff(grouped.x, prepend=grouped.x[:1]) // grouped.grid
    dy = np.diff(grouped.y, prepend=grouped.y[:1]) // grouped.grid
    north = dy << 4 | 1 << 1
    slanted = (dx != 0) & ~grouped.dense
    first = np.where(grouped.dense, dy, np.where(slanted, dx << 2 | 1, north))
    return np.stack([first, np.where(slanted, signed(dy), -1)], axis=1)
