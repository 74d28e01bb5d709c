"""What free space does to a plane wave: the transfer function of a stack of slabs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import NumericsError
from fabdesign.optics.grid import Slab

METHODS = ("angular_spectrum", "fresnel")


@dataclass(frozen=True)
class Transfer:
    """The transfer function H(f²) of slabs that follow one another.

    ``angular_spectrum``: ``H = Π exp(2πi d sqrt((n/λ)² - f²))`` for ``|f| < min(n)/λ`` and 0 beyond, so that
    waves which are evanescent in any slab are removed (Goodman, Introduction to Fourier Optics, eq. 3-74).
    ``fresnel``: ``H = Π exp(2πi d n/λ) exp(-πi λ d f²/n)``, the paraxial approximation (eq. 4-20).

    Reflections at the faces between slabs are ignored: about 4 % of the power is lost at each face between
    air and a polymer in truth, nearly the same for every direction that matters here.

    Args:
        slabs: what the light passes, in any order.
        wavelength_um: vacuum wavelength in micrometres.
        method: ``angular_spectrum`` or ``fresnel``.

    Raises:
        NumericsError: no slab, a wavelength that is not positive, or an unknown method.
    """

    slabs: tuple[Slab, ...]
    wavelength_um: float
    method: str = "angular_spectrum"

    def __post_init__(self) -> None:
        if not self.slabs:
            raise NumericsError("a propagation needs at least one slab; got none")
        if not 0 < self.wavelength_um < float("inf"):
            raise NumericsError(f"the wavelength must be greater than 0 um; got {self.wavelength_um}")
        if self.method not in METHODS:
            raise NumericsError(
                f"the propagation method must be one of {', '.join(METHODS)}; got {self.method!r}"
            )

    @property
    def cutoff(self) -> float:
        """Largest spatial frequency that passes every slab, in cycles per um; infinite if paraxial."""
        if self.method == "fresnel":
            return float("inf")
        return min(slab.index for slab in self.slabs) / self.wavelength_um

    def merged(self) -> Sequence[tuple[float, float]]:
        """(thickness, n/λ) with slabs of equal index added up."""
        total: dict[float, float] = {}
        for slab in self.slabs:
            total[slab.index] = total.get(slab.index, 0.0) + slab.thickness_um
        return [(thickness, index / self.wavelength_um) for index, thickness in total.items()]

    def __call__(self, frequency_squared: NDArray[np.float64]) -> NDArray[np.complex128]:
        """H at f² = fx² + fy², in (cycles per micrometre)², inside the cutoff."""
        cycles = np.zeros_like(frequency_squared)
        for thickness, wave_number in self.merged():
            if self.method == "fresnel":
                cycles += thickness * (wave_number - frequency_squared / (2 * wave_number))
            else:
                cycles += thickness * np.sqrt(np.maximum(wave_number**2 - frequency_squared, 0.0))
        phase = 2 * np.pi * np.remainder(cycles, 1.0)
        values = np.empty(phase.shape, dtype=np.complex128)
        np.cos(phase, out=values.real)
        np.sin(phase, out=values.imag)
        return values

    def largest_shift_um(self, frequency: float) -> float:
        """How far sideways a wave of this frequency walks at most, |d(phase)/df|/2π, in micrometres."""
        walk = 0.0
        for thickness, wave_number in self.merged():
            if self.method == "fresnel":
                walk += thickness * frequency / wave_number
            else:
                walk += thickness * frequency / np.sqrt(wave_number**2 - frequency**2)
        return walk
