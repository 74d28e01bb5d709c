"""What every contender computes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WAVELENGTH_UM = 0.532
SPACING_UM = 1.0
DISTANCE_UM = 300.0
LAYERS = 5
CLASSES = 10
LEARNING_RATE = 0.01


@dataclass(frozen=True)
class Setting:
    """N×N samples, a batch of B, five phase layers, six gaps, ten square detectors, cross-entropy, Adam."""

    samples: int
    batch: int

    def fields(self) -> NDArray[np.complex64]:
        """Input fields with random phases between 0 and π, [b, y, x]."""
        phases = np.pi * np.random.default_rng(0).random((self.batch, self.samples, self.samples))
        return np.exp(1j * phases).astype(np.complex64)

    def labels(self) -> NDArray[np.int64]:
        """Random classes, [b]."""
        return np.random.default_rng(1).integers(0, CLASSES, self.batch)

    def masks(self) -> NDArray[np.float32]:
        """Detectors: squares of N/8 in two rows of five, [class, y, x]."""
        n, side = self.samples, self.samples // 8
        masks = np.zeros((CLASSES, n, n), dtype=np.float32)
        for label in range(CLASSES):
            top = n // 4 + (label // 5) * (n // 2) - side // 2
            left = (2 * (label % 5) + 1) * n // 10 - side // 2
            masks[label, top : top + side, left : left + side] = 1
        return masks

    def phases(self) -> NDArray[np.float32]:
        """First phases of the layers, [layer, y, x]."""
        shape = (LAYERS, self.samples, self.samples)
        return (2 * np.pi * np.random.default_rng(2).random(shape)).astype(np.float32)

    def probe(self) -> NDArray[np.complex128]:
        """A white random-phase field to measure the error of one propagation with, [y, x]."""
        return np.exp(2j * np.pi * np.random.default_rng(3).random((self.samples, self.samples)))
