"""Copies of a device: one perturbation alone, or all at once as a sample draws them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fabdesign.copies.device import Device
from fabdesign.copies.draws import Groups, draw
from fabdesign.copies.state import DeviceState
from fabdesign.copies.terms import Term

Array = NDArray[np.float64]


def copy_with(device: Device, parts: Iterable[tuple[Term, float, Array]]) -> DeviceState:
    """Return a copy with some perturbations, each with its amount and its draws."""
    state = DeviceState.of(device)
    for term, amount, draws in sorted(parts, key=lambda part: (part[0].perturbation.order, part[0].name)):
        term.perturbation.apply(state, device, amount, draws)
    return state


def sample_copy(
    device: Device, terms: Sequence[Term], seed: int, sample: int, groups: Groups = ()
) -> DeviceState:
    """Return one random copy; the same for the same seed and number, whatever else is computed."""
    return copy_with(device, [(term, term.amount, draw(term, seed, sample, groups)) for term in terms])


def element_draws(term: Term, element: int, seed: int) -> Array:
    """The draws that stand for one element alone: a unit vector, or the pattern of the first sample."""
    if term.perturbation.kind == "pattern":
        return draw(term, seed, 0)
    draws = np.zeros(term.count)
    draws[element] = 1.0
    return draws
