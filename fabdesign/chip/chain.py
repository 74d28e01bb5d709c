"""One USV* layer as a chain of stages, of which only what a changed device touches is computed anew.

A stage is a column of V*, the row of attenuators, or a column of U. For the present inputs X the chain keeps
the fields ahead of each stage (X through all stages before it) and, behind each stage, the matrix of all
stages after it. A change in stages a … b leaves the fields up to a and the matrices from b + 1 on valid:

    outputs = S[b+1] · stages a … b · F[a].

The result is bit for bit the same whatever was changed and undone before, because each part is always
computed by the same operations from the same values.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.physical import LayerShape

Array = NDArray[Any]


class _Stage(NamedTuple):
    """Ports ``start`` to ``stop`` are touched by devices ``first`` to ``last``."""

    start: int
    stop: int
    first: int
    last: int


class Chain:
    """The forward computation of one layer.

    Args:
        layer: its shape.
        signs: ±1 behind V*, then behind U, [sign].
        blocks: the 2×2 matrix of each device, [device, 2, 2]; of an attenuator only element [0, 0] counts.
    """

    def __init__(self, layer: LayerShape, signs: Array, blocks: Array) -> None:
        self.layer = layer
        kept = layer.attenuators
        self.signs_v = signs[: layer.columns].astype(np.float64)[:kept, None]
        self.signs_u = signs[layer.columns :].astype(np.float64)[:, None]
        v, s = layer.v.count, kept
        self.gain_stage = len(layer.v.columns)
        self.stages = [
            *(_Stage(*c.ports, c.first, c.last) for c in layer.v.columns),
            _Stage(0, kept, v, v + s),
            *(_Stage(*c.ports, c.first + v + s, c.last + v + s) for c in layer.u.columns),
        ]
        self.stage_of = np.empty(v + s + layer.u.count, dtype=np.int64)
        for number, stage in enumerate(self.stages):
            self.stage_of[stage.first : stage.last] = number
        self.blocks = np.empty((2, 2, len(self.stage_of), 1), dtype=blocks.dtype)
        self.fields: list[Array] = [np.zeros((layer.columns, 0))] * (len(self.stages) + 1)
        self.behind: list[Array] = [np.empty((0, 0))] * len(self.stages)
        self.behind.append(np.diag(self.signs_u[:, 0]).astype(blocks.dtype))
        self.set_all(blocks)

    def set_all(self, blocks: Array) -> None:
        """Replace every device, [device, 2, 2]."""
        self.blocks[..., 0] = blocks.transpose(1, 2, 0)
        self.known_to, self.known_from = 0, len(self.stages)
        self.changed: tuple[int, int] | None = None

    def set_some(self, devices: NDArray[np.int64], blocks: Array) -> None:
        """Replace some devices, [changed] and [changed, 2, 2]."""
        self.blocks[:, :, devices, 0] = blocks.transpose(1, 2, 0)
        stages = self.stage_of[devices]
        low, high = int(stages.min()), int(stages.max())
        self.known_to = min(self.known_to, low)
        self.known_from = max(self.known_from, high + 1)
        if self.changed is not None:
            low, high = min(low, self.changed[0]), max(high, self.changed[1])
        self.changed = low, high

    def matrix(self) -> Array:
        """The matrix of the layer, [output, input]."""
        self._extend_behind(0)
        return self.behind[0].T

    def outputs(self, inputs: Array | None = None) -> Array:
        """Send light through.

        Args:
            inputs: new inputs, [port, example]; None for those of the call before.

        Returns:
            Amplitudes at the outputs, [port, example].
        """
        if inputs is not None:
            self.fields[0], self.known_to = inputs, 0
        if inputs is not None or self.changed is None:
            meet = 0
        else:
            meet = self.changed[1] + 1
            self._extend_fields(meet)
        self.changed = None
        self._extend_behind(meet)
        outputs: Array = self.behind[meet].T @ self.fields[meet]
        return outputs

    def all_fields(self, inputs: Array) -> list[Array]:
        """The fields ahead of each stage and behind the last one, for gradients."""
        self.fields[0], self.known_to = inputs, 0
        self._extend_fields(len(self.stages))
        return self.fields

    def _extend_fields(self, target: int) -> None:
        while self.known_to < target:
            self.fields[self.known_to + 1] = self._through(self.known_to, self.fields[self.known_to])
            self.known_to += 1

    def _extend_behind(self, target: int) -> None:
        while self.known_from > target:
            self.known_from -= 1
            self.behind[self.known_from] = self.back(self.known_from, self.behind[self.known_from + 1])

    def _through(self, number: int, field: Array) -> Array:
        start, stop, first, last = self.stages[number]
        blocks = self.blocks[:, :, first:last]
        if number == self.gain_stage:
            return self._padded(blocks[0, 0] * self.signs_v * field[:stop], self.layer.rows)
        return _mix(field, start, stop, blocks[:, 0], blocks[:, 1])

    def back(self, number: int, field: Array) -> Array:
        """Apply the transpose of a stage."""
        start, stop, first, last = self.stages[number]
        blocks = self.blocks[:, :, first:last]
        if number == self.gain_stage:
            return self._padded(blocks[0, 0] * self.signs_v * field[:stop], self.layer.columns)
        return _mix(field, start, stop, blocks[0], blocks[1])

    @staticmethod
    def _padded(field: Array, ports: int) -> Array:
        if len(field) == ports:
            return field
        return np.concatenate([field, np.zeros((ports - len(field), field.shape[1]), dtype=field.dtype)])


def _mix(field: Array, start: int, stop: int, from_lower: Array, from_upper: Array) -> Array:
    mixed = np.empty(field.shape, dtype=np.result_type(field, from_lower))
    mixed[:start] = field[:start]
    mixed[stop:] = field[stop:]
    pairs = mixed[start:stop].reshape(-1, 2, field.shape[1]).transpose(1, 0, 2)
    np.multiply(from_lower, field[start:stop:2], out=pairs)
    pairs += from_upper * field[start + 1 : stop : 2]
    return mixed
