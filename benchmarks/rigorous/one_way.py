"""The exact scalar one-way operator, as a contender.

In a slice ``∂²u/∂z² = −H·u`` with ``H = ∂²/∂x² + ∂²/∂y² + (2π/λ)²·ε(x, y)``; what travels towards +z obeys
``∂u/∂z = i·sqrt(H)·u`` (de Hoop, J. Math. Phys. 37, 3246 (1996)). ``exp(i·d·sqrt(H))`` is summed from
Chebyshev polynomials of H (Tal-Ezer and Kosloff, J. Chem. Phys. 81, 3967 (1984)), each a transform and its
inverse further than the one before. The wave propagation method takes the root of either material in place of
sqrt(H): right inside each, wrong at the walls.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

TERMS = 32
HIGHEST_SINE = 2.0
"""Transverse frequencies above so many wave numbers of the vacuum count as this one: they decay anyway."""


def through_relief_one_way(
    field: Tensor,
    fill: Tensor,
    edge_um: Sequence[float],
    *,
    spacing_um: float,
    wavelength_um: float,
    index: float,
) -> Tensor:
    """Propagate a periodic field through a relief in vacuum.

    Args:
        field: complex, [b, ny, nx] samples.
        fill: share of each slice that is filled, [slice, ny, nx] samples.
        edge_um: where the slices begin and end.
        spacing_um: between samples.
        wavelength_um: vacuum wavelength.
        index: refractive index of the relief.
    """
    wave = (2 * math.pi / wavelength_um) ** 2
    lowest, highest = wave * (1 - HIGHEST_SINE**2), wave * index**2
    middle, half = (highest + lowest) / 2, (highest - lowest) / 2
    squared = np.minimum(_squared(field.shape[1:], spacing_um), wave * HIGHEST_SINE**2)
    across = torch.from_numpy(squared / half).to(field.real.dtype)
    for share, (lower, upper) in zip(fill, pairwise(edge_um), strict=True):
        along = ((wave * (1 + (index**2 - 1) * share) - middle) / half).to(field.real.dtype)
        field = _sum(field, along, across, _coefficients(round(upper - lower, 9), lowest, highest))
    return field


def _sum(u: Tensor, along: Tensor, across: Tensor, factors: tuple[complex, ...]) -> Tensor:
    """``Σ_k c_k·T_k(X)·u`` with X the operator, brought to −1 … 1."""

    def operator(w: Tensor) -> Tensor:
        return along * w - torch.fft.ifft2(across * torch.fft.fft2(w))

    before, now = u, operator(u)
    total = factors[0] * before + factors[1] * now
    for factor in factors[2:]:
        before, now = now, 2 * operator(now) - before
        total = total + factor * now
    return total


def _squared(shape: Sequence[int], spacing_um: float) -> NDArray[np.float64]:
    y, x = ((2 * np.pi * np.fft.fftfreq(count, spacing_um)) ** 2 for count in shape)
    return np.add.outer(y, x)


@cache
def _coefficients(thickness_um: float, lowest: float, highest: float) -> tuple[complex, ...]:
    """Chebyshev coefficients of exp(i·d·sqrt(H)) between two eigenvalues, by cosine quadrature."""
    points = 16 * TERMS
    angle = np.pi * (np.arange(points) + 0.5) / points
    root = np.emath.sqrt((highest + lowest) / 2 + (highest - lowest) / 2 * np.cos(angle) + 0j)
    values = np.exp(1j * thickness_um * root)
    factors = [2 / points * complex(np.sum(values * np.cos(k * angle))) for k in range(TERMS)]
    return (factors[0] / 2, *factors[1:])
