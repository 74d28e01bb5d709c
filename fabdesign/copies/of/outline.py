"""The outlines of pixels: blur, edge bias, seams of fields, and masks that do not lie on one another."""

from __future__ import annotations

import numpy as np

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Array, Perturbation, of_pattern
from fabdesign.copies.state import DeviceState


def _blur(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.blur_um = float(np.hypot(state.blur_um, amount))


def _bias(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.edge_bias_um += amount * draws[0]


def _mean_bias(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.edge_bias_um += amount


def _overlay(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.mask_shift_um[:, 1:] += amount * draws.reshape(device.layers, -1, 2)


def _upper_masks(device: Device) -> tuple[str, ...]:
    return tuple(
        f"layer {layer} {mask.name} {axis}"
        for layer, masks in enumerate(device.masks)
        for mask in masks.masks[1:]
        for axis in "xy"
    )


def _seams(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    state.field_shift_um += amount * draws.reshape(state.field_shift_um.shape)


def _seam_count(device: Device) -> int:
    return 2 * device.layers * len(device.fields) if len(device.fields) > 1 else 0


def _steps(state: DeviceState, device: Device, amount: float, draws: Array) -> None:
    offsets = draws.reshape(device.layers, len(device.fields))
    state.height_um += amount * offsets[:, device.field_of_pixel]


def _step_count(device: Device) -> int:
    return device.layers * len(device.fields) if len(device.fields) > 1 else 0


PERTURBATIONS = (
    Perturbation(
        name="blur",
        title="lateral blur of the relief",
        unit="um",
        keys=("lateral.blur_sigma_um",),
        trial=0.1,
        formula="height convolved with a Gaussian, then exp(iφ) averaged over each sample",
        apply=_blur,
        distribution="fixed",
        one_sided=True,
    ),
    Perturbation(
        name="edge-bias",
        title="printed width less drawn width",
        unit="um",
        keys=("lateral.edge_bias_um.sigma",),
        trial=0.05,
        formula="every edge moves by half of it, away from the taller side",
        apply=_bias,
    ),
    Perturbation(
        name="mean-edge-bias",
        title="mean of printed width less drawn width, where nothing compensates for it",
        unit="um",
        keys=("lateral.edge_bias_um.mean",),
        trial=0.05,
        formula="as edge-bias, the same in every copy",
        apply=_mean_bias,
        distribution="fixed",
        signed=True,
    ),
    Perturbation(
        name="overlay",
        title="place of each mask on the first one",
        unit="um",
        keys=("mask.overlay_sigma_um",),
        trial=0.1,
        formula="h(x, y) = Σ_k b_k(x - x_k, y - y_k) d_k, exact cells between all edges",
        apply=_overlay,
        labels=_upper_masks,
        kind="elements",
    ),
    Perturbation(
        name="stitching-xy",
        title="sideways place of each writing field",
        unit="um",
        keys=("field.stitch_sigma_um.xy",),
        trial=0.1,
        formula="the edges of a field's pixels move with the field",
        apply=_seams,
        labels=of_pattern,
        count=_seam_count,
        kind="pattern",
    ),
    Perturbation(
        name="stitching-z",
        title="height of each writing field",
        unit="um",
        keys=("field.stitch_sigma_um.z",),
        trial=0.05,
        formula="h + c_field",
        apply=_steps,
        labels=of_pattern,
        count=_step_count,
        kind="pattern",
    ),
)
