"""Integers of as many bytes as they need: seven bits a byte, the lowest first, the top bit meaning more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

MORE, LONGEST = 0x80, 9
"""Bytes below `MORE` end an integer; 63 bits take so many bytes."""
_LOW = 0x7F


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


def decode(data: bytes) -> Integers:
    """Decode integers that were encoded one behind the other; of signed ones, `unsigned` gives the value.

    Raises:
        ValueError: the last one is cut off, or one has more than 63 bits.

    >>> decode(bytes.fromhex("05ac02")).tolist()
    [5, 300]
    """
    octets = np.frombuffer(data, np.uint8)
    if len(octets) == 0:
        return np.empty(0, np.int64)
    ends = np.flatnonzero(octets < MORE)
    if octets[-1] >= MORE:
        raise ValueError("an integer is cut off")
    starts = np.append(0, ends[:-1] + 1)
    longest = int((ends - starts).max()) + 1
    if longest > LONGEST:
        raise ValueError("an integer has more than 63 bits")
    values: NDArray[np.int64] = octets[starts].astype(np.int64) & _LOW
    for byte in range(1, longest):
        at = np.flatnonzero(ends - starts >= byte)
        values[at] |= (octets[starts[at] + byte].astype(np.int64) & _LOW) << 7 * byte
    return values


def unsigned(values: Integers) -> Integers:
    """The integers whose sign was moved to the lowest bit.

    >>> unsigned(np.array([6, 7])).tolist()
    [3, -3]
    """
    return np.asarray(np.where(values & 1, -(values >> 1), values >> 1))
