"""The relief's surface: roughness, failed pixels, and what bends over a writing field."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import ndtr

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Array, Perturbation, of_pattern, of_xy
from fabdesign.copies.state import DeviceState

_NM = 1e-3


def _pixels(device: Device) -> int:
    return int(device.design.levels.size)


def _roughness(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.height_um += _NM * amount * correlated(draws.reshape(state.height_um.shape), _correlation(device))


def _correlation(device: Device) -> float:
    """Correlation length in pixels; 0 where the profile has none."""
    number = device.profile.axial.height_sigma_nm.correlation_um
    return 0.0 if number is None else number.value / device.design.physical.pitch_um


def correlated(white: Array, length: float) -> Array:
    """White noise [layer, y, x] smoothed to a correlation exp(-(r/length)²), its deviation kept.

    Args:
        white: independent numbers of deviation 1.
        length: in pixels; half a pixel or less leaves the noise white.

    >>> bool(abs(correlated(np.random.default_rng(0).normal(size=(1, 200, 200)), 3.0).std() - 1) < 0.05)
    True
    """
    sigma = length / 2
    if length <= 0.5:
        return white
    one = np.zeros(white.shape[1:])
    one[white.shape[1] // 2, white.shape[2] // 2] = 1.0
    norm = np.sqrt((gaussian_filter(one, sigma, mode="wrap") ** 2).sum())
    return np.asarray([gaussian_filter(layer, sigma, mode="wrap") / norm for layer in white])


def _dead(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    failed = ndtr(draws.reshape(state.height_um.shape)) < abs(amount)
    state.height_um[failed] = 0.0


def _from_middle(device: Device) -> tuple[Array, Array, float]:
    """Distance of each pixel from the middle of its field along x and y, and the largest half side."""
    dx, dy = np.zeros(device.design.pixels), np.zeros(device.design.pixels)
    half = 0.0
    for field in device.fields:
        rows, columns = slice(*field.y), slice(*field.x)
        x, y = device.x_um[columns], device.y_um[rows]
        dx[rows, columns] = (x - x.mean())[None, :]
        dy[rows, columns] = (y - y.mean())[:, None]
        half = max(half, np.ptp(x) / 2, np.ptp(y) / 2)
    return dx, dy, half


def _field_tilt(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    dx, dy, _ = _from_middle(device)
    state.height_um += _NM * amount * (draws[0] * dx + draws[1] * dy)


def _field_curvature(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    dx, dy, half = _from_middle(device)
    state.height_um += _NM * amount * draws[0] * (dx**2 + dy**2) / max(half, 1e-9) ** 2


PERTURBATIONS = (
    Perturbation(
        name="roughness",
        title="height noise of every pixel",
        unit="nm",
        keys=("axial.height_sigma_nm.per_pixel",),
        trial=10.0,
        formula="h + r(x, y), normal, correlation exp(-(Δ/l)²) with l = axial.height_sigma_nm.correlation_um",
        apply=_roughness,
        labels=of_pattern,
        count=_pixels,
        kind="pattern",
        order=1,
    ),
    Perturbation(
        name="dead-pixels",
        title="pixels that fail",
        unit="share",
        keys=("lateral.dead_pixel_fraction",),
        trial=0.005,
        formula="h = 0 for a random share of the pixels",
        apply=_dead,
        labels=of_pattern,
        count=_pixels,
        kind="pattern",
        one_sided=True,
        order=2,
    ),
    Perturbation(
        name="field-tilt",
        title="tilt of every writing field",
        unit="mrad",
        keys=("field.tilt_mrad",),
        trial=1.0,
        formula="h + t·(x - x_field), the same in every field",
        apply=_field_tilt,
        labels=of_xy,
        kind="elements",
    ),
    Perturbation(
        name="field-curvature",
        title="curvature of every writing field",
        unit="nm",
        keys=("field.curvature_nm",),
        trial=50.0,
        formula="h + c·r²/R², R half the side of a field",
        apply=_field_curvature,
    ),
)
