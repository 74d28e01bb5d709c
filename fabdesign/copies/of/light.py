"""The light and the object: colour, angle, place."""

from __future__ import annotations

import numpy as np

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Array, Perturbation, of_xy
from fabdesign.copies.state import DeviceState

_NM = 1e-3


def _wavelength(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.wavelength_um += _NM * amount * draws[0]


def _bandwidth(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.bandwidth_um = _NM * abs(amount)


def _angle(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.light_slope += np.sin(1e-3 * amount * draws)


def _centring(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.light_shift_um += amount * draws


PERTURBATIONS = (
    Perturbation(
        name="wavelength",
        title="wavelength of the light",
        unit="nm",
        keys=("setup.wavelength_sigma_nm",),
        trial=1.0,
        formula="φ and every space at λ + e; indices as at the design wavelength",
        apply=_wavelength,
    ),
    Perturbation(
        name="bandwidth",
        title="width of the spectrum (standard deviation)",
        unit="nm",
        keys=("setup.bandwidth_nm",),
        trial=1.0,
        formula="outputs at λ and λ ± √3·σ with weights 2/3, 1/6, 1/6 (Gauss and Hermite)",
        apply=_bandwidth,
        distribution="fixed",
        one_sided=True,
    ),
    Perturbation(
        name="source-angle",
        title="angle at which the light comes in",
        unit="mrad",
        keys=("setup.source_angle_sigma_mrad",),
        trial=1.0,
        formula="light times exp(2πi n sin(α)·x/λ)",
        apply=_angle,
        labels=of_xy,
        kind="elements",
    ),
    Perturbation(
        name="centring",
        title="place of light and object before the first layer",
        unit="um",
        keys=("setup.centring_sigma_um",),
        trial=0.5,
        formula="spectrum of the first space times exp(-2πi f·s)",
        apply=_centring,
        labels=of_xy,
        kind="elements",
    ),
)
