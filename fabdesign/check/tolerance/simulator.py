"""Scores copies of a device, all on the same examples."""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fabdesign.copies.device import Device
from fabdesign.copies.state import DeviceState
from fabdesign.design.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from fabdesign.network.altered import Route
    from fabdesign.network.network import Model
    from fabdesign.network.passed import Passed

    Array = NDArray[np.float64]

FIELD_EXAMPLES = 16
"""How many examples the phase equivalent is the mean of."""


class Simulator:
    """A device that can be simulated as designed and as made, many times over.

    Kernels and the fields behind the object are made once. Every copy sees the same examples, so that
    differences between copies are those of the copies.

    Args:
        device: the design and its process.
        data: a data set in place of the design's.
        limit: only so many of the first test examples.
        samples_per_pixel: samples along each side of a pixel.
        model: "thin" or "thick"; by default the one that the design was made with.
        double: compute in double precision.

    Raises:
        ConfigError: the design has no optical task, or the data do not fit it.
    """

    def __init__(
        self,
        device: Device,
        *,
        data: str | Path | None = None,
        limit: int | None = None,
        samples_per_pixel: int = 2,
        model: Model | None = None,
        double: bool = False,
    ) -> None:
        import torch  # noqa: PLC0415

        from fabdesign.network import from_design  # noqa: PLC0415
        from fabdesign.network.altered import AlteredBench  # noqa: PLC0415
        from fabdesign.tasks import task_of_design  # noqa: PLC0415
        from fabdesign.tasks.base import Batch  # noqa: PLC0415

        self.device = device
        self.samples_per_pixel = samples_per_pixel
        self._torch = torch
        dtype = torch.complex128 if double else torch.complex64
        network = from_design(device.design, samples_per_pixel, model=model, dtype=dtype)
        self.task = task_of_design(device.design, data)
        split = self.task.dataset.test if limit is None else self.task.dataset.test.first(limit)
        self.data_hash: str = split.data_hash
        self.data_name: str = self.task.dataset.name
        self.batch = Batch.of(split, slice(None))
        with torch.no_grad():
            self.altered = AlteredBench(network.bench, self.batch.images)

    @property
    def headline(self) -> str:
        """The metric that speaks for the device."""
        return self.task.headline

    @property
    def examples(self) -> int:
        """How many examples every score is the mean of."""
        return len(self.batch)

    @cached_property
    def nominal(self) -> dict[str, float]:
        """The scores as designed."""
        return self.scores(DeviceState.of(self.device))

    def scores(self, state: DeviceState) -> dict[str, float]:
        """The scores of a copy, by metric name."""
        return self.task.scores(self.outputs(state), self.batch)

    def metric(self, state: DeviceState) -> float:
        """The headline score of a copy."""
        return self.scores(state)[self.headline]

    @property
    def lower_is_better(self) -> bool:
        """Whether less of the headline score is good."""
        metric = METRICS.get(self.headline)
        return metric is not None and metric.better == "lower"

    def gain(self, score: float) -> float:
        """How much better a headline score is than the designed one; negative where it is worse."""
        change = score - self.nominal[self.headline]
        return -change if self.lower_is_better else change

    def points(self, share: float) -> float:
        """A loss of the headline score: absolute for one between 0 and 1, such as 0.02 for 2 points.

        For others, in decibels or radians, it is that share of the designed score.
        """
        metric = METRICS.get(self.headline)
        bounded = metric is None or metric.unit in {"share", "number"}
        return share if bounded else share * abs(self.nominal[self.headline])

    def worse_by(self, loss: float) -> float:
        """The headline score that is so much worse than the designed one."""
        nominal = self.nominal[self.headline]
        return nominal + loss if self.lower_is_better else nominal - loss

    def detector_search(self, state: DeviceState, examples: int) -> Callable[[Array], float]:
        """Return the mean loss as a function of where the detectors are, (x, y, z) in um.

        Light is brought to the last layer once; each call propagates it on from there.
        """
        from fabdesign.check.tolerance.compensate import moved_detectors  # noqa: PLC0415

        with self._torch.no_grad():
            layers = self.layers(state)
            before = self.altered.before_detectors(self.route(state), layers, examples)
        batch = self.batch.part(0, examples)

        def loss(place_um: Array) -> float:
            copy = moved_detectors(state, place_um)
            with self._torch.no_grad():
                outputs = self.altered.detect(self.route(copy), layers, before)
                return float(self.task.loss(outputs, batch).double().mean())

        return loss

    def outputs(self, state: DeviceState) -> Tensor:
        """What the read-out measures of every example, with background and noise."""
        return self.finished(state, self._clean(state))

    def finished(self, state: DeviceState, outputs: Tensor) -> Tensor:
        """Add what the detectors add: background and noise."""
        from fabdesign.network.altered import measured  # noqa: PLC0415

        mean = self._mean_output if state.background or state.noise else 0.0
        return measured(outputs, state, mean)

    def phase_equivalent(self, state: DeviceState) -> float:
        """The random phase noise of one layer that would disturb the light as much, in radians.

        ``σ = sqrt(-ln |⟨u₀, u⟩|²/(‖u₀‖²‖u‖²))`` of the field in the detector plane, as designed and as made,
        the overlap averaged over examples: noise of deviation σ leaves exp(-σ²) (Strehl). Only light that
        reaches the plane counts. It is 0 for what does not act on the field, and endless where nothing of it
        is left.
        """
        torch = self._torch
        overlap = 0.0
        with torch.no_grad():
            for copy, weight in state.colours():
                made = self._fields(copy)
                inner = (made * self._designed_fields.conj()).sum((1, 2)).abs().square()
                norms = made.abs().square().sum((1, 2)) * self._designed_fields.abs().square().sum((1, 2))
                overlap += weight * float((inner / norms).double().mean())
        if overlap >= 1 - 1e-6:
            return 0.0
        return math.sqrt(-math.log(overlap)) if overlap > 0 else math.inf

    def route(self, state: DeviceState) -> Route:
        """Where the planes of a copy are."""
        from fabdesign.network.altered import Route  # noqa: PLC0415

        return Route.of(state, self.device.design.physical.spaces)

    def layers(self, state: DeviceState) -> Passed:
        """What the layers of a copy do to the light."""
        from fabdesign.network.passed import passed  # noqa: PLC0415

        return passed(state, self.device, self.altered.bench.layers)

    def _clean(self, state: DeviceState) -> Tensor:
        with self._torch.no_grad():
            total: Tensor | None = None
            for copy, weight in state.colours():
                seen = weight * self.altered.outputs(self.route(copy), self.layers(copy))
                total = seen if total is None else total + seen
        assert total is not None
        return total

    def _fields(self, state: DeviceState) -> Tensor:
        return self.altered.fields(self.route(state), self.layers(state), FIELD_EXAMPLES)

    @cached_property
    def _designed_fields(self) -> Tensor:
        with self._torch.no_grad():
            return self._fields(DeviceState.of(self.device))

    @cached_property
    def _mean_output(self) -> float:
        return float(self._clean(DeviceState.of(self.device)).double().mean())
