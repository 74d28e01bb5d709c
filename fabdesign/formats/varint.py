"""Integers of as many bytes as they need: seven bits a byte, the lowest first, the top bit meaning more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def encode(values: Integers) -> bytes:
    """Encode integers that are not negative, one behind the other.

    >>> encode(np.array([5, 300])).hex()
    '05ac02'
    """
    if len(values) == 0:
        return b""
    count = np.ones(len(values), np.uint8)
    rest = values >> 7
    while rest.any():
        count += rest > 0
        rest >>= 7
    ends = np.cumsum(count, dtype=np.int64)
    out = np.empty(int(ends[-1]), np.uint8)
    for byte in range(int(count.max())):
        at = np.flatnonzero(count > byte)
        more = count[at] > byte + 1
        out[ends[at] - count[at] + byte] = values[at] >> 7 * byte & 0x7F | more.astype(np.int64) << 7
    return out.tobytes()


def signed(values: Integers) -> Integers:
    """Integers with their sign moved to the lowest bit.

    >>> signed(np.array([3, -3])).tolist()
    [6, 7]
    """
    return np.abs(values) << 1 | (values < 0)


def encode_signed(values: Integers) -> bytes:
    """Encode integers of either sign."""
    return encode(signed(values))
