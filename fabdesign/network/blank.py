"""Copies of a device whose levels are not chosen yet.

The errors are those of the tolerance engine, applied by the same code. What a pixel becomes depends on its
own level alone, so every level is tried in every pixel: what a copy holds is the height ``h_k(y, x)`` that
each level would get there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.copies import Device, DeviceState, Term, copy_with
from fabdesign.design import Design, Physical
from fabdesign.process import Profile

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
