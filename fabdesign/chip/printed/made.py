"""From errors drawn as the tolerance engine draws them to a print that can be measured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from fabdesign.chip.printed.element import ZonePlate
from fabdesign.chip.printed.errors import TERMS
from fabdesign.chip.printed.stack import SimulatedStack
from fabdesign.chip.printed.zernike import wavefronts
from fabdesign.copies import Device, DeviceState, sample_copy, terms_of
from fabdesign.network import Bench
from fabdesign.network.altered import AlteredBench, Route
from fabdesign.network.passed import passed

Floats = NDArray[np.float64]
_ABERRATION_STREAM = 0x61626572
DEFAULT_ERRORS = {"layer-shift": 0.2, "height-gain": 0.02, "blur": 0.2}
"""What errs where nobody says otherwise: names and units of `fabdesign tolerance`."""
DEFAULT_ABERRATION_RAD = 0.3


def draw_print(device: Device, amounts: Mapping[str, float], seed: int) -> DeviceState:
    """Draw the errors of one print.

    Args:
        device: the design and its process.
        amounts: standard deviations by the names that `fabdesign tolerance` uses; no other error acts.
        seed: which print.

    Raises:
        ConfigError: a name that does not exist, or a negative amount.
    """
    return sample_copy(device, terms_of(device, amounts, only=list(amounts)), seed, 0)


def draw_aberration(rms_rad: float, seed: int, terms: int = TERMS) -> Floats:
    """Draw the light's aberration: Noll's terms from 2 on, RMS over the disk as expected, [term]."""
    random = np.random.default_rng([_ABERRATION_STREAM, seed])
    return np.asarray(rms_rad / np.sqrt(terms) * random.standard_normal(terms))


def printed_stack(
    device: Device,
    state: DeviceState,
    element: ZonePlate,
    bench: Bench,
    *,
    aberration_rad: Floats | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> SimulatedStack:
    """Make the instrument of one print.

    Args:
        device: the design and its process.
        state: the errors of the print; its layers' heights are those of `state`.
        element: the tunable element.
        bench: the set-up as designed.
        aberration_rad: coefficients of Noll's terms from 2 on.
        noise: of detectors and camera; see `SimulatedStack`.
        seed: of the noise.

    Raises:
        ConfigError: the design has no detectors.
    """
    images = torch.zeros(32, *((1, 1) if bench.encoder is None else bench.encoder.pixels))
    with torch.no_grad():
        altered = AlteredBench(bench, images)
    route = Route.of(state, device.design.physical.spaces)
    layers = passed(state, device, bench.layers)
    waves = None
    if aberration_rad is not None:
        shapes = wavefronts(bench.grid, len(aberration_rad))
        waves = torch.einsum("t,tyx->yx", torch.from_numpy(aberration_rad), shapes)
    return SimulatedStack(
        device.design.physical,
        bench,
        altered.carried(route, layers),
        element,
        aberration_rad=waves,
        noise=noise,
        seed=seed,
    )
