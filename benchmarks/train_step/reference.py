"""Free space by the textbook, in float64: an angular spectrum on a grid of about 4096 samples a side.

Nothing of the library is used, so that the library can be judged by it.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.train_step.setting import SPACING_UM, WAVELENGTH_UM

Complex = NDArray[np.complex128]
GRID = 4096


def reference(field: Complex, distance_um: float) -> Complex:
    """The field after ``distance_um``, on the same samples."""
    n = field.shape[0]
    size = GRID // n * n
    f = np.fft.fftfreq(size, SPACING_UM)
    inside = WAVELENGTH_UM**-2 - f[:, None] ** 2 - f[None, :] ** 2
    spectrum = np.fft.fft2(field, (size, size))
    spectrum *= np.exp(2j * np.pi * distance_um * np.sqrt(np.maximum(inside, 0)))
    spectrum[inside <= 0] = 0
    return np.fft.ifft2(spectrum)[:n, :n]


def relative_error(result: Complex, expected: Complex) -> float:
    """Relative difference in the L2 norm."""
    return float(np.linalg.norm(result - expected) / np.linalg.norm(expected))
