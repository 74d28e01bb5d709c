"""Steps of OASIS: one integer along one of eight directions, or two integers for any other."""

from __future__ import annotations

import numpy as np

from fabdesign.formats.varint import Integers, unsigned

_MOST = 1 << 33
_DIRECTIONS = np.array([(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1)])
"""East, north, west, south, and those between (SEMI P39, 7.5)."""


def take_steps(tokens: Integers, count: int) -> tuple[Integers, int]:
    """Read so many steps from the start of a list of integers.

    An odd integer is the first of two, unless it is itself the second. After an even one always comes a new
    step, so in a stretch of odd ones every other begins a step, counted from the stretch's start.

    Args:
        tokens: integers as they stand in the file.
        count: number of steps.

    Returns:
        int64 [count, xy], and how many integers they take.

    Raises:
        ValueError: there are fewer steps, or one is longer than 33 bits.

    >>> take_steps(np.array([3 << 2 | 1, 4 << 1 | 1, 5 << 4 | 1 << 1]), 2)[0].tolist()
    [[3, -4], [0, 5]]
    """
    odd = (tokens & 1).astype(bool)
    place = np.arange(len(tokens))
    stretch = place - np.maximum.accumulate(np.where(odd, -1, place)) - 1
    before = np.append(0, np.where(odd, stretch + 1, 0)[:-1])
    begins = np.flatnonzero(np.where(odd, stretch, before) % 2 == 0)[:count]
    used = int(begins[-1]) + 1 + int(odd[begins[-1]]) if len(begins) else 0
    if len(begins) < count or used > len(tokens):
        raise ValueError("steps are cut off")
    if (tokens[:used] >= _MOST << 4).any():
        raise ValueError("a step leaves 32 bits")
    first, pair = tokens[begins], odd[begins]
    steps = _DIRECTIONS[(first >> 1) & 7] * (first >> 4)[:, None]
    steps[pair, 0] = unsigned(first[pair] >> 1)
    steps[pair, 1] = unsigned(tokens[begins[pair] + 1])
    return steps, used
