"""The device as designed, with what the perturbations need to know of it and of its process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.process.codings import MaskSet, make_mask_set
from fabdesign.process.fields import Field, field_side_um, split_fields

Assembly = Literal["stack", "plates"]
Array = NDArray[np.float64]

_PM_PER_UM = 1e6
_ETCHED = ("binary-etch", "ebeam")


@dataclass(frozen=True, eq=False)
class Device:
    """A design with the process that makes it.

    Args:
        design: what shall be made.
        profile: the process.
        assembly: ``"stack"`` where all layers are printed as one piece, ``"plates"`` where they are put
            together; left out: what the profile has numbers for, a stack first.
    """

    design: Design
    profile: Profile
    assembly: Assembly | None = None

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return self.design.layers

    @property
    def built(self) -> Assembly:
        """How the layers meet."""
        if self.assembly is not None:
            return self.assembly
        return "stack" if self.profile.layers.stack.sigma_um.dx is not None else "plates"

    @cached_property
    def x_um(self) -> Array:
        """Middles of the pixels along x."""
        return _middles(self.design.pixels[1], self.design.physical.pitch_um)

    @cached_property
    def y_um(self) -> Array:
        """Middles of the pixels along y."""
        return _middles(self.design.pixels[0], self.design.physical.pitch_um)

    @cached_property
    def fields(self) -> list[Field]:
        """The fields in which a layer is written; one where the profile tells no size."""
        pitch_pm = round(self.design.physical.pitch_um * _PM_PER_UM)
        try:
            return split_fields(self.design.pixels, pitch_pm, field_side_um(self.profile))
        except ConfigError:
            return split_fields(self.design.pixels, pitch_pm, None)

    @cached_property
    def field_of_pixel(self) -> NDArray[np.intp]:
        """Number of the field that writes each pixel, [y, x]."""
        number = np.zeros(self.design.pixels, dtype=np.intp)
        for index, field in enumerate(self.fields):
            number[slice(*field.y), slice(*field.x)] = index
        return number

    @cached_property
    def masks(self) -> tuple[MaskSet, ...]:
        """The masks of each layer; none where the process uses none, or none whose depths add up."""
        mask = self.profile.mask
        if mask is None:
            return ()
        tone: Literal["etch", "add"] = "etch" if self.profile.kind in _ETCHED else "add"
        try:
            sets = tuple(
                make_mask_set(np.rint(heights * _PM_PER_UM).astype(np.int64), mask.coding, tone)
                for heights in self.design.height_of_level_um
            )
        except ConfigError:
            return ()
        return sets if all(found.additive for found in sets) else ()

    def mask_parts_um(self, layer: int) -> Array:
        """What each mask adds to the height of each pixel, negative where it etches, [mask, y, x]."""
        masks = self.masks[layer]
        sign = -1.0 if masks.tone == "etch" else 1.0
        return np.array(
            [
                sign * (mask.depth_pm or 0) / _PM_PER_UM * drawn
                for mask, drawn in masks.encode(self.design.levels[layer])
            ]
        )


def _middles(count: int, pitch_um: float) -> Array:
    return np.asarray((np.arange(count) - (count - 1) / 2) * pitch_um, dtype=np.float64)
