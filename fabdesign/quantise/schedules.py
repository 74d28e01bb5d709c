"""How a temperature moves with the progress of training, 0 at the first step and 1 at the last."""

from __future__ import annotations


def geometric(start: float, end: float, progress: float) -> float:
    """Go from ``start`` to ``end`` by equal factors; held before 0 and after 1.

    >>> geometric(1.0, 16.0, 0.5)
    4.0
    """
    return float(start * (end / start) ** _clip(progress))


def linear(start: float, end: float, progress: float) -> float:
    """Go from ``start`` to ``end`` by equal steps; held before 0 and after 1.

    >>> linear(1.0, 20.0, 0.5)
    10.5
    """
    return float(start + (end - start) * _clip(progress))


def _clip(progress: float) -> float:
    return min(max(progress, 0.0), 1.0)
