"""The 80 bytes at the head of an STL that holds all layers of a design."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADER = re.compile(rb"fabdesign ([0-9a-f]{32}) (stack|plates) (\d{2,3}) um(?: comp ([0-9a-f]{8}))? *\Z")


@dataclass(frozen=True)
class AssemblyTag:
    """What a header says.

    Args:
        hash_prefix: first 32 hex digits of the design's content hash.
        kind: "stack" or "plates".
        layers: how many layers the file holds.
        compensation: eight digits of the compensation that it was written with; None where there is none.
    """

    hash_prefix: str
    kind: str
    layers: int
    compensation: str | None = None


def parse_assembly(header: bytes) -> AssemblyTag | None:
    """Read the header of an STL of layers put together; None for any other.

    >>> parse_assembly(b"fabdesign 00112233445566778899aabbccddeeff stack 05 um".ljust(80)).layers
    5
    """
    match = _HEADER.match(header)
    if match is None or int(match[3]) == 0:
        return None
    compensation = None if match[4] is None else match[4].decode("ascii")
    return AssemblyTag(match[1].decode("ascii"), match[2].decode("ascii"), int(match[3]), compensation)
