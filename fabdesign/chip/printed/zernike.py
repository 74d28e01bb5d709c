"""Low Zernike polynomials in Noll's order, orthonormal on the unit disk (Noll, J. Opt. Soc. Am. 66, 207)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from fabdesign.optics import Grid


def noll(number: int) -> tuple[int, int]:
    """Degree n and signed azimuthal order m of Noll's j; negative m are sines.

    >>> [noll(j) for j in (1, 2, 3, 4, 5, 6, 7, 8, 11)]
    [(0, 0), (1, 1), (1, -1), (2, 0), (2, -2), (2, 2), (3, -1), (3, 1), (4, 0)]
    """
    degree, rest = 0, number - 1
    while rest > degree:
        degree += 1
        rest -= degree
    order = degree % 2 + 2 * ((rest + (degree + 1) % 2) // 2)
    return degree, order if number % 2 == 0 else -order


def zernike(number: int, radius: Tensor, angle: Tensor) -> Tensor:
    """Z_j at polar coordinates; its mean square over the unit disk is 1.

    Args:
        number: Noll's j, from 1.
        radius: as a share of the disk's.
        angle: in radians.
    """
    degree, signed = noll(number)
    order = abs(signed)
    total = torch.zeros_like(radius)
    for k in range((degree - order) // 2 + 1):
        over = math.factorial(k) * math.factorial((degree + order) // 2 - k)
        over *= math.factorial((degree - order) // 2 - k)
        total = total + (-1) ** k * math.factorial(degree - k) / over * radius ** (degree - 2 * k)
    if order == 0:
        return math.sqrt(degree + 1) * total
    wave = torch.sin(order * angle) if signed < 0 else torch.cos(order * angle)
    return math.sqrt(2 * (degree + 1)) * total * wave


def wavefronts(grid: Grid, terms: int) -> Tensor:
    """Z_2 to Z_(terms+1) on a grid, the unit disk around its corners, float64 [term, ny, nx]."""
    x, y = grid.x_um().double()[None, :], grid.y_um().double()[:, None]
    edge = math.hypot(*grid.size_um) / 2
    radius, angle = torch.hypot(x, y) / edge, torch.atan2(y, x)
    angle = angle + torch.zeros_like(radius)
    return torch.stack([zernike(number, radius, angle) for number in range(2, terms + 2)])
