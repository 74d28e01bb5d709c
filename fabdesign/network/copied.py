"""Copies of a network in training: its relaxed layers as a process would make them, in a set-up that errs.

Thin layers mix the transmissions that the levels of a pixel would get, thick ones what they would fill of
every slice, with the weights that the pixel has for the levels; then outlines move and blur.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from fabdesign.copies import DeviceState
from fabdesign.network.altered import AlterableBench, Route, measured
from fabdesign.network.bench import Bench
from fabdesign.network.blank import BlankCopy
from fabdesign.network.layers import ThickLayers, behind_reliefs
from fabdesign.network.made import MadeLayers, optical_factor, transmission
from fabdesign.optics import Volume, build_volume, fill_of_heights, propagate, through_relief
from fabdesign.quantise import Relaxed

THIN_ONLY = frozenset(
    {
        "absorption",
        "blur",
        "edge-bias",
        "layer-rotation",
        "layer-tilt",
        "mean-edge-bias",
        "overlay",
        "shrink-xy",
        "stitching-xy",
    }
)
"""Errors that copies with thick layers do not know: moved outlines, tilt, absorption."""


class CopiedBench(ABC):
    """Shows images to copies of a device in training.

    Args:
        bench: the set-up as designed.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.alterable = AlterableBench(bench)

    @abstractmethod
    def layers(self, copy: BlankCopy, relaxed: Relaxed) -> Tensor:
        """Return what a copy makes of relaxed layers; gradients reach the relaxed layers."""

    @abstractmethod
    def fields(
        self, copy: BlankCopy, light: Complex[Tensor, "batch ny nx"], layers: Tensor
    ) -> list[tuple[Complex[Tensor, "batch ny nx"], float]]:
        """Return the fields in the detector plane in each colour, with the weights of the colours."""

    def outputs(
        self, copy: BlankCopy, images: Float[Tensor, "batch h w"], layers: Tensor
    ) -> Float[Tensor, "batch ..."]:
        """Return what the read-out of a copy measures.

        Background and noise are shares of the mean output of these images.

        Args:
            copy: what errs beside the layers.
            images: values between 0 and 1, row 0 at the top.
            layers: as :meth:`layers` gives them.
        """
        fields = self.fields(copy, self.bench.encode(images), layers)
        outputs = torch.stack([weight * self.bench.readout(field) for field, weight in fields]).sum(0)
        return measured(outputs, copy.state, float(outputs.detach().double().mean()))


class ThinCopies(CopiedBench):
    """Layers are complex transmissions, [colour, layer, rows, columns] of samples."""

    def layers(self, copy: BlankCopy, relaxed: Relaxed) -> Complex[Tensor, "colour layer rows columns"]:
        device, samples = copy.blank.device, self.bench.samples_per_pixel
        seen = [
            transmission(state, device, samples, made=_made(copy, state, relaxed))
            for state, _ in copy.state.colours()
        ]
        return torch.stack(seen).to(self.bench.source.dtype)

    def fields(
        self, copy: BlankCopy, light: Complex[Tensor, "batch ny nx"], layers: Tensor
    ) -> list[tuple[Complex[Tensor, "batch ny nx"], float]]:
        spaces = copy.blank.device.design.physical.spaces
        return [
            (self.alterable.field(light, Route.of(state, spaces), through), weight)
            for (state, weight), through in zip(copy.state.colours(), layers, strict=True)
        ]


