"""One copy of a device: what was made and set up in place of what was designed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fabdesign.copies.device import Device
from fabdesign.design import Slab

Array = NDArray[np.float64]
_HERMITE = ((0.0, 2 / 3), (math.sqrt(3), 1 / 6), (-math.sqrt(3), 1 / 6))


@dataclass(eq=False)
class DeviceState:
    """Everything about a copy that perturbations may change.

    Attributes:
        height_um: relief height of every pixel, [layer, y, x].
        contrast: index of the material less that of the medium, by layer.
        absorption: imaginary part of the material's index.
        wavelength_um: vacuum wavelength.
        bandwidth_um: standard deviation of the spectrum.
        shift_um: (x, y) of each layer.
        axial_um: place of each layer along z, less the designed one.
        tilt_rad: slopes dz/dx and dz/dy of each layer.
        rotation_rad: of each layer about z, from x to y.
        stretch: relative magnification of each layer's plane.
        gap_um: what is added to each space, [layers + 1].
        mask_shift_um: (x, y) of each mask of each layer, [layer, mask, 2].
        field_shift_um: (x, y) of each writing field of each layer, [layer, field, 2].
        edge_bias_um: by how much features are wider than drawn.
        blur_um: standard deviation of the lateral blur of the relief.
        light_shift_um: (x, y) of light and object.
        light_slope: (x, y) sines of the angle of the light.
        detector_shift_um: (x, y) of the detectors.
        detector_axial_um: of the detectors along z.
        background: constant light on every output, as a share of the mean output of the design.
        noise: standard deviation of the noise on every output, as such a share; may be negative.
        noise_seed: of the noise.
    """

    height_um: Array
    contrast: Array
    wavelength_um: float
    shift_um: Array
    axial_um: Array
    tilt_rad: Array
    rotation_rad: Array
    stretch: Array
    gap_um: Array
    mask_shift_um: Array
    field_shift_um: Array
    absorption: float = 0.0
    bandwidth_um: float = 0.0
    edge_bias_um: float = 0.0
    blur_um: float = 0.0
    light_shift_um: Array = field(default_factory=lambda: np.zeros(2))
    light_slope: Array = field(default_factory=lambda: np.zeros(2))
    detector_shift_um: Array = field(default_factory=lambda: np.zeros(2))
    detector_axial_um: float = 0.0
    background: float = 0.0
    noise: float = 0.0
    noise_seed: int = 0

    @classmethod
    def of(cls, device: Device) -> DeviceState:
        """The device as designed."""
        design, layers = device.design, device.layers
        physical = design.physical
        masks = max((len(found.masks) for found in device.masks), default=0)
        return cls(
            height_um=design.height_um(),
            contrast=np.full(layers, physical.material.index - physical.medium.index),
            wavelength_um=physical.wavelength_um,
            shift_um=np.zeros((layers, 2)),
            axial_um=np.zeros(layers),
            tilt_rad=np.zeros((layers, 2)),
            rotation_rad=np.zeros(layers),
            stretch=np.zeros(layers),
            gap_um=np.zeros(layers + 1),
            mask_shift_um=np.zeros((layers, masks, 2)),
            field_shift_um=np.zeros((layers, len(device.fields), 2)),
        )

    def colours(self) -> list[tuple[DeviceState, float]]:
        """The copy in each colour that stands for its spectrum, with weights: Gauss and Hermite's nodes."""
        if not self.bandwidth_um:
            return [(self, 1.0)]
        return [(self.in_colour(self.wavelength_um + node * self.bandwidth_um), w) for node, w in _HERMITE]

    def in_colour(self, wavelength_um: float) -> DeviceState:
        """The same copy in one colour."""
        return replace(self, wavelength_um=wavelength_um, bandwidth_um=0.0)

    def plane_um(self) -> Array:
        """(x, y) of the light, of each layer and of the detectors, [layers + 2, 2]."""
        return np.vstack([self.light_shift_um, self.shift_um, self.detector_shift_um])

    def spaces(self, designed: tuple[tuple[Slab, ...], ...]) -> tuple[tuple[Slab, ...], ...]:
        """The spaces between the planes; a layer that moves along z shortens one and lengthens the other."""
        moved = np.diff(np.concatenate([[0.0], self.axial_um, [self.detector_axial_um]])) + self.gap_um
        return tuple(_stretched(space, float(by)) for space, by in zip(designed, moved, strict=True))


def _stretched(space: tuple[Slab, ...], by_um: float) -> tuple[Slab, ...]:
    """The space with its first slab, the gap, so much thicker; never thinner than nothing."""
    if by_um == 0:
        return space
    first, *rest = space
    return (first.model_copy(update={"thickness_um": max(first.thickness_um + by_um, 0.0)}), *rest)
