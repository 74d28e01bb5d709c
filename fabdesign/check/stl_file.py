"""Binary STL through numpy-stl, an independent reader, in pieces that keep memory bounded."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.edges import point_keys
from fabdesign.check.header import HeaderTag, parse_header
from fabdesign.errors import FileFormatError
from fabdesign.formats.reading import reading

HEADER_BYTES = 80
RECORD_BYTES = 50
CHUNK_TRIANGLES = 32_000
_COUNT = struct.Struct("<I")
_START = HEADER_BYTES + _COUNT.size


@dataclass(frozen=True)
class StlFile:
    """A binary STL whose size fits its own count.

    Args:
        path: the file.
        header: its first 80 bytes.
        triangles: how many triangles it holds.
        start: where it begins in the file, for one that lies in an archive.
    """

    path: Path
    header: bytes
    triangles: int
    start: int = 0

    @property
    def tag(self) -> HeaderTag | None:
        """What the header says, if fabdesign wrote it."""
        return parse_header(self.header)

    @property
    def title(self) -> str:
        """The header's text."""
        return self.header.split(b"\0")[0].decode("ascii", "backslashreplace").strip()

    @property
    def format(self) -> str:
        """Name of the format."""
        return "stl"

    @property
    def rounding_source(self) -> str:
        """What can move a height."""
        return "float32 coordinates"

    def rounding_um(self, largest_um: float) -> float:
        """How far writing coordinates as float32 can move a height."""
        return 4 * float(np.spacing(np.float32(largest_um)))

    def corners(self) -> Iterator[NDArray[np.float32]]:
        """The corners of all triangles, piece by piece, float32 [triangle, corner, xyz]."""
        for corners, _ in self.pieces():
            yield corners

    def points(self) -> Iterator[NDArray[np.uint64]]:
        """A number for each corner from where it is, [corner, triangle]: STL has nothing else to tell by."""
        return map(point_keys, self.corners())

    def pieces(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Corners float32 [triangle, corner, xyz] and stored normals float32 [triangle, xyz], piece by piece.

        Raises:
            FileFormatError: a coordinate is NaN or infinite, or the file shrinks while it is read.
        """
        with reading(self.path), self.path.open("rb") as stream:
            stream.seek(self.start + _START)
            for first in range(0, self.triangles, CHUNK_TRIANGLES):
                count = min(CHUNK_TRIANGLES, self.triangles - first)
                data = _parse(stream.read(count * RECORD_BYTES), count, self)
                corners = np.ascontiguousarray(data["vectors"])
                _refuse_not_finite(corners, first, self.path)
                yield corners, data["normals"]


def open_stl(path: str | os.PathLike[str], *, start: int = 0, size: int | None = None) -> StlFile:
    """Look at the head of a binary STL and hold its size against its count.

    Args:
        path: the file.
        start: where the STL begins in it.
        size: how many bytes it has; None for the rest of the file.

    Raises:
        FileFormatError: the file is missing, empty, ASCII, truncated, or not an STL.
    """
    file = Path(path)
    with reading(file), file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END) - start if size is None else size
        stream.seek(start)
        head = stream.read(min(_START, size))
    if not head:
        raise FileFormatError(f"{file} is empty.", hint="Export it again.")
    count = _COUNT.unpack(head[HEADER_BYTES:])[0] if len(head) == _START else None
    expected = None if count is None else _START + RECORD_BYTES * count
    if size != expected:
        raise _wrong_size(file, head, size, count)
    if count == 0:
        raise FileFormatError(f"{file} holds no triangles.", hint="Export it again.")
    return StlFile(file, head[:HEADER_BYTES], int(count or 0), start)


def _wrong_size(file: Path, head: bytes, size: int, count: int | None) -> FileFormatError:
    if head.lstrip()[:5].lower() == b"solid":
        return FileFormatError(
            f"{file} is an ASCII STL; fabdesign reads binary STL.",
            hint="ASCII loses digits; export the design again with fabdesign export --stl.",
        )
    if count is None:
        return FileFormatError(
            f"{file} has {size} bytes; a binary STL has at least {_START}.", hint="Fetch or export it again."
        )
    word = "truncated" if size < _START + RECORD_BYTES * count else "longer than its count says"
    return FileFormatError(
        f"{file} is {word}, or not an STL: {count} triangles take {_START + RECORD_BYTES * count} bytes, "
        f"the file has {size}.",
        hint="Fetch or export it again.",
    )


def _parse(records: bytes, count: int, file: StlFile) -> NDArray[Any]:
    from stl.stl import BaseStl, Mode  # noqa: PLC0415  (the geometry rules need no STL)

    if len(records) != count * RECORD_BYTES:
        raise FileFormatError(f"{file.path} became shorter while it was read.", hint="Read it again.")
    piece = io.BytesIO(file.header + _COUNT.pack(count) + records)
    _, data = BaseStl.load(piece, mode=Mode.BINARY)
    return np.asarray(data)


def _refuse_not_finite(corners: NDArray[np.float32], first: int, path: Path) -> None:
    bad = ~np.isfinite(corners).all(axis=(1, 2))
    if bad.any():
        raise FileFormatError(
            f"{path} holds coordinates that are not finite, first in triangle {first + bad.argmax()}.",
            hint="The file is damaged; fetch or export it again.",
        )
