"""A propagation that is slightly other than the one that was built: shifted, stretched, in another colour.

Building a kernel takes a quadrature over all frequencies. A small change of it is a factor on its spectrum:
``H'(f)/H(f) = exp(2πi [Σ' d' sqrt((n'/λ')² - f²) - Σ d sqrt((n/λ)² - f²)] - 2πi f·s)``, with s the sideways
shift. The response of the factor reaches only a few samples. So the kernel's response is built once on a
plane with a margin, faded out within the margin, multiplied in frequency, and cut to the plane: what wraps
round, and the ringing of a cut, stay in the margin. What is left is light at the very edge of the band: for a
shift about 1 % of a field of white noise, for a change of thickness or colour below 0.1 %.
"""

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from fabdesign.errors import NumericsError
from fabdesign.optics.grid import Grid, Slab
from fabdesign.optics.kernel import Kernel, build_kernel

MARGIN = 32
"""Samples by which the plane is wider while a kernel is altered; shifts may reach half of it."""

Complex = NDArray[np.complex128]
Array = NDArray[np.float64]


class AlterableKernel:
    """A kernel that can be altered in a few milliseconds.

    Args:
        kernel: the kernel as designed, exact (``angular_spectrum``) and without a shift.
        margin: samples by which the plane is wider.

    Raises:
        NumericsError: the kernel is a paraxial or a shifted one, or one from squares to squares.

    >>> kernel = build_kernel(Grid((16, 16), 1.0), [Slab(50.0, 1.0)], 0.532)
    >>> alterable = AlterableKernel(kernel)
    >>> alterable.altered() is kernel, alterable.altered(shift_um=(0.1, 0.0)).even
    (True, False)
    """

    def __init__(self, kernel: Kernel, margin: int = MARGIN) -> None:
        if kernel.method != "angular_spectrum" or not kernel.even or kernel.subsamples != 1:
            raise NumericsError("only an exact kernel between points, without a shift, can be altered")
        self.kernel = kernel
        self.margin = margin
        ny, nx = kernel.grid.shape
        self._grid = Grid((ny + margin, nx + margin), kernel.grid.spacing_um)
        self._spectrum: Complex | None = None

    def altered(
        self,
        slabs: Sequence[Slab] | None = None,
        wavelength_um: float | None = None,
        shift_um: tuple[float, float] = (0.0, 0.0),
    ) -> Kernel:
        """Return the kernel of slightly other slabs, another wavelength or a sideways shift.

        Args:
            slabs: what the light passes now.
            wavelength_um: vacuum wavelength now, in micrometres.
            shift_um: (x, y) by which the second plane sees the field displaced, as in `build_kernel`.

        Returns:
            The altered kernel; the kernel as designed where nothing changes.

        Raises:
            NumericsError: the kernel cannot be built.
        """
        designed = self.kernel
        new = tuple(designed.slabs if slabs is None else slabs)
        colour = designed.wavelength_um if wavelength_um is None else wavelength_um
        if new == designed.slabs and colour == designed.wavelength_um and shift_um == (0.0, 0.0):
            return designed
        like = designed.transfer
        if self._reach(new, colour, shift_um) > self.margin / 2:
            return build_kernel(
                designed.grid, new, colour, dtype=like.dtype, device=like.device, shift_um=shift_um
            )
        response = np.fft.ifft2(self._wide() * self._factor(new, colour, shift_um))
        return Kernel(
            transfer=torch.from_numpy(self._cut(response)).to(device=like.device, dtype=like.dtype),
            grid=designed.grid,
            build_factor=designed.build_factor,
            estimated_error=designed.estimated_error,
            even=shift_um == (0.0, 0.0),
            slabs=new,
            wavelength_um=colour,
            method=designed.method,
        )

    def _reach(self, slabs: tuple[Slab, ...], wavelength_um: float, shift_um: tuple[float, float]) -> float:
        """How many samples the factor's response spans, about: the shift, and the walk of steep waves."""
        designed = self.kernel
        sine = min(0.9, wavelength_um / (2 * designed.grid.spacing_um))
        walk = abs(_path(slabs) * wavelength_um - _path(designed.slabs) * designed.wavelength_um)
        steep = sine / math.sqrt(1 - sine**2) / wavelength_um
        return (max(abs(side) for side in shift_um) + walk * steep) / designed.grid.spacing_um

    def _wide(self) -> Complex:
        """The spectrum of the response on the wider plane, faded out within the margin."""
        if self._spectrum is None:
            designed = self.kernel
            wide = build_kernel(
                self._grid, designed.slabs, designed.wavelength_um, dtype=torch.complex128
            ).transfer.numpy()
            response = np.fft.ifft2(wide) * wide.size
            response *= np.outer(*(_fade(n, m, self.margin) for n, m in zip(*self._sizes(wide), strict=True)))
            self._spectrum = np.fft.fft2(response)
        return self._spectrum

    def _sizes(self, wide: Complex) -> tuple[tuple[int, int], tuple[int, int]]:
        return self.kernel.grid.shape, (wide.shape[0], wide.shape[1])

    def _factor(
        self, slabs: tuple[Slab, ...], wavelength_um: float, shift_um: tuple[float, float]
    ) -> Complex:
        designed, (my, mx) = self.kernel, self._wide().shape
        fy = np.fft.fftfreq(my, designed.grid.spacing_um).astype(np.float64)
        fx = np.fft.fftfreq(mx, designed.grid.spacing_um).astype(np.float64)
        ramps: Complex = np.outer(_ramp(fy, shift_um[1]), _ramp(fx, shift_um[0]))
        if slabs == designed.slabs and wavelength_um == designed.wavelength_um:
            return ramps
        turned = np.exp(2j * np.pi * (_cycles(slabs, wavelength_um, self._squared) - self._designed_cycles))
        rows, columns = (np.minimum(np.arange(m), m - np.arange(m)) for m in (my, mx))
        even: Complex = turned[rows[:, None], columns]
        return even if shift_um == (0.0, 0.0) else even * ramps

    @cached_property
    def _squared(self) -> Array:
        """Squares of the frequencies that are not negative: the others are their mirror images."""
        y, x = (np.arange(m // 2 + 1) / (m * self.kernel.grid.spacing_um) for m in self._wide().shape)
        return np.asarray(np.add.outer(y**2, x**2))

    @cached_property
    def _designed_cycles(self) -> Array:
        return _cycles(self.kernel.slabs, self.kernel.wavelength_um, self._squared)

    def _cut(self, response: Complex) -> Complex:
        """The spectrum, at the designed kernel's size, of the lags that two points of the plane can have."""
        ny, nx = self.kernel.grid.shape
        rows, columns = np.arange(1 - ny, ny), np.arange(1 - nx, nx)
        my, mx = self.kernel.shape
        wrapped = np.zeros((my, mx), dtype=np.complex128)
        wrapped[np.ix_(rows, columns)] = response[np.ix_(rows, columns)]
        return np.asarray(np.fft.fft2(wrapped) / (my * mx))


def axial_derivative(kernel: Kernel, index: float) -> torch.Tensor:
    """i(k_z - k) on the kernel's frequencies: d/dz of a field in a medium, its carrier exp(ikz) taken off.

    Args:
        kernel: gives the frequencies, the wavelength, precision and device.
        index: refractive index of the medium.

    Returns:
        Complex [My, Mx] in 1/um; that of the steepest wave for evanescent ones.
    """
    wave = index / kernel.wavelength_um
    fy, fx = (np.fft.fftfreq(m, kernel.grid.spacing_um) for m in kernel.shape)
    axial = np.sqrt(np.maximum(wave**2 - np.add.outer(fy**2, fx**2), 0.0))
    like = kernel.transfer
    return torch.from_numpy(2j * np.pi * (axial - wave)).to(device=like.device, dtype=like.dtype)


def _path(slabs: Sequence[Slab]) -> float:
    return sum(slab.thickness_um / slab.index for slab in slabs)


def _fade(count: int, size: int, margin: int) -> Array:
    """1 for the lags of the plane and half the margin, then a cosine down to 0."""
    lag = np.abs(np.fft.fftfreq(size, 1 / size))
    along = np.clip((lag - (count - 1 + margin / 2)) / (margin / 2), 0.0, 1.0)
    return np.asarray(np.cos(np.pi / 2 * along) ** 2)


def _cycles(slabs: Sequence[Slab], wavelength_um: float, squared: Array) -> Array:
    total = np.zeros_like(squared)
    for slab in slabs:
        wave = slab.index / wavelength_um
        total += slab.thickness_um * np.sqrt(np.maximum(wave**2 - squared, 0.0))
    return total


def _ramp(frequency: Array, shift_um: float) -> Complex:
    """exp(-2πi f s); real at the Nyquist frequency, which stands for both signs."""
    ramp: Complex = np.exp(-2j * np.pi * frequency * shift_um)
    if len(frequency) % 2 == 0:
        ramp[len(frequency) // 2] = ramp[len(frequency) // 2].real
    return ramp
