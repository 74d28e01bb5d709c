"""Couplers from the gap between two lanes: where they run close, and by how much they mix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.circuit.guides import Lane
from fabdesign.process.photonic import Couplers

Floats = NDArray[np.float64]
_REACH = 12.0
"""Beyond the gap by so many decays two lanes are strangers: e^-12 of the coupling."""
_LEAST_RAD = 1e-4


@dataclass(frozen=True)
class Coupler:
    """Two lanes that run side by side.

    Args:
        lanes: numbers of the lower and the upper lane.
        x: where its middle is, in database units.
        kappa_rad: the angle by which it mixes them; π/4 splits light in halves.
        gap_um: smallest gap.
    """

    lanes: tuple[int, int]
    x: float
    kappa_rad: float
    gap_um: float


def find_couplers(lanes: Sequence[Lane], process: Couplers, unit_um: float) -> list[Coupler]:
    """All couplers between lanes.

    Args:
        lanes: the lanes.
        process: how coupling falls off with the gap.
        unit_um: database unit.
    """
    found: list[Coupler] = []
    reach = (process.gap_um.value + _REACH * process.decay_um.value) / unit_um
    for lower in range(len(lanes)):
        for upper in range(len(lanes)):
            if lower != upper and _may_meet(lanes[lower], lanes[upper], reach):
                found += _between((lower, upper), lanes, process, unit_um, reach)
    return found


def _may_meet(lower: Lane, upper: Lane, reach: float) -> bool:
    above = lower.upper[:, 1].max() + reach >= upper.lower[:, 1].min()
    order = lower.begin[1] < upper.begin[1]
    return bool(above and order and lower.begin[0] < upper.end[0] and upper.begin[0] < lower.end[0])


def _between(
    pair: tuple[int, int], lanes: Sequence[Lane], process: Couplers, unit_um: float, reach: float
) -> Iterator[Coupler]:
    below, above = lanes[pair[0]].upper.astype(np.float64), lanes[pair[1]].lower.astype(np.float64)
    first = max(below[0, 0], above[0, 0])
    last = min(below[-1, 0], above[-1, 0])
    x = np.unique(np.concatenate([below[:, 0], above[:, 0]]))
    x = x[(x >= first) & (x <= last)]
    gap = np.interp(x, above[:, 0], above[:, 1]) - np.interp(x, below[:, 0], below[:, 1])
    near = np.flatnonzero(gap < reach)
    if not near.size:
        return
    for stretch in np.split(near, np.flatnonzero(np.diff(near) > 1) + 1):
        excess = (gap[stretch] * unit_um - process.gap_um.value) / process.decay_um.value
        share, middle = _integral(x[stretch], excess)
        kappa_rad = process.coupling_rad_per_um.value * share * unit_um
        if kappa_rad > _LEAST_RAD:
            yield Coupler(pair, middle, kappa_rad, float(gap[stretch].min()) * unit_um)


def _integral(x: Floats, excess: Floats) -> tuple[float, float]:
    """∫ exp(−excess) dx of a piecewise linear excess, and the mean x under it."""
    weight, rise = np.exp(-excess), np.diff(excess)
    flat = np.abs(rise) < 1e-9
    mean = np.where(flat, weight[1:], -np.diff(weight) / np.where(flat, 1.0, rise))
    parts = mean * np.diff(x)
    total = float(parts.sum())
    middle = float((parts * (x[1:] + x[:-1]) / 2).sum() / total) if total > 0 else float(x.mean())
    return total, middle
