"""Instruments that fail, and data that a small network can learn."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from fabdesign.chip import Examples, InstrumentLost, InstrumentTimeout, MeshDesign, SimulatedChip, design_mesh
from fabdesign.chip.pretrain import train_weights


def clusters(count: int = 320, ports: int = 6, classes: int = 3, seed: int = 0) -> Examples:
    """Points about one corner for each class."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(7).random((classes, ports))
    labels = random.integers(0, classes, count)
    return Examples(np.clip(centres[labels] + random.normal(0, 0.15, (count, ports)), 0, 1), labels)


def trained_design(share: float = 0.5) -> MeshDesign:
    """A network that has learnt the clusters in software."""
    return design_mesh(train_weights(clusters(), (5,), epochs=10, rate=0.03), active_share=share)


class Flaky:
    """An instrument that times out or is lost at given measurements."""

    def __init__(
        self, chip: SimulatedChip, timeouts: Collection[int] = (), lost_at: int | None = None
    ) -> None:
        self.chip = chip
        self.timeouts = timeouts
        self.lost_at = lost_at
        self.measured = 0

    @property
    def phase_count(self) -> int:
        return self.chip.phase_count

    def set_phases(self, phase_rad: np.ndarray) -> None:
        self.chip.set_phases(phase_rad)

    def measure(self, inputs: np.ndarray) -> np.ndarray:
        self.measured += 1
        if self.lost_at is not None and self.measured >= self.lost_at:
            raise InstrumentLost("The cable is out.")
        if self.measured in self.timeouts:
            raise InstrumentTimeout("No answer within 1 s.")
        return self.chip.measure(inputs)
