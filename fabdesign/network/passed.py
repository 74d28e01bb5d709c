"""What the layers of a copy do to the light: thin masks, or reliefs that are passed slice by slice."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Complex
from torch import Tensor

from fabdesign.copies import Device, DeviceState
from fabdesign.design import Slab
from fabdesign.network.layers import Layers, ThickLayers, behind_reliefs
from fabdesign.network.made import MadeLayers, filled, transmission
from fabdesign.optics import Volume, build_volume, through_relief

Spaces = Sequence[tuple[Slab, ...]]
_THINNEST_UM = 1e-6


class Passed(ABC):
    """The layers of one copy."""

    @abstractmethod
    def __len__(self) -> int:
        """How many there are."""

    @abstractmethod
    def spaces(self, spaces: Spaces) -> Spaces:
        """What is left of the spaces between the layers' planes."""

    @abstractmethod
    def through(self, light: Tensor, number: int) -> Tensor:
        """Light, [b, ny, nx], behind a layer."""


@dataclass(frozen=True, eq=False)
class Masks(Passed):
    """Thin layers.

    Args:
        transmission: of every sample.
    """

    transmission: Complex[Tensor, "layer ny nx"]

    def __len__(self) -> int:
        return len(self.transmission)

    def spaces(self, spaces: Spaces) -> Spaces:
        """The spaces as they are: masks take up no room."""
        return spaces

    def through(self, light: Tensor, number: int) -> Tensor:
        """The light times the transmission."""
        return light * self.transmission[number]


@dataclass(frozen=True, eq=False)
class Reliefs(Passed):
    """Layers of the thick model.

    Args:
        fill: weight of the material in every slice, of every sample.
        volumes: the slices, by layer.
        depth_um: how far the slices reach into the base.
    """

    fill: Complex[Tensor, "layer slice ny nx"]
    volumes: tuple[Volume, ...]
    depth_um: float

    def __len__(self) -> int:
        return len(self.fill)

    def spaces(self, spaces: Spaces) -> Spaces:
        """What the volumes leave: the top of each is taken off the gap behind it, its bottom off the base."""
        shortened = behind_reliefs(spaces, self.volumes[0].height_um - self.depth_um)
        if self.depth_um:
            shortened = [*(_cut(space, self.depth_um) for space in shortened[:-1]), shortened[-1]]
        return shortened

    def through(self, light: Tensor, number: int) -> Tensor:
        """The light after the slices."""
        return through_relief(light, self.fill[number], self.volumes[number])


def passed(state: DeviceState, device: Device, layers: Layers) -> Passed:
    """Return the layers of a copy in the model of a bench.

    Args:
        state: the copy, in one colour.
        device: what was designed.
        layers: of the bench as designed.
    """
    sampling = layers.sampling
    if not isinstance(layers, ThickLayers):
        return Masks(transmission(state, device, sampling.samples_per_pixel).to(sampling.dtype))
    edges, depth_um = _edges(layers.volume, state)
    made = MadeLayers(torch.from_numpy(state.height_um) + depth_um)
    fill = filled(state, device, sampling.samples_per_pixel, edges, made).to(sampling.dtype)
    return Reliefs(fill, _volumes(state, device, layers, edges), depth_um)


def _edges(designed: Volume, state: DeviceState) -> tuple[list[float], float]:
    """Where to cut a copy, which may be taller than designed and reach into its base, and how far it does."""
    edges, depth_um = list(designed.edge_um), max(0.0, -float(state.height_um.min()))
    tallest_um = float(state.height_um.max())
    if tallest_um > edges[-1] + _THINNEST_UM:
        edges.append(tallest_um)
    if depth_um < _THINNEST_UM:
        return edges, 0.0
    return [0.0, *(edge + depth_um for edge in edges)], depth_um


def _volumes(
    state: DeviceState, device: Device, layers: ThickLayers, edges: list[float]
) -> tuple[Volume, ...]:
    medium_index = device.design.physical.medium.index
    absorbed = 1j * state.absorption if state.absorption else 0.0
    built = {
        contrast: build_volume(
            layers.sampling.grid,
            edges,
            state.wavelength_um,
            medium_index=medium_index,
            material_index=medium_index + contrast + absorbed,
            dtype=layers.sampling.dtype,
            device=layers.sampling.device,
        )
        for contrast in set(state.contrast.tolist())
    }
    return tuple(built[contrast] for contrast in state.contrast.tolist())


def _cut(space: tuple[Slab, ...], by_um: float) -> tuple[Slab, ...]:
    *rest, last = space
    return (*rest, last.model_copy(update={"thickness_um": max(last.thickness_um - by_um, 0.0)}))
