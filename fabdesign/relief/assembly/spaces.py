"""Where a design's planes lie: what of its record a solid has to keep to, in whole picometres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fabdesign.design import Physical, Slab
from fabdesign.errors import ConfigError
from fabdesign.relief.make import whole_pm


@dataclass(frozen=True)
class Planes:
    """Heights along the light's way, in pm above what the solid stands on.

    Args:
        input_pm: the input plane.
        bottom_pm: the bottom of each layer's base.
        modulation_pm: the top of each layer's base, where its relief begins.
        detector_pm: the detector plane.
    """

    input_pm: int
    bottom_pm: tuple[int, ...]
    modulation_pm: tuple[int, ...]
    detector_pm: int

    @property
    def gaps_pm(self) -> tuple[int, ...]:
        """The free height under each base: under the first, that of the foot."""
        return (self.bottom_pm[0], *np.subtract(self.bottom_pm[1:], self.modulation_pm[:-1]).tolist())


def stack_planes(physical: Physical, layers: int) -> Planes:
    """Where the planes of a stack lie when it stands on a substrate.

    A gap before the first base is held open by a foot, so the plane that the stack stands on is at the
    beginning of that gap: the input plane itself, unless a substrate lies between.

    Args:
        physical: the design's record.
        layers: how many layers there are.

    Raises:
        ConfigError: the record has no distances, or slabs that one print cannot hold.
    """
    _require_spaces(physical)
    first = _slabs(physical.spaces[0], 0, physical)
    foot = first[-2][1] if len(first) > 1 and first[-2][0] == "gap" else 0
    below = first[: -2 if foot else -1]
    _refuse([what for what, _ in below if what not in ("gap", "substrate")], 0)
    bottom, modulation = [foot], [foot + first[-1][1]]
    for layer in range(1, layers):
        slabs = _slabs(physical.spaces[layer], layer, physical)
        _refuse([what for what, _ in slabs[:-1] if what != "gap"], layer)
        bottom.append(modulation[-1] + sum(length for _, length in slabs[:-1]))
        modulation.append(bottom[-1] + slabs[-1][1])
    behind = sum(int(whole_pm(slab.thickness_um, "a slab")) for slab in physical.spaces[-1])
    return Planes(
        -sum(length for _, length in below), tuple(bottom), tuple(modulation), modulation[-1] + behind
    )


def substrate_pm(physical: Physical, layer: int) -> int:
    """Thickness of the substrate right under a layer's base; 0 where its light goes through none."""
    slabs = _slabs(physical.spaces[layer], layer, physical)
    return slabs[-2][1] if len(slabs) > 1 and slabs[-2][0] == "substrate" else 0


def _slabs(space: Sequence[Slab], layer: int, physical: Physical) -> list[tuple[str, int]]:
    slabs: list[tuple[str, int]] = [
        (slab.what, int(whole_pm(slab.thickness_um, f"a {slab.what}"))) for slab in space
    ]
    if not slabs or slabs[-1][0] != "base" or slabs[-1][1] == 0:
        raise ConfigError(
            f"The light must go through a base plate right before layer {layer}, to carry its relief; the "
            f"design has {[what for what, _ in slabs] or 'nothing'} there.",
            hint="Train with process.base set.",
        )
    if space[-1].index != physical.material.index:
        raise ConfigError(
            f"The base of layer {layer} must be printed with it, of index {physical.material.index:g}; the "
            f"design has a base of index {space[-1].index:g}."
        )
    return slabs


def _refuse(slabs: Sequence[str], layer: int) -> None:
    if slabs:
        raise ConfigError(
            f"One print holds gaps and bases; before layer {layer} the design has a {slabs[0]}.",
            hint="Use --assembly plates for layers on substrates of their own.",
        )


def _require_spaces(physical: Physical) -> None:
    if not physical.spaces:
        raise ConfigError(
            "The design records no distances between its layers, so they cannot be put together.",
            hint="Only designs that fabdesign train made carry them; export one solid per layer.",
        )
