"""The 80 bytes at the head of an STL that holds all layers of a design."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADER = re.compile(rb"fabdesign ([0-9a-f]{32}) (stack|plates) (\d{2,3}) um *\Z")


@dataclass(frozen=True)
class AssemblyTag:
    """What a header says.

    Args:
        hash_prefix: first 32 hex digits of the design's content hash.
        kind: "stack" or "plates".
        layers: how many layers the file holds.
    """

    hash_prefix: str
    kind: str
    layers: int


def parse_assembly(header: bytes) -> AssemblyTag | None:
    """Read the header of an STL of layers put together; None for any other.

    >>> parse_assembly(b"fabdesign 00112233445566778899aabbccddeeff stack 05 um".ljust(80)).layers
    5
    """
    match = _HEADER.match(header)
    if match is None or int(match[3]) == 0:
        return None
    return AssemblyTag(match[1].decode("ascii"), match[2].decode("ascii"), int(match[3]))
