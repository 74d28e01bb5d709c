"""Three ways to answer a query: what changed, all devices one by one, all columns with torch.

The public libraries of mesh networks build every matrix anew from its phases at each forward pass. On a CPU
torchonn's decomposer (`RealUnitaryDecomposerBatch`, which L2ight uses too) does so by turning two rows of a
matrix for one device after the other, in numpy; its CUDA kernels do a column of devices at once. The two
rebuilding contenders below are written anew in these two ways, in float64, with the same errors of the chip.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from fabdesign.chip import MeshDesign, SimulatedChip
from fabdesign.chip.layout import MeshLayout
from fabdesign.chip.physical import LayerShape

Floats = NDArray[np.float64]


class Contender(Protocol):
    """Answers queries on one chip."""

    def set_phases(self, phase_rad: Floats) -> None:
        """Command the active phases."""

    def measure(self, inputs: Floats) -> Floats:
        """Outputs, [example, output]."""


class Rebuild:
    """Turn commanded phases into real ones as the chip does, then build every matrix anew."""

    def __init__(self, design: MeshDesign, seed: int) -> None:
        self.design = design
        self.errors = SimulatedChip(design, seed=seed).errors
        self.commanded = design.phase_rad.copy()

    def set_phases(self, phase_rad: Floats) -> None:
        """Command the active phases."""
        self.commanded[self.design.active] = phase_rad

    def measure(self, inputs: Floats) -> Floats:
        """Build all matrices and send the examples through."""
        phases = self.errors.crosstalk.spread(self.errors.drive(self.commanded))
        physical, sent = self.design.physical, inputs
        for layer in physical.layers:
            kept = layer.attenuators
            v = self.mesh(layer.v, phases[layer.v_phases], self.design.sign[layer.v_signs])
            u = self.mesh(layer.u, phases[layer.u_phases], self.design.sign[layer.u_signs])
            gain = physical.attenuator_gain * np.cos(phases[layer.s_phases])
            detected = sent @ ((u[:, :kept] * gain) @ v[:kept]).T
            sent = detected if self._last(layer) else np.clip(detected, 0.0, physical.activation_cap)
        return sent

    def mesh(self, layout: MeshLayout, phase_rad: Floats, sign: NDArray[np.int8]) -> Floats:
        """The matrix of one mesh."""
        raise NotImplementedError

    def _last(self, layer: LayerShape) -> bool:
        return layer is self.design.physical.layers[-1]


class DeviceByDevice(Rebuild):
    """Two rows for one device after the other, in numpy."""

    def mesh(self, layout: MeshLayout, phase_rad: Floats, sign: NDArray[np.int8]) -> Floats:
        """The matrix of one mesh."""
        matrix = np.eye(layout.ports)
        cos, sin = np.cos(phase_rad), np.sin(phase_rad)
        for c, s, port in zip(cos, sin, layout.port.tolist(), strict=True):
            lower, upper = matrix[port], matrix[port + 1]
            matrix[port], matrix[port + 1] = lower * c - upper * s, upper * c + lower * s
        return sign[:, None] * matrix


class ColumnByColumn(Rebuild):
    """All devices of a column at once, in torch."""

    def mesh(self, layout: MeshLayout, phase_rad: Floats, sign: NDArray[np.int8]) -> Floats:
        """The matrix of one mesh."""
        matrix = torch.eye(layout.ports, dtype=torch.float64)
        cos = torch.from_numpy(np.cos(phase_rad))[:, None]
        sin = torch.from_numpy(np.sin(phase_rad))[:, None]
        for column in layout.columns:
            start, stop = column.ports
            c, s = cos[column.first : column.last], sin[column.first : column.last]
            lower, upper = matrix[start:stop:2].clone(), matrix[start + 1 : stop : 2].clone()
            matrix[start:stop:2] = c * lower - s * upper
            matrix[start + 1 : stop : 2] = s * lower + c * upper
        return sign[:, None] * np.asarray(matrix.numpy())


def contenders(design: MeshDesign, seed: int) -> dict[str, Contender]:
    """All of them on the same chip."""
    return {
        "what changed": SimulatedChip(design, seed=seed),
        "all columns, torch": ColumnByColumn(design, seed),
        "all devices, numpy": DeviceByDevice(design, seed),
    }
