"""Everything around the layers of one device, ready to compute: light, object, spaces and detectors."""

from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn

from fabdesign.design import Encoder, Physical
from fabdesign.errors import ConfigError
from fabdesign.network.layers import Layers, Sampling, ThickLayers, ThinLayers
from fabdesign.network.readout import make_readout
from fabdesign.optics import Grid, Kernel, encode_amplitude, encode_phase, gaussian_beam, plane_wave


@dataclass(frozen=True)
class Relief:
    """What the thick model needs to know of the layers.

    Args:
        level_um: heights of the levels in micrometres; the relief is cut at each of them.
        slice_um: largest thickness of a slice in micrometres.
    """

    level_um: tuple[float, ...]
    slice_um: float


class Bench(nn.Module):
    """The optical set-up of a physical record, without the layers themselves.

    Args:
        physical: the record; it must describe a task.
        pixels: rows and columns of a layer.
        samples_per_pixel: samples along each side of a pixel.
        kernel_tolerance: relative error allowed in each propagation.
        micro_batch: images propagated at a time; left out: as many as stay in the cache.
        relief: what the thick model needs to know of the layers; None computes with thin masks.
        subsamples: above 1, samples are squares of so many points a side; see `build_kernel`.
        device: where to compute.
        dtype: complex64, or complex128 for checks.

    Raises:
        ConfigError: the record has no source, object, spaces or detectors.
        NumericsError: the geometry cannot be sampled or computed so.
    """

    def __init__(
        self,
        physical: Physical,
        pixels: tuple[int, int],
        samples_per_pixel: int,
        *,
        kernel_tolerance: float = 1e-3,
        micro_batch: int | None = None,
        relief: Relief | None = None,
        subsamples: int = 1,
        device: str = "cpu",
        dtype: torch.dtype = torch.complex64,
    ) -> None:
        super().__init__()
        if not physical.has_task:
            raise ConfigError(
                "the design must describe an optical task to be simulated; it has no source or detectors.",
                hint="Only designs that `fabdesign train` made carry a task; imported phases do not.",
            )
        self.encoder: Encoder | None = physical.encoder
        self.samples_per_pixel = samples_per_pixel
        self.grid = Grid.of_pixels(pixels, physical.pitch_um, samples_per_pixel)
        sampling = Sampling(
            self.grid, samples_per_pixel, kernel_tolerance, dtype, device, micro_batch, subsamples
        )
        self.layers = _layers(physical, sampling, relief)
        self.readout = make_readout(physical, self.grid, dtype.to_real(), device)
        self.source: Tensor
        self.register_buffer("source", _source(physical, self.grid, dtype, device), persistent=False)

    @property
    def samples(self) -> int:
        """The number of samples of a field."""
        ny, nx = self.grid.shape
        return ny * nx

    @property
    def kernels(self) -> list[Kernel]:
        """The propagation through each space."""
        return self.layers.kernels

    @property
    def fields_kept(self) -> int:
        """Fields of an image that are kept for the gradient."""
        return (len(self.kernels) - 1) * self.layers.fields_per_layer

    @property
    def kernel_error(self) -> float:
        """The largest estimated relative error of a propagation."""
        return max(kernel.estimated_error for kernel in self.kernels)

    def encode(self, images: Float[Tensor, "batch h w"]) -> Complex[Tensor, "batch ny nx"]:
        """Return the field behind the object; its power is that of the light which falls on the object.

        Without an encoder each image stands for one beam of the source, whatever it shows.
        """
        encoder = self.encoder
        if encoder is None:
            return self.source.expand(len(images), *self.source.shape)
        if encoder.kind == "phase":
            return encode_phase(
                images,
                self.grid,
                encoder.pixel_um,
                encoder.depth_rad,
                encoder.outside,
                centre_um=encoder.centre_um,
                source=self.source,
                dtype=self.source.dtype,
            )
        return encode_amplitude(
            images,
            self.grid,
            encoder.pixel_um,
            encoder.outside,
            centre_um=encoder.centre_um,
            source=self.source,
            dtype=self.source.dtype,
        )

    def field(self, images: Float[Tensor, "batch h w"], layers: Tensor) -> Complex[Tensor, "batch ny nx"]:
        """Return the field in the detector plane."""
        return self.layers.field(self.encode(images), layers)

    def forward(self, images: Float[Tensor, "batch h w"], layers: Tensor) -> Float[Tensor, "batch ..."]:
        """Return what the read-out measures, for a source whose power over the object plane is 1.

        Args:
            images: values between 0 and 1, row 0 at the top.
            layers: complex transmission of every pixel, [layer, y, x]; with the thick model the filled share
                of every slice, [layer, slice, y, x].
        """
        result: Tensor = self.readout(self.field(images, layers))
        return result


def _layers(physical: Physical, sampling: Sampling, relief: Relief | None) -> Layers:
    if relief is None:
        return ThinLayers(physical, sampling)
    return ThickLayers(physical, sampling, relief.level_um, relief.slice_um)


def _source(physical: Physical, grid: Grid, dtype: torch.dtype, device: str) -> Tensor:
    source = physical.source
    if source is not None and source.kind == "gaussian":
        return gaussian_beam(grid, source.waist_um, dtype=dtype, device=device)
    return plane_wave(grid, dtype=dtype, device=device)
