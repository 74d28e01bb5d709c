"""Where each layer sits: across and along the light, tilted, turned."""

from __future__ import annotations

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Array, Perturbation, of_layers, of_layers_xy
from fabdesign.copies.state import DeviceState


def _shift(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.shift_um += amount * draws.reshape(device.layers, 2)


def _axial(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.axial_um += amount * draws


def _tilt(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.tilt_rad += 1e-3 * amount * draws.reshape(device.layers, 2)


def _rotation(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.rotation_rad += 1e-3 * amount * draws


PERTURBATIONS = (
    Perturbation(
        name="layer-shift",
        title="sideways place of each layer",
        unit="um",
        keys=("layers.{built}.sigma_um.dx", "layers.{built}.sigma_um.dy"),
        trial=0.2,
        formula="spectrum of the space before times exp(2πi f·s), of the space behind times exp(-2πi f·s)",
        apply=_shift,
        labels=of_layers_xy,
        kind="elements",
    ),
    Perturbation(
        name="layer-axial",
        title="place of each layer along the light",
        unit="um",
        keys=("layers.{built}.sigma_um.dz",),
        trial=0.5,
        formula="the gap before grows by z, the gap behind shrinks by it: exp(2πi z sqrt((n/λ)² - f²))",
        apply=_axial,
        labels=of_layers,
        kind="elements",
    ),
    Perturbation(
        name="layer-tilt",
        title="tilt of each layer",
        unit="mrad",
        keys=("layers.{built}.tilt_mrad",),
        trial=1.0,
        formula="u + z·i(k_z - k)u before, u - i(k_z - k)(z·u) behind, z = slope·x: first order, carrier off",
        apply=_tilt,
        labels=of_layers_xy,
        kind="elements",
    ),
    Perturbation(
        name="layer-rotation",
        title="rotation of each layer in its plane",
        unit="mrad",
        keys=("layers.{built}.rot_mrad",),
        trial=1.0,
        formula="pixel edges move by (-θy, θx); complex transmission averaged over each sample",
        apply=_rotation,
        labels=of_layers,
        kind="elements",
    ),
)
