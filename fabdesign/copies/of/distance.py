"""Distances and sizes common to all layers."""

from __future__ import annotations

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Array, Perturbation
from fabdesign.copies.state import DeviceState


def _spacing(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.gap_um[1:-1] += amount * draws[0]


def _between(device: Device) -> tuple[str, ...]:
    return ("all gaps",) if device.layers > 1 else ()


def _stretch(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.stretch += amount * draws[0]


def _detector(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.detector_axial_um += amount * draws[0]


PERTURBATIONS = (
    Perturbation(
        name="spacing",
        title="gap between layers, common to all",
        unit="um",
        keys=("layers.{built}.spacing_sigma_um",),
        trial=0.5,
        formula="every gap between two layers grows by g: exp(2πi g sqrt((n/λ)² - f²))",
        apply=_spacing,
        labels=_between,
    ),
    Perturbation(
        name="shrink-xy",
        title="scale of all layers in their plane",
        unit="relative",
        keys=("material.shrink_xy.sigma",),
        trial=0.002,
        formula="pixel edges move to (1 + s)·(x, y); complex transmission averaged over each sample",
        apply=_stretch,
    ),
    Perturbation(
        name="detector-axial",
        title="place of the detectors along the light",
        unit="um",
        keys=(),
        trial=1.0,
        formula="the last gap grows by z: exp(2πi z sqrt((n/λ)² - f²))",
        apply=_detector,
    ),
)
