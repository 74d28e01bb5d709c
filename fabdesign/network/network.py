"""The trainable network and the frozen one."""

import numpy as np
import torch
from jaxtyping import Complex, Float
from numpy.typing import NDArray
from torch import Tensor, nn

from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.network.bench import Bench
from fabdesign.quantise import Quantiser


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
        result: Tensor = self.bench(images, self.quantiser.transmission(progress, generator))
        return result


class FrozenNetwork(nn.Module):
    """A bench with layers that are made.

    Args:
        bench: light, object, spaces and detectors.
        transmission: complex transmission of every pixel.
    """

    def __init__(self, bench: Bench, transmission: Complex[Tensor, "layer y x"]) -> None:
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
    device: str = "cpu",
    dtype: torch.dtype = torch.complex64,
) -> FrozenNetwork:
    """Wire the network that a design describes.

    Args:
        design: a design with an optical task.
        samples_per_pixel: samples along each side of a pixel.
        phase_rad: [layer, y, x] phases in place of the design's, such as those read back from a file.
        kernel_tolerance: relative error allowed in each propagation.
        device: where to compute.
        dtype: complex64, or complex128 for checks.

    Raises:
        ConfigError: the design has no optical task, or the phases have another shape.
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
        device=device,
        dtype=dtype,
    )
    transmission = torch.from_numpy(np.exp(1j * phase)).to(device=device, dtype=dtype)
    return FrozenNetwork(bench, transmission)
