"""Images become fields: what the object does to the light that enters.

Images have row 0 at the top, as data sets have; fields have row 0 at the smallest y. The encoders turn the
image upright, so that a field shown with ``origin="lower"`` shows the image as its data set does.
"""

import math
from typing import Literal

import torch

from fabdesign.errors import NumericsError
from fabdesign.optics.grid import Grid
from fabdesign.optics.pixels import upsample
from fabdesign.optics.sources import plane_wave

Outside = Literal["transparent", "opaque"]


def encode_phase(
    images: torch.Tensor,
    grid: Grid,
    pixel_um: float,
    depth_rad: float = math.pi,
    outside: Outside = "transparent",
    *,
    centre_um: tuple[float, float] = (0.0, 0.0),
    source: torch.Tensor | None = None,
    dtype: torch.dtype = torch.complex64,
) -> torch.Tensor:
    """Write images into the phase of the light: a white pixel delays it by ``depth_rad``.

    ``u = source · exp(i · depth · image)`` inside the object.

    Args:
        images: values in 0…1, row 0 at the top, [b, h, w].
        grid: the input plane.
        pixel_um: side of an object pixel, a whole number of samples, in micrometres.
        depth_rad: phase of a white pixel in radians.
        outside: whether the object's surroundings let light pass.
        centre_um: (x, y) of the object's centre in micrometres.
        source: field that falls on the object, [ny, nx]; a plane wave of power 1 by default.
        dtype: complex64 or complex128.

    Returns:
        The field behind the object, [b, ny, nx].

    Raises:
        NumericsError: the object is larger than the grid, or its edges do not fall between samples.

    >>> field = encode_phase(torch.ones(1, 2, 2), Grid((4, 4), 1.0), 1.0, math.pi)
    >>> [round(float(v), 3) for v in field[0, 1].real]
    [0.25, -0.25, -0.25, 0.25]
    """
    phase = depth_rad * images
    return _place(
        torch.polar(torch.ones_like(phase), phase), grid, pixel_um, outside, centre_um, source, dtype
    )


def encode_amplitude(
    images: torch.Tensor,
    grid: Grid,
    pixel_um: float,
    outside: Outside = "opaque",
    *,
    centre_um: tuple[float, float] = (0.0, 0.0),
    source: torch.Tensor | None = None,
    dtype: torch.dtype = torch.complex64,
) -> torch.Tensor:
    """Write images into the amplitude of the light: a white pixel lets it pass, a black one blocks it.

    ``u = source · image`` inside the object; the other arguments are those of `encode_phase`.

    Raises:
        NumericsError: the object is larger than the grid, or its edges do not fall between samples.

    >>> encode_amplitude(torch.ones(1, 2, 2), Grid((4, 4), 1.0), 1.0).real.sum().item()
    1.0
    """
    return _place(images.to(dtype), grid, pixel_um, outside, centre_um, source, dtype)


def _place(  # noqa: PLR0917
    object_field: torch.Tensor,
    grid: Grid,
    pixel_um: float,
    outside: Outside,
    centre_um: tuple[float, float],
    source: torch.Tensor | None,
    dtype: torch.dtype,
) -> torch.Tensor:
    if not pixel_um >= grid.spacing_um * (1 - 1e-6):
        raise NumericsError(
            f"an object pixel must be at least one sample, {grid.spacing_um:g} um; got {pixel_um:g} um",
            hint="use larger object pixels or more samples a pixel",
        )
    samples = _whole(pixel_um / grid.spacing_um, f"an object pixel of {pixel_um:g} um")
    rows, columns = (
        _place_side(count, int(size) * samples, centre / grid.spacing_um)
        for count, size, centre in zip(grid.shape, object_field.shape[-2:], reversed(centre_um), strict=True)
    )
    if source is None:
        source = plane_wave(grid, dtype=dtype, device=object_field.device)
    light = source.to(dtype)
    background = light if outside == "transparent" else torch.zeros_like(light)
    field = background.expand(*object_field.shape[:-2], *grid.shape).clone()
    field[..., rows, columns] = upsample(object_field.flip(-2).to(dtype), samples) * light[rows, columns]
    return field


def _place_side(count: int, size: int, centre: float) -> slice:
    if size > count:
        raise NumericsError(
            f"the object is {size} samples wide and the grid only {count}",
            hint="use fewer or smaller object pixels, or more layer pixels",
        )
    first = _whole(
        (count - size) / 2 + centre, f"the edge of an object of {size} samples on a grid of {count}"
    )
    if not 0 <= first <= count - size:
        raise NumericsError(
            f"the object reaches over the edge of the grid: it begins at sample {first} and is {size} wide, "
            f"the grid has {count}",
            hint="move the object's centre towards the axis",
        )
    return slice(first, first + size)


def _whole(samples: float, what: str) -> int:
    if abs(samples - round(samples)) > 1e-6:
        raise NumericsError(
            f"{what} must fall on whole samples; got {samples:g} samples",
            hint="choose sizes that are multiples of the sample spacing (pitch / samples_per_pixel); an even "
            "object needs an even number of layer pixels",
        )
    return round(samples)
