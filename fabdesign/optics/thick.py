"""Light through a relief that is not thin: the wave propagation method.

The relief is cut into slices along z. Through each slice the field is propagated twice, as if all of it were
printed material and as if all were medium, and every point takes the one it lies in (Brenner and Singer,
Applied Optics 32, 4984 (1993)). Scalar and one-way: reflections are left out, large angles are not. Nothing
is lost where a block ends, so |u|² is the power that flows along z, in the material as in the medium, and
not the square of the electric field. Beside rigorous coupled waves at 785 nm, 7 % of the light of lines of
1.5 µm, 1.4 µm tall, goes elsewhere; of a thin mask's, 31 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.autograd.function import once_differentiable

from fabdesign.errors import NumericsError
from fabdesign.optics.diffract import default_micro_batch
from fabdesign.optics.grid import Grid
from fabdesign.optics.pixels import block_sum, upsample
from fabdesign.optics.sizes import good_size

GUARD = 16
"""Samples of darkness around the field, so that what leaves on one side does not enter on the other."""


@dataclass(frozen=True, eq=False)
class Volume:
    """The space that a layer's relief takes up, cut into slices and ready to compute.

    Args:
        grid: samples across the light.
        edge_um: heights at which the slices begin and end, from 0 upwards.
        medium: for each slice, the spectrum of propagation through the medium, [My, Mx].
        contrast: for each slice, propagation through the material minus that through the medium.
    """

    grid: Grid
    edge_um: tuple[float, ...]
    medium: tuple[torch.Tensor, ...]
    contrast: tuple[torch.Tensor, ...]

    @property
    def slices(self) -> int:
        """How many there are."""
        return len(self.medium)

    @property
    def height_um(self) -> float:
        """Height of the whole volume in micrometres."""
        return self.edge_um[-1]


def build_volume(
    grid: Grid,
    edge_um: Sequence[float],
    wavelength_um: float,
    *,
    medium_index: float,
    material_index: complex,
    guard: int = GUARD,
    dtype: torch.dtype = torch.complex64,
    device: torch.device | str = "cpu",
) -> Volume:
    """Prepare the slices of a relief.

    ``H(f) = exp(2πi·d·sqrt((n/λ)² − f²))`` for each slice of thickness d and either index n; waves beyond n/λ
    decay.

    Args:
        grid: samples across the light.
        edge_um: heights at which slices begin and end in micrometres: 0 first, then ascending.
        wavelength_um: vacuum wavelength in micrometres.
        medium_index: refractive index around the relief.
        material_index: refractive index of the relief; its imaginary part absorbs.
        guard: samples of darkness beside the field; 0 makes the relief periodic.
        dtype: complex64 or complex128.
        device: where to compute.

    Raises:
        NumericsError: the heights do not begin at 0 or do not ascend.
    """
    edges = tuple(float(edge) for edge in edge_um)
    if len(edges) < 2 or edges[0] != 0 or any(a >= b for a, b in pairwise(edges)):
        raise NumericsError(f"the slices of a relief must begin at 0 and ascend; got {list(edges)}")
    built: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
    spectra = []
    for lower, upper in pairwise(edges):
        key = round((upper - lower) * 1e9)
        if key not in built:
            through = [
                _transfer(_padded(grid, guard), grid.spacing_um, upper - lower, index / wavelength_um)
                for index in (medium_index, material_index)
            ]
            pair = through[0], through[1] - through[0]
            built[key] = tuple(torch.from_numpy(h).to(device=device, dtype=dtype) for h in pair)  # type: ignore[assignment]
        spectra.append(built[key])
    medium, contrast = zip(*spectra, strict=True)
    return Volume(grid, edges, medium, contrast)


def slice_edges(level_um: Sequence[float] | NDArray[np.floating[Any]], thickest_um: float) -> list[float]:
    """Heights at which to cut a relief: at every level, and between levels so that no slice is thicker.

    Args:
        level_um: the heights that occur, in micrometres.
        thickest_um: largest thickness of a slice.

    >>> slice_edges([0.0, 0.2, 0.5], 0.2)
    [0.0, 0.2, 0.35, 0.5]
    """
    levels = sorted({0.0, *(float(height) for height in level_um)})
    edges = [0.0]
    for lower, upper in pairwise(levels):
        count = max(1, int(np.ceil((upper - lower) / thickest_um - 1e-9)))
        edges.extend(round(lower + (upper - lower) * part / count, 9) for part in range(1, count + 1))
    return edges


def fill_of_heights(height_um: torch.Tensor, edge_um: Sequence[float]) -> torch.Tensor:
    """How much of each slice lies inside the relief, between 0 and 1.

    Args:
        height_um: heights in micrometres, [..., y, x].
        edge_um: heights at which the slices begin and end.

    Returns:
        [..., slice, y, x].

    >>> fill_of_heights(torch.tensor([[0.375]]), [0.0, 0.25, 0.5]).flatten().tolist()
    [1.0, 0.5]
    """
    edges = torch.as_tensor(edge_um, dtype=torch.float64, device=height_um.device)
    lower, thickness = edges[:-1, None, None], edges.diff()[:, None, None]
    share = ((height_um.to(torch.float64)[..., None, :, :] - lower) / thickness).clamp(0, 1)
    return share.to(height_um.dtype)


def weights_of_heights(
    height_um: torch.Tensor, edge_um: Sequence[float], factor_per_um: complex
) -> torch.Tensor:
    """The weight of the material in each slice, for heights that may end within one.

    A slice that is filled up to a part f of its thickness d delays light by the phase of f·d. The weight
    ``(exp(F·d·f) − 1)/(exp(F·d) − 1)`` does that for light along z and loses nothing; f itself would lose
    9 % of the amplitude in the middle of a slice of 200 nm. Where f is 0 or 1 they are the same.

    Args:
        height_um: heights in micrometres, [..., y, x].
        edge_um: heights at which the slices begin and end.
        factor_per_um: F = 2πi (n − n₀ + ik)/λ.

    Returns:
        Complex, [..., slice, y, x].
    """
    full = factor_per_um * torch.as_tensor(edge_um, dtype=torch.float64).diff()[:, None, None]
    share = fill_of_heights(height_um.to(torch.float64), edge_um)
    return torch.expm1(full * share) / torch.expm1(full)


def through_relief(
    field: torch.Tensor, fill: torch.Tensor, volume: Volume, samples_per_pixel: int = 1
) -> torch.Tensor:
    """Propagate fields through a relief, from the top of its base to the top of its volume.

    ``u' = P_medium u + f·(P_material − P_medium) u`` for each slice, f the share of a pixel that is filled.
    The first part stays a spectrum from slice to slice, so that a slice costs two transforms. Both operators
    are symmetric; the backward pass applies them to the conjugate of torch's gradient, q, at the same cost:
    ``∂L/∂f = Re Σ_b q·(P_material − P_medium) u``.

    Args:
        field: complex field on top of the base, [b, ny, nx] samples.
        fill: share of each slice that is filled, [slice, py, px] pixels, between 0 and 1; or complex weights
            of :func:`weights_of_heights`, which take no gradient.
        volume: the slices.
        samples_per_pixel: samples along each side of a pixel.

    Returns:
        The field at the height of the volume, [b, ny, nx].

    Raises:
        NumericsError: shapes do not fit together.
    """
    pixels = tuple(size * samples_per_pixel for size in fill.shape[-2:])
    if field.shape[1:] != volume.grid.shape or pixels != volume.grid.shape or len(fill) != volume.slices:
        raise NumericsError(
            f"fields of {tuple(field.shape[1:])} samples, {len(fill)} slices of {pixels} samples "
            f"({tuple(fill.shape[-2:])} pixels × {samples_per_pixel}) and a volume of {volume.slices} slices "
            f"on {volume.grid.shape} samples do not fit together"
        )
    result: torch.Tensor = _Through.apply(field, fill, volume, samples_per_pixel)  # type: ignore[no-untyped-call]
    return result


class _Through(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, field: torch.Tensor, fill: torch.Tensor, volume: Volume, samples_per_pixel: int
    ) -> torch.Tensor:
        shares = upsample(fill.detach(), samples_per_pixel)
        shares = shares.to(field.dtype if fill.is_complex() else field.real.dtype)
        kept = field.new_empty((volume.slices, *field.shape)) if ctx.needs_input_grad[1] else None
        result = torch.empty_like(field, memory_format=torch.contiguous_format)
        for part in _parts(len(field), volume):
            spectrum = _spectrum(field[part], volume)
            for number in range(volume.slices):
                difference = _field(spectrum * volume.contrast[number], volume)
                if kept is not None:
                    kept[number, part] = difference
                spectrum.mul_(volume.medium[number]).add_(_spectrum(difference * shares[number], volume))
            result[part] = _field(spectrum, volume)
        ctx.volume, ctx.samples_per_pixel = volume, samples_per_pixel
        ctx.save_for_backward(fill, kept)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        fill, kept = ctx.saved_tensors
        volume: Volume = ctx.volume
        shares = upsample(fill, ctx.samples_per_pixel).to(gradient.real.dtype)
        to_fill = shares.new_zeros(shares.shape) if kept is not None else None
        to_field = torch.empty_like(gradient, memory_format=torch.contiguous_format)
        for part in _parts(len(gradient), volume):
            spectrum = _spectrum(gradient[part].conj(), volume)
            for number in reversed(range(volume.slices)):
                q = _field(spectrum, volume)
                if to_fill is not None:
                    to_fill[number] += torch.view_as_real(q.mul(kept[number, part]))[..., 0].sum(0)
                of_filled = _spectrum(q.mul_(shares[number]), volume).mul_(volume.contrast[number])
                spectrum.mul_(volume.medium[number]).add_(of_filled)
            torch.conj_physical(_field(spectrum, volume), out=to_field[part])
        if to_fill is not None:
            to_fill = block_sum(to_fill, ctx.samples_per_pixel).to(fill.dtype)
        return to_field, to_fill, None, None


def _spectrum(u: torch.Tensor, volume: Volume) -> torch.Tensor:
    spectrum: torch.Tensor = torch.fft.fft2(u, s=volume.medium[0].shape)
    return spectrum


def _field(spectrum: torch.Tensor, volume: Volume) -> torch.Tensor:
    ny, nx = volume.grid.shape
    field: torch.Tensor = torch.fft.ifft2(spectrum)[..., :ny, :nx]
    return field


def _parts(count: int, volume: Volume) -> list[slice]:
    size = default_micro_batch(max(volume.grid.shape))
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def _padded(grid: Grid, guard: int) -> tuple[int, int]:
    ny, nx = grid.shape
    return (good_size(ny + guard), good_size(nx + guard)) if guard else (ny, nx)


def _transfer(
    shape: tuple[int, int], spacing_um: float, thickness_um: float, wave_number: complex
) -> NDArray[np.complex128]:
    fy, fx = (np.fft.fftfreq(count, spacing_um) for count in shape)
    along = np.emath.sqrt(wave_number**2 - fy[:, None] ** 2 - fx**2 + 0j)
    return np.asarray(np.exp(2j * np.pi * thickness_um * along))
