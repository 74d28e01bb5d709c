"""Who judges a design: models, samples and slices, and how many digits each sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from benchmarks.rigorous.one_way import through_relief_one_way
from fabdesign.design import Design
from fabdesign.network import from_design
from fabdesign.network.layers import ThickLayers
from fabdesign.network.network import Model
from fabdesign.optics import propagate
from fabdesign.tasks import task_of_design
from fabdesign.training.evaluate import evaluate_network

GUARD = 16


@dataclass(frozen=True)
class Judge:
    """A simulation that scores designs.

    Args:
        model: thin, thick, or one-way: the exact scalar one-way operator in place of wave propagation.
        samples: along a pixel.
        slice_um: thickest slice.
        digits: of the test set, the first ones.
    """

    model: str
    samples: int
    slice_um: float
    digits: int

    @property
    def name(self) -> str:
        """For the table."""
        slices = "" if self.model == "thin" else f", slices of {self.slice_um * 1e3:g} nm"
        digits = "" if self.digits == 1000 else f", {self.digits} digits"
        return f"{self.model}, {self.samples} samples a pixel{slices}{digits}"

    def score(self, design: Design) -> dict[str, Any]:
        """Score a design."""
        model: Model = "thin" if self.model == "thin" else "thick"
        task = task_of_design(design, None)
        network = from_design(design, self.samples, model=model, slice_um=self.slice_um)
        if self.model == "one-way":
            network.bench.layers = OneWayLayers(design, network.bench.layers)
        scores = evaluate_network(network, task, task.dataset.test.first(self.digits)).scores
        return {"judge": self.name, **scores}


class OneWayLayers(ThickLayers):
    """Reliefs that are passed by the exact one-way operator.

    Args:
        design: gives colour and indices; its medium counts as vacuum.
        layers: the same reliefs in the thick model.
    """

    def __init__(self, design: Design, layers: ThickLayers) -> None:
        self.sampling, self.volume, self.kernels = layers.sampling, layers.volume, layers.kernels
        self.fields_per_layer = layers.fields_per_layer
        self._physical = design.physical

    def field(self, field: Tensor, layers: Tensor) -> Tensor:
        parts = field.split(4)
        return torch.cat([self._through(part, layers) for part in parts])

    def _through(self, u: Tensor, layers: Tensor) -> Tensor:
        samples, (ny, nx) = self.sampling.samples_per_pixel, self.sampling.grid.shape
        room = (0, GUARD, 0, GUARD)
        medium = self._physical.medium.index
        u = propagate(u, self.kernels[0])
        for fill, kernel in zip(layers, self.kernels[1:], strict=True):
            shares = fill.repeat_interleave(samples, 1).repeat_interleave(samples, 2)
            u = through_relief_one_way(
                torch.nn.functional.pad(u, room),
                torch.nn.functional.pad(shares, room),
                self.volume.edge_um,
                spacing_um=self.sampling.grid.spacing_um,
                wavelength_um=self._physical.wavelength_um / medium,
                index=self._physical.material.index / medium,
            )
            u = propagate(u[..., :ny, :nx], kernel)
        return u


JUDGES = (
    Judge("thin", 2, 0.2, 1000),
    Judge("thick", 3, 0.2, 1000),
    Judge("thick", 4, 0.1, 1000),
    Judge("thick", 6, 0.05, 200),
    Judge("one-way", 3, 0.2, 100),
)
"""The second is how the designs through the relief were trained; the third and fourth are finer."""
