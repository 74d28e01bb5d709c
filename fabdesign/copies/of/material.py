"""The printed material: index and absorption."""

from __future__ import annotations

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Array, Perturbation
from fabdesign.copies.state import DeviceState


def _index(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.contrast += amount * draws[0]


def _absorption(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.absorption += amount


PERTURBATIONS = (
    Perturbation(
        name="index",
        title="refractive index of the material",
        unit="index",
        keys=("material.n_sigma",),
        trial=0.003,
        formula="φ = 2π (n + e - n₀) h/λ; the base plate, of even thickness, adds no pattern and is left out",
        apply=_index,
    ),
    Perturbation(
        name="absorption",
        title="absorption of the material",
        unit="k",
        keys=("material.absorption_k",),
        trial=0.001,
        formula="transmission times exp(-2π k h/λ)",
        apply=_absorption,
        distribution="fixed",
        one_sided=True,
    ),
)
