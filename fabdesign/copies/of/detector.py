"""The detectors: their place, background light and noise."""

from __future__ import annotations

import numpy as np

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Array, Perturbation, of_pattern, of_xy
from fabdesign.copies.state import DeviceState


def _shift(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.detector_shift_um += amount * draws


def _background(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.background += amount


def _noise(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.noise = amount
    state.noise_seed = int(np.asarray(draws, dtype=np.float64).view(np.uint64)[0])


PERTURBATIONS = (
    Perturbation(
        name="detector-shift",
        title="sideways place of the detectors",
        unit="um",
        keys=("setup.detector_shift_sigma_um",),
        trial=0.5,
        formula="spectrum of the last space times exp(2πi f·s)",
        apply=_shift,
        labels=of_xy,
        kind="elements",
    ),
    Perturbation(
        name="background",
        title="even background on every output",
        unit="share",
        keys=(),
        trial=0.05,
        formula="outputs + b · mean output of the design",
        apply=_background,
        distribution="fixed",
        one_sided=True,
    ),
    Perturbation(
        name="detector-noise",
        title="noise of every output",
        unit="share",
        keys=("setup.detector_noise",),
        trial=0.05,
        formula="outputs + normal noise, its deviation a share of the mean output of the design",
        apply=_noise,
        labels=of_pattern,
        kind="pattern",
    ),
)
