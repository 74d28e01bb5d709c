"""The spectrum of a kernel on its padded grid, one axis after the other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

STRIP = 256
Complex = NDArray[np.complex128]


def padded_spectrum(
    response: Complex,
    shape: tuple[int, int],
    padded: tuple[int, int],
    dtype: type[np.complexfloating[Any, Any]],
) -> NDArray[np.complexfloating[Any, Any]]:
    """Return ``FFT(wrapped response) / (My·Mx)``.

    Rows are transformed first, then columns in strips, so that no padded array is held in double precision.

    Args:
        response: at all offsets ``1 - n … n - 1`` along an axis, or at ``0 … n - 1`` where it is even.
        shape: (ny, nx) of the grid.
        padded: (My, Mx) of the transform.
        dtype: of the result.
    """
    (ny, nx), (my, mx) = shape, padded
    result = np.empty((my, mx), dtype=dtype)
    rows = np.empty((len(response), mx), dtype=np.complex128)
    for first in range(0, len(response), STRIP):
        part = slice(first, first + STRIP)
        rows[part] = np.fft.fft(_wrapped(response[part].T, nx, mx).T, axis=1)
    for first in range(0, mx, STRIP):
        strip = slice(first, first + STRIP)
        result[:, strip] = np.fft.fft(_wrapped(rows[:, strip], ny, my), axis=0) / (my * mx)
    return result


def _wrapped(values: Complex, count: int, size: int) -> Complex:
    """Offsets along the first axis, of which negative ones count from the end."""
    result = np.zeros((size, *values.shape[1:]), dtype=np.complex128)
    if len(values) == count:
        result[:count] = values
        result[size - count + 1 :] = values[:0:-1]
    else:
        result[:count] = values[count - 1 :]
        result[size - count + 1 :] = values[: count - 1]
    return result
