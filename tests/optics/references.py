"""Independent implementations to compare with: numpy only, nothing of the library."""

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]


def random_phases(shape: tuple[int, ...], seed: int = 0) -> Complex:
    """A white random-phase field."""
    return np.exp(2j * np.pi * np.random.default_rng(seed).random(shape))


def padded_spectrum(
    field: Complex, spacing_um: float, wavelength_um: float, distance_um: float, factor: int
) -> Complex:
    """Textbook angular spectrum on a grid ``factor`` times as large, cut back to the field's."""
    n = field.shape[0]
    f = np.fft.fftfreq(factor * n, spacing_um)
    inside = wavelength_um**-2 - f[:, None] ** 2 - f[None, :] ** 2
    transfer = np.exp(2j * np.pi * distance_um * np.sqrt(np.maximum(inside, 0))) * (inside > 0)
    return np.fft.ifft2(np.fft.fft2(field, (factor * n,) * 2) * transfer)[:n, :n]


def rayleigh_sommerfeld(
    field: Complex, spacing_um: float, wavelength_um: float, distance_um: float
) -> Complex:
    """First Rayleigh–Sommerfeld integral as a double sum, sample by sample (Goodman, eq. 3-41)."""
    n = field.shape[0]
    lag = spacing_um * np.arange(1 - n, n)
    r = np.sqrt(lag[:, None] ** 2 + lag[None, :] ** 2 + distance_um**2)
    k = 2 * np.pi / wavelength_um
    response = distance_um / (2 * np.pi * r**2) * (1 / r - 1j * k) * np.exp(1j * k * r) * spacing_um**2
    result = np.zeros_like(field)
    for y in range(n):
        for x in range(n):
            result += field[y, x] * response[n - 1 - y : 2 * n - 1 - y, n - 1 - x : 2 * n - 1 - x]
    return result


def relative_error(result: Complex, expected: Complex) -> float:
    """Relative difference in the L2 norm."""
    return float(np.linalg.norm(result - expected) / np.linalg.norm(expected))
