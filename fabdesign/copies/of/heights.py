"""Heights common to a whole print, to a level, or to a mask."""

from __future__ import annotations

import numpy as np

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Array, Perturbation, of_layers, of_pattern
from fabdesign.copies.state import DeviceState

_NM = 1e-3


def _gain(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.height_um *= 1 + amount * draws[0]


def _offset(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    raised = device.design.height_um() > 0
    state.height_um += np.where(raised, _NM * amount * draws[:, None, None], 0.0)


def _levels(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    of_level = draws.reshape(device.layers, -1)
    layer = np.arange(device.layers)[:, None, None]
    state.height_um += _NM * amount * of_level[layer, device.design.levels]


def _level_count(device: Device) -> int:
    return int(device.design.height_of_level_um.size)


def _mask_depth(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    error = amount * draws.reshape(device.layers, -1)
    for layer in range(device.layers):
        state.height_um[layer] += np.tensordot(error[layer], device.mask_parts_um(layer), axes=1)


def _masks(device: Device) -> tuple[str, ...]:
    return tuple(
        f"layer {layer} {mask.name}" for layer, masks in enumerate(device.masks) for mask in masks.masks
    )


def _slices(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    pitch_um, offset = 2 * abs(amount), draws[0] / 2
    if pitch_um:
        made = np.floor(state.height_um / pitch_um + 0.5 + offset) - np.floor(0.5 + offset)
        state.height_um[:] = pitch_um * made


PERTURBATIONS = (
    Perturbation(
        name="height-gain",
        title="all heights too tall by a factor",
        unit="relative",
        keys=("axial.depth_gain_sigma",),
        trial=0.02,
        formula="h·(1 + g)",
        apply=_gain,
    ),
    Perturbation(
        name="shrink-z",
        title="shrinkage of all heights",
        unit="relative",
        keys=("material.shrink_z.sigma",),
        trial=0.02,
        formula="h·(1 + s); gaps are held by the frame and do not shrink",
        apply=_gain,
    ),
    Perturbation(
        name="height-offset",
        title="offset of every raised pixel of a layer",
        unit="nm",
        keys=("axial.height_sigma_nm.global",),
        trial=20.0,
        formula="h + c where h > 0, one c for each layer",
        apply=_offset,
        labels=of_layers,
        kind="elements",
    ),
    Perturbation(
        name="level-error",
        title="error of each level of each layer",
        unit="nm",
        keys=("axial.height_sigma_nm.per_level",),
        trial=10.0,
        formula="h + e_level, independent for levels and layers",
        apply=_levels,
        labels=of_pattern,
        count=_level_count,
        kind="pattern",
    ),
    Perturbation(
        name="mask-depth",
        title="depth of each mask's etch",
        unit="relative",
        keys=("mask.depth_sigma",),
        trial=0.02,
        formula="h + Σ_k b_k d_k e_k: levels that share a mask err together",
        apply=_mask_depth,
        labels=_masks,
        kind="elements",
    ),
    Perturbation(
        name="slice-rounding",
        title="heights rounded to slices, wherever the first one falls",
        unit="um",
        keys=("axial.slice_um",),
        trial=0.05,
        formula="s·(floor(h/s + ½ + o) - floor(½ + o)), o even within ±½ slice; the amount is half a slice",
        apply=_slices,
        distribution="uniform",
        one_sided=True,
        scale=0.5,
        order=-1,
    ),
)
