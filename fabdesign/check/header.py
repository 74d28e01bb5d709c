"""The 80 bytes at the head of an exported STL: which design, which layer of how many."""

from __future__ import annotations

import re
from dataclasses import dataclass

HASH_DIGITS = 32
"""Leading hex digits of the design's content hash that a file carries."""

_HEADER = re.compile(rb"fabdesign ([0-9a-f]{32}) layer (\d{2,3})/(\d{2,3}) um(?: comp ([0-9a-f]{8}))? *\Z")


@dataclass(frozen=True)
class HeaderTag:
    """What a header says.

    Args:
        hash_prefix: first 32 hex digits of the design's content hash.
        layer: index of the layer, counted from 0.
        layers: number of layers of the design.
        compensation: eight digits of the compensation that it was written with; None where there is none.
    """

    hash_prefix: str
    layer: int
    layers: int
    compensation: str | None = None


def parse_header(header: bytes) -> HeaderTag | None:
    """Read the header of an STL that fabdesign wrote; None for any other.

    >>> parse_header(b"fabdesign 00112233445566778899aabbccddeeff layer 02/05 um".ljust(80)).layer
    2
    """
    match = _HEADER.match(header)
    if match is None or int(match[2]) >= int(match[3]):
        return None
    compensation = None if match[4] is None else match[4].decode("ascii")
    return HeaderTag(match[1].decode("ascii"), int(match[2]), int(match[3]), compensation)
