"""Numbers about many copies: yield, quantiles, convergence, and what makes them differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Z95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution."""


def wilson(passed: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, J. Am. Stat. Assoc. 22, 209, 1927).

    Args:
        passed: how many passed.
        count: of how many, at least 1.

    >>> tuple(round(end, 4) for end in wilson(90, 100))
    (0.8256, 0.9448)
    """
    share, weight = passed / count, Z95**2 / count
    middle = share + weight / 2
    half = Z95 * math.sqrt(share * (1 - share) / count + Z95**2 / (4 * count**2))
    lower, upper = (middle - half) / (1 + weight), (middle + half) / (1 + weight)
    return max(lower, 0.0) if passed else 0.0, min(upper, 1.0) if passed < count else 1.0


@dataclass(frozen=True)
class Contribution:
    """How much of the variance of the score one perturbation brings.

    Attributes:
        name: the perturbation, or several that err together.
        share: of the variance; estimates of nothing scatter around 0 and are cut there.
    """

    name: str
    share: float


def contributions(draws: Mapping[str, Array], scores: Array) -> tuple[list[Contribution], float]:
    """Split the variance of the score among perturbations, by regression on their draws.

    ``f = b₀ + Σ_j b_j z_j + c_j (z_j² - E z²)`` by least squares; with independent draws the terms are
    orthogonal, and a perturbation brings ``Σ_j b_j² Var z + c_j² Var z²``, each coefficient's own sampling
    variance taken off. The quadratic terms are dropped where there are fewer than three copies for each
    coefficient, and everything where there are fewer than three for each linear one.

    Args:
        draws: [copy, element] standard draws of each perturbation.
        scores: [copy].

    Returns:
        The perturbations, the largest first, and the share that is left: patterns, interactions, chance. The
        share is 1 and the list empty where there are too few copies, or no variance.
    """
    columns, owner = _columns(draws, squares=True)
    if len(scores) < 3 * (len(columns) + 1):
        columns, owner = _columns(draws, squares=False)
    variance = float(np.var(scores))
    if not columns or variance == 0 or len(scores) < 3 * (len(columns) + 1):
        return [], 1.0
    design = np.column_stack([np.ones(len(scores)), *columns])
    inverse = np.linalg.pinv(design.T @ design)
    coefficient = inverse @ design.T @ scores
    residual = scores - design @ coefficient
    noise = float(residual @ residual) / (len(scores) - design.shape[1])
    explained = (coefficient**2 - noise * np.diag(inverse))[1:] * np.var(design[:, 1:], axis=0)
    shares = dict.fromkeys(draws, 0.0)
    for name, part in zip(owner, explained, strict=True):
        shares[name] += float(part) / variance
    found = [Contribution(name, min(max(share, 0.0), 1.0)) for name, share in shares.items()]
    rest = min(max(noise / variance, 0.0), 1.0)
    return sorted(found, key=lambda item: -item.share), rest


def _columns(draws: Mapping[str, Array], *, squares: bool) -> tuple[list[Array], list[str]]:
    columns: list[Array] = []
    owner: list[str] = []
    for name, values in draws.items():
        for element in values.T:
            columns.append(element - element.mean())
            owner.append(name)
            if squares:
                columns.append(element**2 - (element**2).mean())
                owner.append(name)
    return columns, owner


def quantiles(scores: Sequence[float]) -> tuple[float, float, float]:
    """The 10 %, 50 % and 90 % quantiles, interpolated linearly.

    >>> quantiles([0.0, 1.0, 2.0, 3.0, 4.0])
    (0.4, 2.0, 3.6)
    """
    p10, p50, p90 = np.quantile(np.asarray(scores, dtype=np.float64), [0.1, 0.5, 0.9])
    return float(p10), float(p50), float(p90)
