"""Binary STL byte by byte: an 80-byte header, a count, and 50 bytes a triangle, written batch by batch."""

from __future__ import annotations

from typing import IO

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError

HEADER_BYTES = 80
TRIANGLE_BYTES = 50
_MOST_TRIANGLES = 2**32 - 1

_NORMAL, _VERTICES = slice(0, 12), slice(12, 48)


def stl_bytes(triangles: int) -> int:
    """Size of a binary STL in bytes.

    >>> stl_bytes(12)
    684
    """
    return HEADER_BYTES + 4 + TRIANGLE_BYTES * triangles


def stl_header(text: str) -> bytes:
    """Pad a header text to 80 bytes.

    Raises:
        FileFormatError: the text is too long, is not ASCII, or starts like an ASCII STL.
    """
    if not text.isascii() or len(text) > HEADER_BYTES or text.lower().startswith("solid"):
        raise FileFormatError(
            f"An STL header must be at most {HEADER_BYTES} ASCII characters and must not begin with "
            f'"solid"; got {text!r}.'
        )
    return text.encode("ascii").ljust(HEADER_BYTES)


class StlWriter:
    """Writes triangles to a binary stream as they come.

    Args:
        stream: where the bytes go, from its present position.
        header: text of the header.
        triangles: how many there will be.

    Raises:
        FileFormatError: the header is not valid, or a binary STL cannot count so many triangles.
    """

    def __init__(self, stream: IO[bytes], header: str, triangles: int) -> None:
        if triangles > _MOST_TRIANGLES:
            raise FileFormatError(
                f"A binary STL holds at most {_MOST_TRIANGLES} triangles; got {triangles}.",
                hint="Split the plate into smaller ones.",
            )
        self._stream = stream
        self._left = triangles
        stream.write(stl_header(header) + np.uint32(triangles).astype("<u4").tobytes())

    def write(self, vertices: NDArray[np.float32], normals: NDArray[np.float32]) -> None:
        """Write a batch.

        Args:
            vertices: float32 [triangle, corner, xyz], counter-clockwise seen from outside.
            normals: float32 [triangle, xyz], outward unit normals.
        """
        records = np.zeros((len(vertices), TRIANGLE_BYTES), dtype=np.uint8)
        records[:, _NORMAL] = _bytes(normals.reshape(-1, 3))
        records[:, _VERTICES] = _bytes(vertices.reshape(-1, 9))
        self._left -= len(records)
        self._stream.write(records.data)

    def finish(self) -> None:
        """Assert that as many triangles came as the file says."""
        if self._left:
            raise AssertionError(f"the mesh has {-self._left} triangles more than were counted")


def _bytes(numbers: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(numbers, dtype="<f4").view(np.uint8)
