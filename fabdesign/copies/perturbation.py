"""What can go wrong with a device, one kind at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.copies.device import Device
from fabdesign.copies.state import DeviceState

Array = NDArray[np.float64]
Kind = Literal["one", "elements", "pattern"]
Distribution = Literal["normal", "uniform", "fixed"]


def of_device(_device: Device) -> tuple[str, ...]:
    """One element that stands for the whole device."""
    return ("device",)


@dataclass(frozen=True)
class Perturbation:
    """One kind of error and how it acts.

    A copy of a device draws standard numbers (mean 0 and deviation 1, or even between -1 and 1) for each kind
    and applies them with an amount: the standard deviation, or the half range.

    Args:
        name: the name that options and results carry.
        title: what it is, in a few words.
        unit: of the amount.
        keys: keys of the profile that may hold the amount, the first one found counts; ``{built}`` stands for
            ``stack`` or ``plates``.
        trial: amount that is tried where the profile has none.
        formula: how it acts, for the table in the documentation.
        apply: changes a copy by an amount times the draws.
        labels: names of the independent elements, such as the layers; empty where it does not apply.
        count: how many numbers it draws; by default one for each element.
        kind: ``one`` number, independent ``elements``, or a ``pattern`` of many numbers.
        distribution: of the draws; ``fixed`` does not vary from copy to copy.
        one_sided: whether the amount cannot be negative.
        signed: whether a profile or a user may state a negative amount: a mean, not a deviation.
        scale: from the unit of the profile to that of the amount.
        order: lower ones act first: slices are cut before they get rough, and pixels fail last.
    """

    name: str
    title: str
    unit: str
    keys: tuple[str, ...]
    trial: float
    formula: str
    apply: Callable[[DeviceState, Device, float, Array], None]
    labels: Callable[[Device], tuple[str, ...]] = of_device
    count: Callable[[Device], int] | None = None
    kind: Kind = "one"
    distribution: Distribution = "normal"
    one_sided: bool = False
    signed: bool = False
    scale: float = 1.0
    order: int = 0

    def draws(self, device: Device) -> int:
        """How many numbers a copy draws."""
        return len(self.labels(device)) if self.count is None else self.count(device)

    def applies(self, device: Device) -> bool:
        """Whether it means anything for a device."""
        return self.draws(device) > 0


def of_layers(device: Device) -> tuple[str, ...]:
    """One element for each layer.

    They are counted from 0, as layers are everywhere.
    """
    return tuple(f"layer {layer}" for layer in range(device.layers))


def of_layers_xy(device: Device) -> tuple[str, ...]:
    """Two elements for each layer, x and y."""
    return tuple(f"layer {layer} {axis}" for layer in range(device.layers) for axis in "xy")


def of_xy(_device: Device) -> tuple[str, ...]:
    """Two elements, x and y."""
    return ("x", "y")


def of_pattern(_device: Device) -> tuple[str, ...]:
    """One element that stands for a whole pattern."""
    return ("pattern",)
