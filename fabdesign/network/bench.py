"""Everything around the layers of one device, ready to compute: light, object, spaces and detectors."""

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn

from fabdesign.design import Encoder, Physical, Slab
from fabdesign.errors import ConfigError
from fabdesign.network.readout import make_readout
from fabdesign.optics import (
    Grid,
    Kernel,
    build_kernel,
    diffract,
    encode_amplitude,
    encode_phase,
    gaussian_beam,
    plane_wave,
)
from fabdesign.optics import Slab as OpticalSlab


class Bench(nn.Module):
    """The optical set-up of a physical record, without the layers themselves.

    Args:
        physical: the record; it must describe a task.
        pixels: rows and columns of a layer.
        samples_per_pixel: samples along each side of a pixel.
        kernel_tolerance: relative error allowed in each propagation.
        micro_batch: images propagated at a time; left out: as many as stay in the cache.
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
        self.micro_batch = micro_batch
        self.grid = Grid.of_pixels(pixels, physical.pitch_um, samples_per_pixel)
        self.kernels = _kernels(physical, self.grid, kernel_tolerance, dtype, device)
        self.readout = make_readout(physical, self.grid, dtype.to_real(), device)
        self.source: Tensor
        self.register_buffer("source", _source(physical, self.grid, dtype, device), persistent=False)

    @property
    def samples(self) -> int:
        """The number of samples of a field."""
        ny, nx = self.grid.shape
        return ny * nx

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

    def field(
        self, images: Float[Tensor, "batch h w"], transmission: Complex[Tensor, "layer y x"]
    ) -> Complex[Tensor, "batch ny nx"]:
        """Return the field in the detector plane."""
        return diffract(
            self.encode(images),
            transmission,
            self.kernels,
            self.samples_per_pixel,
            micro_batch=self.micro_batch,
        )

    def forward(
        self, images: Float[Tensor, "batch h w"], transmission: Complex[Tensor, "layer y x"]
    ) -> Float[Tensor, "batch ..."]:
        """Return what the read-out measures, for a source whose power over the object plane is 1.

        Args:
            images: values between 0 and 1, row 0 at the top.
            transmission: complex transmission of every pixel.
        """
        result: Tensor = self.readout(self.field(images, transmission))
        return result


def _kernels(
    physical: Physical, grid: Grid, tolerance: float, dtype: torch.dtype, device: str
) -> list[Kernel]:
    built: dict[tuple[Slab, ...], Kernel] = {}
    for space in physical.spaces:
        if space not in built:
            slabs = [OpticalSlab(slab.thickness_um, slab.index) for slab in space]
            built[space] = build_kernel(
                grid, slabs, physical.wavelength_um, tolerance=tolerance, dtype=dtype, device=device
            )
    return [built[space] for space in physical.spaces]


def _source(physical: Physical, grid: Grid, dtype: torch.dtype, device: str) -> Tensor:
    source = physical.source
    if source is not None and source.kind == "gaussian":
        return gaussian_beam(grid, source.waist_um, dtype=dtype, device=device)
    return plane_wave(grid, dtype=dtype, device=device)
