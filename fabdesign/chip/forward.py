"""A network of meshes with given devices: from inputs to outputs, re-computing only what has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.chain import Chain
from fabdesign.chip.physical import MeshPhysical

Array = NDArray[Any]


class Forward:
    """The fast forward computation; exact, in float64 or complex128.

    Args:
        physical: the network.
        sign: ±1 behind each V* and U, [sign].
        blocks: the 2×2 matrix of each device, [phase, 2, 2]; an attenuator's element [0, 0] is its amplitude
            transmission with the gain in it.
        noise: standard deviation of the detectors' noise, in units of amplitude.
        seed: of the noise.
    """

    def __init__(
        self,
        physical: MeshPhysical,
        sign: NDArray[np.int8],
        blocks: Array,
        *,
        noise: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.physical = physical
        self.bounds = [layer.first for layer in physical.layers] + [physical.phase_count]
        self.chains = [
            Chain(layer, sign[layer.v_signs.start : layer.u_signs.stop], blocks[low:high])
            for layer, low, high in zip(physical.layers, self.bounds, self.bounds[1:], strict=False)
        ]
        self.noise = noise
        self._random = np.random.default_rng(seed)
        self._inputs: Array | None = None
        self._sent: list[Array] = [np.empty((0, 0))] * len(self.chains)
        self._dirty = 0

    def set_all(self, blocks: Array) -> None:
        """Replace every device, [phase, 2, 2]."""
        for chain, low, high in zip(self.chains, self.bounds, self.bounds[1:], strict=False):
            chain.set_all(blocks[low:high])
        self._inputs = None

    def set_some(self, devices: NDArray[np.int64], blocks: Array) -> None:
        """Replace some devices.

        Args:
            devices: their numbers, ascending, [changed].
            blocks: their matrices, [changed, 2, 2].
        """
        cuts = np.searchsorted(devices, self.bounds)
        for index, chain in enumerate(self.chains):
            low, high = cuts[index], cuts[index + 1]
            if high > low:
                chain.set_some(devices[low:high] - self.bounds[index], blocks[low:high])
                self._dirty = min(self._dirty, index)

    def run(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Send examples through the network.

        Args:
            inputs: amplitudes, [example, input port].

        Returns:
            Detected outputs, [example, output port].
        """
        if self._inputs is None or not np.array_equal(inputs, self._inputs):
            self._inputs, self._dirty = inputs.copy(), 0
            self._sent[0], fresh = np.ascontiguousarray(self._inputs.T), True
        else:
            fresh = False
        start = 0 if self.noise > 0 else min(self._dirty, len(self.chains) - 1)
        detected = self._detected(start, fresh)
        for index in range(start + 1, len(self.chains)):
            self._sent[index] = np.clip(detected, 0.0, self.physical.activation_cap)
            detected = self._detected(index, True)
        self._dirty = len(self.chains)
        return np.ascontiguousarray(detected.T)

    def _detected(self, index: int, fresh: bool) -> Array:
        field = self.chains[index].outputs(self._sent[index] if fresh else None)
        seen = np.abs(field) ** 2 if self.physical.detection == "power" else field.real
        if self.noise > 0:
            seen = seen + self.noise * self._random.standard_normal(seen.shape)
        return seen
