"""A majority filter on the pixels that a process cannot make, and on no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

MOST_PASSES = 12
_OUTSIDE = -1
_AROUND = tuple((i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))
_ROUND = 1e-9


@dataclass(frozen=True, eq=False)
class Cleaning:
    """What came of cleaning one layer.

    Attributes:
        levels: uint8 [y, x], cleaned.
        before: pixels that a rule objected to.
        after: those that are left.
        changed: pixels with another level.
        rms_rad: root mean square of the phase change over all pixels.
        largest_rad: largest phase change of a pixel.
    """

    levels: Levels
    before: int
    after: int
    changed: int
    rms_rad: float
    largest_rad: float


def clean_levels(
    levels: Levels, phase_rad: Floats, flag: Callable[[Levels], Flags], budget_rad: float
) -> Cleaning:
    """Give each flagged pixel the level that most of its eight neighbours have, again and again.

    Of levels equally frequent the one nearest in phase is taken. A pixel is left alone where its phase would
    end more than the budget from where it began, on the circle. Passes go on while they help.

    Args:
        levels: uint8 [y, x].
        phase_rad: [level] phase of each level.
        flag: tells the pixels that a process cannot make.
        budget_rad: largest change of phase of a pixel.

    >>> lone = np.zeros((3, 3), np.uint8); lone[1, 1] = 1
    >>> done = clean_levels(lone, np.array([0.0, 0.5]), lambda array: array == 1, budget_rad=1.0)
    >>> int(done.levels.max()), done.changed, done.before, done.after
    (0, 1, 1, 0)
    """
    turn = np.abs(np.angle(np.exp(1j * (phase_rad[:, None] - phase_rad[None, :]))))
    best, flags = levels, flag(levels)
    before = fewest = int(np.count_nonzero(flags))
    current = levels
    for _ in range(MOST_PASSES):
        if not flags.any():
            break
        current = _one_pass(current, levels, flags, turn, budget_rad)
        flags = flag(current)
        left = int(np.count_nonzero(flags))
        if left >= fewest:
            break
        best, fewest = current, left
    change = turn[levels, best]
    return Cleaning(
        levels=best,
        before=before,
        after=fewest,
        changed=int(np.count_nonzero(best != levels)),
        rms_rad=float(np.sqrt(np.mean(change**2))),
        largest_rad=float(change.max()),
    )


def _one_pass(current: Levels, first: Levels, flags: Flags, turn: Floats, budget_rad: float) -> Levels:
    y, x = np.nonzero(flags)
    framed = np.full((current.shape[0] + 2, current.shape[1] + 2), _OUTSIDE, np.int16)
    framed[1:-1, 1:-1] = current
    votes = np.zeros((len(y), len(turn)), np.float32)
    rows = np.arange(len(y))
    for i, j in _AROUND:
        near = framed[y + 1 + i, x + 1 + j]
        inside = near != _OUTSIDE
        votes[rows[inside], near[inside]] += 1
    from_first = turn[first[y, x]]
    votes -= (turn[current[y, x]] / (2 * np.pi)).astype(np.float32)
    votes[from_first > budget_rad + _ROUND] = -np.inf
    chosen = votes.argmax(axis=1)
    done = current.copy()
    done[y, x] = chosen
    return done
