"""Choosing n of the phases a machine can make: the exact optimum by dynamic programming."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_TIE = 1e-12


def choose_positions(position: Array, n: int) -> NDArray[np.intp]:
    """Choose n positions on a circle of circumference 1 with the least RMS rounding error.

    A uniformly distributed phase is rounded with the mean square error Σ gap³ / 12 (circumference 1), so the
    sum of the cubes of the gaps is minimised, exactly, with the first position always taken. Among equal sums
    the positions nearest to k/n win (least Σ (x_k - k/n)²), then the lower ones.

    A position can be k-th only if even gaps before and after it would still beat a choice that is already
    known; what this leaves is a narrow band, searched completely.

    Args:
        position: [m] ascending positions in [0, 1), the first 0.
        n: how many to take, 2 to m.

    Returns:
        [n] ascending indices into ``position``, the first 0.

    >>> choose_positions(np.array([0, 0.2, 0.25, 0.5, 0.7, 0.75]), 4).tolist()
    [0, 2, 3, 5]
    """
    bound = _cost(position[_greedy(position, n)]) * (1 + _TIE)
    known = np.zeros(1, dtype=np.intp)
    state = (np.zeros(1), np.zeros(1))
    steps: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    for k in range(1, n):
        places = _band(position, k, n, bound)
        gap = position[places] - position[known][:, None]
        state, before = _extend(state, gap, (position[places] - k / n) ** 2)
        steps.append((places, before))
        known = places
    _, before = _extend(state, 1 - position[known][:, None], np.zeros(1))
    return _trace(steps, int(before[0]))


def _extend(
    state: tuple[Array, Array], gap: Array, distance: Array
) -> tuple[tuple[Array, Array], NDArray[np.intp]]:
    """Add one more choice: cost and tie value of each place [j], and the best choice [i] before it.

    Args:
        state: cost and tie value of the choices known so far, [i].
        gap: [i, j] from each of them to each place.
        distance: [j] squared distance of each place from its ideal.
    """
    cost, tie = state
    total = np.where(gap > 0, cost[:, None] + gap**3, np.inf)
    least = total.min(axis=0)
    ties = np.where(total <= least * (1 + _TIE), tie[:, None], np.inf)
    before = np.argmin(ties, axis=0)
    return (least, ties.min(axis=0) + distance), before


def _band(position: Array, k: int, n: int, bound: float) -> NDArray[np.intp]:
    """Indices that can be the k-th choice of n at a total cost within the bound."""
    first, last = k, len(position) - (n - k)
    x = position[first : last + 1]
    least = x**3 / k**2 + (1 - x) ** 3 / (n - k) ** 2
    return first + np.flatnonzero(least <= bound)


def _greedy(position: Array, n: int) -> NDArray[np.intp]:
    """Take the position nearest to each k/n, leaving enough for those still to come."""
    chosen = np.zeros(n, dtype=np.intp)
    for k in range(1, n):
        low, high = int(chosen[k - 1]) + 1, len(position) - (n - k)
        chosen[k] = low + int(np.argmin(np.abs(position[low : high + 1] - k / n)))
    return chosen


def _cost(chosen: Array) -> float:
    return float(np.sum(np.diff(np.append(chosen, 1.0)) ** 3))


def _trace(steps: list[tuple[NDArray[np.intp], NDArray[np.intp]]], last: int) -> NDArray[np.intp]:
    chosen = []
    for places, before in reversed(steps):
        chosen.append(places[last])
        last = int(before[last])
    return np.array([0, *reversed(chosen)], dtype=np.intp)
