"""A small device, images and prints of it."""

from __future__ import annotations

from functools import cache

import numpy as np

from fabdesign.chip import Examples
from fabdesign.chip.printed import PrintErrors, SimulatedStack, ZonePlate, printed_stack
from fabdesign.copies import Device, DeviceState
from fabdesign.design import Design
from fabdesign.network import Bench, from_design
from fabdesign.process import load_profile
from tests.check.devices import make_design

ELEMENT = ZonePlate((3, 4))


@cache
def design() -> Design:
    """Two layers of 32 × 32 pixels."""
    return make_design(layers=2)


@cache
def bench() -> Bench:
    """Its set-up."""
    return from_design(design(), 2).bench


@cache
def device() -> Device:
    """With its process."""
    return Device(design(), load_profile(design().physical.process))


def images(count: int = 8, seed: int = 0) -> Examples:
    """Random blots with random labels."""
    random = np.random.default_rng(seed)
    coarse = random.random((count, 7, 7)).repeat(4, axis=1).repeat(4, axis=2)
    return Examples(coarse.reshape(count, -1), random.integers(0, 10, count))


def state_of(errors: PrintErrors) -> DeviceState:
    """The errors in the tolerance engine's words."""
    state = DeviceState.of(device())
    state.shift_um += errors.shift_um
    state.height_um *= 1 + errors.gain
    state.blur_um = errors.blur_um
    return state


def stack_of(errors: PrintErrors, noise: float = 0.0) -> SimulatedStack:
    """A print with given errors."""
    return printed_stack(
        device(), state_of(errors), ELEMENT, bench(), aberration_rad=errors.aberration_rad, noise=noise
    )


def wrong(seed: int = 1) -> PrintErrors:
    """Errors of the size that prints have."""
    random = np.random.default_rng(seed)
    return PrintErrors(random.uniform(-0.6, 0.6, (2, 2)), 0.04, 0.25, 0.15 * random.standard_normal(9))
