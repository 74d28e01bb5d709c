"""How a layer acts on the light: as a thin mask, or as a relief that is passed slice by slice."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Complex, Float
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.design import Physical, Slab
from fabdesign.errors import ConfigError
from fabdesign.optics import (
    Grid,
    Kernel,
    Volume,
    build_kernel,
    build_volume,
    diffract,
    fill_of_heights,
    propagate,
    slice_edges,
    through_relief,
)
from fabdesign.optics import Slab as OpticalSlab
from fabdesign.quantise import Quantiser
from fabdesign.units import format_length


@dataclass(frozen=True)
class Sampling:
    """How finely the device is computed.

    Args:
        grid: samples of a plane.
        samples_per_pixel: samples along each side of a pixel.
        kernel_tolerance: relative error allowed in each propagation.
        dtype: complex64 or complex128.
        device: where to compute.
        micro_batch: fields propagated at a time; None: as many as stay in the cache.
        subsamples: above 1, samples are squares of so many points a side; see `build_kernel`.
    """

    grid: Grid
    samples_per_pixel: int
    kernel_tolerance: float = 1e-3
    dtype: torch.dtype = torch.complex64
    device: str = "cpu"
    micro_batch: int | None = None
    subsamples: int = 1


class Layers(ABC):
    """A model of the layers, with the spaces between them."""

    name: ClassVar[str]
    sampling: Sampling
    kernels: list[Kernel]
    fields_per_layer: int
    """Fields of an image that are kept for the gradient, per layer."""

    @abstractmethod
    def relaxed(self, quantiser: Quantiser, progress: float, generator: torch.Generator | None) -> Tensor:
        """The layers that training sees."""

    @abstractmethod
    def of_phases(self, phase_rad: NDArray[np.floating]) -> Tensor:
        """The layers with these phases, [layer, y, x]."""

    @abstractmethod
    def field(self, field: Complex[Tensor, "batch ny nx"], layers: Tensor) -> Complex[Tensor, "batch ny nx"]:
        """From the object plane to the detector plane."""


class ThinLayers(Layers):
    """Each layer multiplies the field by exp(iφ) at the top of its base."""

    name = "thin"
    fields_per_layer = 1

    def __init__(self, physical: Physical, sampling: Sampling) -> None:
        self.sampling = sampling
        self.kernels = kernels_of(physical.spaces, physical.wavelength_um, sampling)

    def relaxed(
        self, quantiser: Quantiser, progress: float, generator: torch.Generator | None
    ) -> Complex[Tensor, "layer y x"]:
        return quantiser.transmission(progress, generator)

    def of_phases(self, phase_rad: NDArray[np.floating]) -> Complex[Tensor, "layer y x"]:
        transmission = np.exp(1j * np.asarray(phase_rad, dtype=np.float64))
        return torch.from_numpy(transmission).to(device=self.sampling.device, dtype=self.sampling.dtype)

    def field(
        self, field: Complex[Tensor, "batch ny nx"], layers: Complex[Tensor, "layer y x"]
    ) -> Complex[Tensor, "batch ny nx"]:
        sampling = self.sampling
        return diffract(
            field, layers, self.kernels, sampling.samples_per_pixel, micro_batch=sampling.micro_batch
        )


class ThickLayers(Layers):
    """Each layer is a relief of the printed material, passed by the wave propagation method.

    Args:
        physical: the device; each space behind a layer must be longer than the relief is tall.
        sampling: how finely it is computed.
        level_um: heights of the levels in micrometres.
        slice_um: largest thickness of a slice in micrometres.

    Raises:
        ConfigError: a relief does not fit into the space behind it.
    """

    name = "thick"

    def __init__(
        self, physical: Physical, sampling: Sampling, level_um: Sequence[float], slice_um: float
    ) -> None:
        self.sampling = sampling
        self.volume = _volume(physical, sampling, slice_edges(level_um, slice_um))
        spaces = behind_reliefs(physical.spaces, self.volume.height_um)
        self.kernels = kernels_of(spaces, physical.wavelength_um, sampling)
        self.fields_per_layer = self.volume.slices
        contrast = physical.material.index - physical.medium.index
        self._um_per_rad = physical.wavelength_um / (2 * math.pi * contrast)

    def relaxed(
        self, quantiser: Quantiser, progress: float, generator: torch.Generator | None
    ) -> Float[Tensor, "layer slice y x"]:
        return quantiser.fill(self.volume.edge_um, progress, generator)

    def of_phases(self, phase_rad: NDArray[np.floating]) -> Float[Tensor, "layer slice y x"]:
        heights = torch.from_numpy(np.asarray(phase_rad, dtype=np.float64) * self._um_per_rad)
        fill = fill_of_heights(heights, self.volume.edge_um)
        return fill.to(device=self.sampling.device, dtype=self.sampling.dtype.to_real())

    def field(
        self, field: Complex[Tensor, "batch ny nx"], layers: Float[Tensor, "layer slice y x"]
    ) -> Complex[Tensor, "batch ny nx"]:
        u = propagate(field, self.kernels[0])
        for fill, kernel in zip(layers, self.kernels[1:], strict=True):
            u = propagate(through_relief(u, fill, self.volume, self.sampling.samples_per_pixel), kernel)
        return u


def kernels_of(spaces: Sequence[tuple[Slab, ...]], wavelength_um: float, sampling: Sampling) -> list[Kernel]:
    """Build the propagation through each space; equal spaces share theirs."""
    built: dict[tuple[Slab, ...], Kernel] = {}
    for space in spaces:
        if space not in built:
            built[space] = build_kernel(
                sampling.grid,
                [OpticalSlab(slab.thickness_um, slab.index) for slab in space],
                wavelength_um,
                tolerance=sampling.kernel_tolerance,
                dtype=sampling.dtype,
                device=sampling.device,
                subsamples=sampling.subsamples,
            )
    return [built[space] for space in spaces]


def _volume(physical: Physical, sampling: Sampling, edges: list[float]) -> Volume:
    return build_volume(
        sampling.grid,
        edges,
        physical.wavelength_um,
        medium_index=physical.medium.index,
        material_index=physical.material.index,
        dtype=sampling.dtype,
        device=sampling.device,
    )


def behind_reliefs(spaces: Sequence[tuple[Slab, ...]], height_um: float) -> list[tuple[Slab, ...]]:
    """Return the spaces with the relief before each of them taken off its first slab.

    Args:
        spaces: from modulation plane to modulation plane.
        height_um: of the volume of a relief.

    Raises:
        ConfigError: a relief does not fit into the space behind it.
    """
    shortened = [spaces[0]]
    for first, *rest in spaces[1:]:
        left_um = first.thickness_um - height_um
        if left_um < 0:
            raise ConfigError(
                f"the relief must fit into the gap behind it, {format_length(first.thickness_um)}; it is "
                f"{format_length(height_um)} tall.",
                hint="Enlarge optics.gap and optics.detector_gap.",
            )
        shortened.append((first.model_copy(update={"thickness_um": left_um}), *rest))
    return shortened
