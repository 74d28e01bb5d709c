"""The random copies that every contender scores."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.tolerance import Device, DeviceState, Simulator, terms_of
from fabdesign.copies.sample import sample_copy
from fabdesign.design import load_design
from fabdesign.process import load_profile

AMOUNTS = {"height-gain": 0.02, "roughness": 10.0, "layer-axial": 0.5}


@dataclass(frozen=True)
class Case:
    """A design with its simulator and its copies.

    Args:
        simulator: scores copies.
        seed: of the copies.
    """

    simulator: Simulator
    seed: int = 0

    @classmethod
    def of(cls, design: Path, limit: int) -> "Case":
        """Load a design and the first test images."""
        loaded = load_design(design)
        return cls(Simulator(Device(loaded, load_profile(loaded.physical.process)), limit=limit))

    def copy(self, number: int) -> DeviceState:
        """One copy; the same for every contender."""
        device = self.simulator.device
        terms = terms_of(device, AMOUNTS, AMOUNTS)
        return sample_copy(device, terms, self.seed, number)

    def phases(self, state: DeviceState) -> NDArray[np.float64]:
        """Phase of every sample of every layer."""
        wave = 2 * np.pi / state.wavelength_um * state.contrast[:, None, None]
        samples = self.simulator.samples_per_pixel
        return (wave * state.height_um).repeat(samples, axis=1).repeat(samples, axis=2)

    def distances(self, state: DeviceState) -> list[float]:
        """Ways between the planes in the medium; a base counts as the gap that focuses as it does, d·n₀/n."""
        physical = self.simulator.device.design.physical
        medium = physical.medium.index
        return [
            sum(slab.thickness_um * medium / slab.index for slab in space)
            for space in state.spaces(physical.spaces)
        ]
