"""Copies of a network in training: its relaxed layers as a process would make them, in a set-up that errs.

The errors are those of the tolerance engine, applied by the same code. What a pixel becomes depends on its
own level alone, so every level is tried in every pixel: the height that each would get, ``h_k(y, x)``, is
mixed with the weights that the pixel has for the levels, before outlines move and blur.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Complex, Float
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.copies import Device, DeviceState, Term, copy_with
from fabdesign.design import Design, Physical
from fabdesign.network.altered import AlterableBench, Route, measured
from fabdesign.network.bench import Bench
from fabdesign.network.made import MadeLayers, optical_factor, transmission
from fabdesign.process import Profile
from fabdesign.quantise import Relaxed

Array = NDArray[np.float64]
Errors = Iterable[tuple[Term, float, Array]]
"""What errs in a copy: a term, its amount, and its draws."""


class Blank:
    """A device whose levels are not chosen yet: one device for each level, with that level everywhere.

    Args:
        physical: the record.
        pixels: rows and columns of a layer.
        height_of_level_um: of every level, ascending.
        profile: the process.
        built: ``"stack"`` or ``"plates"``; left out: what the profile has numbers for.
    """

    def __init__(
        self,
        physical: Physical,
        pixels: tuple[int, int],
        height_of_level_um: Array,
        profile: Profile,
        built: str | None = None,
    ) -> None:
        self.layers = len(physical.spaces) - 1
        self.height_um = np.asarray(height_of_level_um, dtype=np.float64)
        heights = np.tile(self.height_um, (self.layers, 1))
        self.of_level = tuple(
            Device(
                Design(np.full((self.layers, *pixels), level, np.uint8), heights, physical),
                profile,
                built,  # type: ignore[arg-type]
            )
            for level in range(len(self.height_um))
        )

    @property
    def device(self) -> Device:
        """The device with the lowest level everywhere."""
        return self.of_level[0]

    def copy(self, errors: Errors) -> "BlankCopy":
        """Return a copy with some errors."""
        parts = list(errors)
        states = [copy_with(device, parts) for device in self.of_level]
        made = np.stack([state.height_um for state in states])
        return BlankCopy(self, states[0], torch.from_numpy(made))

    def mask_parts_um(self, layer: int) -> Float[Tensor, "mask level"]:
        """What each mask adds to the height of each level."""
        parts = [device.mask_parts_um(layer)[:, 0, 0] for device in self.of_level]
        return torch.from_numpy(np.stack(parts, axis=1))


@dataclass(frozen=True, eq=False)
class BlankCopy:
    """A copy of a device whose levels are not chosen yet.

    Args:
        blank: the device.
        state: everything but the heights.
        made_um: the height that every level would get in every pixel, float64.
    """

    blank: Blank
    state: DeviceState
    made_um: Float[Tensor, "level layer y x"]

    def layers(
        self, relaxed: Relaxed, samples_per_pixel: int, dtype: torch.dtype
    ) -> Complex[Tensor, "colour layer rows columns"]:
        """Return the transmission of relaxed layers in each colour; gradients reach the relaxed layers.

        Args:
            relaxed: what every pixel holds.
            samples_per_pixel: samples along each side of a pixel.
            dtype: complex.
        """
        weights = relaxed.weights.double()
        seen = [
            transmission(
                copy,
                self.blank.device,
                samples_per_pixel,
                made=self._made(copy, weights, relaxed.transmission),
            )
            for copy, _ in self.state.colours()
        ]
        return torch.stack(seen).to(dtype)

    def _made(self, state: DeviceState, weights: Tensor, light: Tensor | None) -> MadeLayers:
        made_um = self.made_um.to(weights.device)
        height_um = (weights * made_um).sum(0)
        if light is None:
            factor = _by_layer(optical_factor(state), weights)
            mixed = (weights * torch.exp(factor * made_um)).sum(0)
            dimness = mixed * torch.exp(-factor * height_um)
        else:
            designed = _by_layer(optical_factor(DeviceState.of(self.blank.device)), weights)
            level_um = torch.from_numpy(self.blank.height_um).to(weights)
            dimness = light * torch.exp(-designed * torch.einsum("klyx,k->lyx", weights, level_um))
        return MadeLayers(height_um, dimness, self._parts_um(weights))

    def _parts_um(self, weights: Tensor) -> tuple[Tensor, ...] | None:
        if not self.state.mask_shift_um.any():
            return None
        return tuple(
            torch.einsum("kyx,mk->myx", weights[:, layer], self.blank.mask_parts_um(layer).to(weights))
            for layer in range(self.blank.layers)
        )


class CopiedBench:
    """Shows images to copies of a device in training.

    Args:
        bench: the set-up as designed.

    Raises:
        ConfigError: the bench computes with the thick model.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.alterable = AlterableBench(bench)

    def layers(self, copy: BlankCopy, relaxed: Relaxed) -> Complex[Tensor, "colour layer rows columns"]:
        """Return what a copy makes of relaxed layers, in each colour; gradients reach the relaxed layers."""
        return copy.layers(relaxed, self.bench.samples_per_pixel, self.bench.source.dtype)

    def outputs(
        self,
        copy: BlankCopy,
        images: Float[Tensor, "batch h w"],
        layers: Complex[Tensor, "colour layer rows columns"],
    ) -> Float[Tensor, "batch ..."]:
        """Return what the read-out of a copy measures.

        Background and noise are shares of the mean output of these images.

        Args:
            copy: what errs beside the layers.
            images: values between 0 and 1, row 0 at the top.
            layers: as :meth:`layers` gives them.
        """
        light = self.bench.encode(images)
        spaces = copy.blank.device.design.physical.spaces
        seen = [
            weight * self.bench.readout(self.alterable.field(light, Route.of(state, spaces), through))
            for (state, weight), through in zip(copy.state.colours(), layers, strict=True)
        ]
        outputs = torch.stack(seen).sum(0)
        return measured(outputs, copy.state, float(outputs.detach().double().mean()))


def _by_layer(factors: Sequence[complex], like: Tensor) -> Tensor:
    return torch.tensor(factors, dtype=torch.complex128, device=like.device)[:, None, None]
