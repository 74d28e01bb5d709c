"""What a step depends on, as closed forms of its number: resuming needs no history."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

WARM_UP = 0.3
FIRST_DIVISOR = 25.0
LAST_DIVISOR = 1e4
FINE_SHARE = 0.05
"""Share of the peak with which steps on the finer grid begin at least."""


def learning_rate(step: int, steps: int, peak: float, fine_from: int = 0) -> float:
    """Return :func:`one_cycle`, or what layers from a coarse grid need to settle on the finer one.

    Few fine steps lie at the end of the cycle, where no layer changes any more. So each is at least on half a
    cosine from 0.05·peak at the first of them down to 0.

    Args:
        step: 0 … steps − 1.
        steps: how many there are.
        peak: the largest learning rate.
        fine_from: first step on the finer grid; 0 where all are.

    >>> [round(learning_rate(step, 101, 1.0, fine_from=96), 4) for step in (95, 96, 98, 100)]
    [0.0125, 0.05, 0.0327, 0.0048]
    """
    rate = one_cycle(step, steps, peak)
    if not 0 < fine_from <= step:
        return rate
    return max(rate, _cosine(FINE_SHARE * peak, 0.0, (step - fine_from) / (steps - fine_from)))


def one_cycle(step: int, steps: int, peak: float) -> float:
    """Return the learning rate of a step: up to the peak, then down, both along half a cosine.

    From peak/25 over the first 30 % of the steps, down to peak/250,000 at the last one (Smith and Topin,
    arXiv 1708.07120, in the form with two cosines).

    Args:
        step: 0 … steps − 1.
        steps: how many there are.
        peak: the largest learning rate.

    >>> one_cycle(30, 101, 0.05)
    0.05
    """
    top = WARM_UP * (steps - 1)
    first, last = peak / FIRST_DIVISOR, peak / FIRST_DIVISOR / LAST_DIVISOR
    if step <= top:
        return _cosine(first, peak, step / top if top > 0 else 1.0)
    return _cosine(peak, last, (step - top) / (steps - 1 - top))


def progress_of(step: int, steps: int) -> float:
    """Return 0 for the first step and 1 for the last.

    >>> progress_of(5, 11)
    0.5
    """
    return step / (steps - 1) if steps > 1 else 1.0


def batch_positions(count: int, batch: int, step: int, seed: int) -> NDArray[np.int64]:
    """Return which examples a step sees: each epoch is a permutation of its own, cut into batches.

    Args:
        count: number of examples.
        batch: examples per step; the last step of an epoch takes what is left.
        step: 0, 1, …
        seed: of the training.

    >>> sorted(int(i) for step in (0, 1, 2) for i in batch_positions(5, 2, step, seed=7))
    [0, 1, 2, 3, 4]
    """
    epoch, place = divmod(step, steps_per_epoch(count, batch))
    order = np.random.default_rng([seed, epoch]).permutation(count)
    return order[place * batch : (place + 1) * batch]


def steps_per_epoch(count: int, batch: int) -> int:
    """Return how many batches an epoch has, the last one possibly smaller.

    >>> steps_per_epoch(5, 2)
    3
    """
    return math.ceil(count / batch)


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