class ThickCopies(CopiedBench):
    """Layers are the filled share of every slice, [layer, slice, y, x].

    A copy that is taller than the designed relief gets one slice more on top.
    """

    def layers(self, copy: BlankCopy, relaxed: Relaxed) -> Float[Tensor, "layer slice y x"]:
        weights, edges = relaxed.weights.double(), self._edges(copy)
        made_um = copy.made_um.to(weights.device)
        if relaxed.transmission is None:
            filled = fill_of_heights(made_um, edges)
            share = torch.einsum("klyx,klsyx->lsyx", weights, filled)
        else:
            level_um = torch.tensor(copy.blank.height_um).to(weights)[:, None, None, None]
            error_um = (weights * (made_um - level_um)).sum(0)
            turns = torch.angle(relaxed.transmission) / (2 * math.pi)
            designed_um = torch.remainder(turns + _SLACK, 1) * self._turn_um(copy)
            share = fill_of_heights(designed_um + error_um, edges)
        return share.to(self.bench.source.dtype.to_real())

    def fields(
        self, copy: BlankCopy, light: Complex[Tensor, "batch ny nx"], layers: Tensor
    ) -> list[tuple[Complex[Tensor, "batch ny nx"], float]]:
        return [(self._field(copy, state, light, layers), weight) for state, weight in copy.state.colours()]

    def _field(self, copy: BlankCopy, state: DeviceState, light: Tensor, layers: Tensor) -> Tensor:
        volume = self._volume(copy, state)
        designed = state.spaces(copy.blank.device.design.physical.spaces)
        route = Route.of(state, copy.blank.device.design.physical.spaces)
        kernels = self.alterable.kernels(route.through(behind_reliefs(designed, volume.height_um)))
        light = propagate(self.alterable.slanted(light, route), kernels[0])
        for fill, kernel in zip(layers, kernels[1:], strict=True):
            light = propagate(through_relief(light, fill, volume, self.bench.samples_per_pixel), kernel)
        return light

    @property
    def _designed(self) -> Volume:
        layers = self.bench.layers
        assert isinstance(layers, ThickLayers)
        return layers.volume

    def _edges(self, copy: BlankCopy) -> list[float]:
        edges, tallest = list(self._designed.edge_um), float(copy.made_um.max())
        return [*edges, tallest] if tallest > edges[-1] + _THINNEST_UM else edges

    def _volume(self, copy: BlankCopy, state: DeviceState) -> Volume:
        physical = copy.blank.device.design.physical
        source = self.bench.source
        return build_volume(
            self.bench.grid,
            self._edges(copy),
            state.wavelength_um,
            medium_index=physical.medium.index,
            material_index=physical.medium.index + float(state.contrast[0]),
            dtype=source.dtype,
            device=source.device,
        )

    def _turn_um(self, copy: BlankCopy) -> float:
        physical = copy.blank.device.design.physical
        return physical.wavelength_um / (physical.material.index - physical.medium.index)


_SLACK = 1e-6
"""Turns by which a phase just below 0 is still that of the lowest level."""
_THINNEST_UM = 1e-6


def copied_bench(bench: Bench) -> CopiedBench:
    """Return what shows images to copies of a bench, by its model of the layers."""
    return ThickCopies(bench) if isinstance(bench.layers, ThickLayers) else ThinCopies(bench)


def _made(copy: BlankCopy, state: DeviceState, relaxed: Relaxed) -> MadeLayers:
    """Mean heights of relaxed pixels, and what is left of their transmission without these."""
    weights = relaxed.weights.double()
    made_um = copy.made_um.to(weights.device)
    height_um = (weights * made_um).sum(0)
    designed = optical_factor(DeviceState.of(copy.blank.device))
    level_um = torch.tensor(copy.blank.height_um).to(weights)
    if relaxed.transmission is None:
        factor = _by_layer(optical_factor(state), weights)
        mixed = (weights * torch.exp(factor * made_um)).sum(0)
        dimness = mixed * torch.exp(-factor * height_um)
        if relaxed.brighten:
            dimness = dimness * relaxed.brightness(designed[0].imag * level_um)
    else:
        mean_um = torch.einsum("klyx,k->lyx", weights, level_um)
        dimness = relaxed.transmission * torch.exp(-_by_layer(designed, weights) * mean_um)
    return MadeLayers(height_um, dimness, _parts_um(copy, weights))


def _parts_um(copy: BlankCopy, weights: Tensor) -> tuple[Tensor, ...] | None:
    if not copy.state.mask_shift_um.any():
        return None
    return tuple(
        torch.einsum("kyx,mk->myx", weights[:, layer], copy.blank.mask_parts_um(layer).to(weights))
        for layer in range(copy.blank.layers)
    )


def _by_layer(factors: Sequence[complex], like: Tensor) -> Tensor:
    return torch.tensor(factors, dtype=torch.complex128, device=like.device)[:, None, None]
