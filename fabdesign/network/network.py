"""The trainable network and the frozen one."""

from functools import cached_property
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.network.bench import Bench, Relief
from fabdesign.network.copied import CopiedBench, copied_bench
from fabdesign.quantise import Quantiser

Model = Literal["thin", "thick"]
SLICE_UM = 0.1
"""Thickness of the thick model's slices where nothing else is said."""


class DiffractiveNetwork(nn.Module):
    """A bench with layers that train.

    Args:
        bench: light, object, spaces and detectors.
        quantiser: the trainable layers.
    """

    def __init__(self, bench: Bench, quantiser: Quantiser) -> None:
        super().__init__()
        self.bench = bench
        self.quantiser = quantiser

    def forward(
        self, images: Float[Tensor, "batch h w"], progress: float, generator: torch.Generator | None = None
    ) -> Float[Tensor, "batch ..."]:
        """Return what the read-out measures with the relaxed layers that training sees at this progress."""
        result: Tensor = self.bench(images, self.layers(progress, generator))
        return result

    @cached_property
    def copied(self) -> CopiedBench:
        """Shows images to copies of the network; kernels that can be altered are made at first use."""
        return copied_bench(self.bench)

    def layers(self, progress: float, generator: torch.Generator | None = None) -> Tensor:
        """Return the relaxed layers, as the bench takes them."""
        return self.bench.layers.relaxed(self.quantiser, progress, generator)


class FrozenNetwork(nn.Module):
    """A bench with layers that are made.

    Args:
        bench: light, object, spaces and detectors.
        transmission: the layers as the bench takes them: complex transmission of every pixel, [layer, y, x],
            or, with the thick model, the filled share of every slice, [layer, slice, y, x].
    """

    def __init__(self, bench: Bench, transmission: Tensor) -> None:
        super().__init__()
        self.bench = bench
        self.transmission: Tensor
        self.register_buffer("transmission", transmission, persistent=False)

    def forward(self, images: Float[Tensor, "batch h w"]) -> Float[Tensor, "batch ..."]:
        """Return what the read-out measures, for a source whose power over the object plane is 1."""
        result: Tensor = self.bench(images, self.transmission)
        return result


def from_design(
    design: Design,
    samples_per_pixel: int = 2,
    *,
    phase_rad: NDArray[np.floating] | None = None,
    kernel_tolerance: float = 1e-3,
    model: Model | None = None,
    slice_um: float | None = None,
    device: str = "cpu",
    dtype: torch.dtype = torch.complex64,
) -> FrozenNetwork:
    """Wire the network that a design describes.

    Args:
        design: a design with an optical task.
        samples_per_pixel: samples along each side of a pixel.
        phase_rad: [layer, y, x] phases in place of the design's, such as those read back from a file.
        kernel_tolerance: relative error allowed in each propagation.
        model: "thin" or "thick"; by default the one that the design was made with.
        slice_um: largest thickness of a slice of the thick model in µm; by default the design's, else 0.1 µm.
        device: where to compute.
        dtype: complex64, or complex128 for checks.

    Raises:
        ConfigError: the design has no optical task, the phases have another shape, or a relief does not fit
            into the gap behind it.
        NumericsError: the geometry cannot be sampled or computed so.
    """
    phase = design.phase_rad() if phase_rad is None else np.asarray(phase_rad, dtype=np.float64)
    if phase.shape != design.levels.shape:
        raise ConfigError(
            f"the phases must have the design's shape {list(design.levels.shape)}; got {list(phase.shape)}."
        )
    bench = Bench(
        design.physical,
        design.pixels,
        samples_per_pixel,
        kernel_tolerance=kernel_tolerance,
        relief=_relief(design, phase, model, slice_um),
        device=device,
        dtype=dtype,
    )
    return FrozenNetwork(bench, bench.layers.of_phases(phase))


def _relief(
    design: Design, phase_rad: NDArray[np.floating], model: Model | None, slice_um: float | None
) -> Relief | None:
    if (model or design.settings.get("model", "thin")) == "thin":
        return None
    tallest_um = float(phase_rad.max()) / design.phase_rad(np.ones(1))[0]
    levels = {float(height) for height in design.height_of_level_um.flat}
    return Relief(
        tuple(sorted(levels | {tallest_um} if tallest_um > max(levels) else levels)),
        slice_um or float(design.settings.get("slice_um", SLICE_UM)),
    )
