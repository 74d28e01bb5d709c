"""Grey values back from GDSII whose layers are greys, by a reader that trusts no length in the file."""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.grey.image import MOST_BYTES, decoding
from fabdesign.errors import FileFormatError

Ints = NDArray[np.int32]

_LIBNAME, _UNITS, _ENDLIB, _BOUNDARY, _ENDEL = 0x0206, 0x0305, 0x0400, 0x0800, 0x1100
_LAYER, _XY = 0x0D02, 0x1003
_OTHER_SHAPES = {0x0900: "a path", 0x0A00: "a reference", 0x0B00: "an array", 0x2D00: "a box"}
_MOST_GREY = 255
_MOST_WALKED = 200_000
_MOST_BATCH = 1 << 15

_RECTANGLE_BYTES = 64
_FIXED_PLACES = (0, 1, 2, 3, 5, 6, 8, 9, 30, 31)
_FIXED_WORDS = (4, 0x0800, 6, 0x0D02, 6, 0x0E02, 44, 0x1003, 4, 0x1100)
"""Which 16-bit words of a rectangle's records never change; the others are layer, data type and corners."""


@dataclass(frozen=True, eq=False)
class GreyDrawing:
    """The rectangles of a file.

    Args:
        path: the file.
        library: name of the library.
        unit_um: length of the database unit.
        grey: int32 [n], the layer of each rectangle.
        corners: int32 [n, 4], (x0, y0, x1, y1) in database units.
    """

    path: Path
    library: str
    unit_um: float
    grey: Ints
    corners: Ints


def read_grey_drawing(path: str | os.PathLike[str]) -> GreyDrawing:
    """Read a GDSII file of rectangles.

    Raises:
        FileFormatError: missing, damaged, truncated, or with shapes that are no rectangles.
    """
    file = Path(path)
    with decoding(file):
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise FileFormatError(f"{file} has {size} bytes; drawings of up to {MOST_BYTES} bytes are read.")
        walk = _Walk(file, file.read_bytes())
        walk.run()
        return walk.drawing()


@dataclass
class _Walk:
    file: Path
    data: bytes
    at: int = 0
    walked: int = 0
    library: str = ""
    unit_um: float = math.nan
    greys: list[Ints] = field(default_factory=list)
    corners: list[Ints] = field(default_factory=list)

    def run(self) -> None:
        """Take in the file up to its end record, rectangles of the usual layout in batches."""
        batch = 1
        while True:
            taken = self._batch(batch)
            batch = min(2 * batch, _MOST_BATCH) if taken == batch else 1
            if taken:
                continue
            kind, content = self._record()
            if kind == _ENDLIB:
                return
            if kind == _BOUNDARY:
                self._boundary()
            elif kind == _LIBNAME:
                self.library = content.rstrip(b"\0").decode("ascii", "replace")
            elif kind == _UNITS and len(content) == 16:
                self.unit_um = decode_real(content[8:]) * 1e6
            elif kind in _OTHER_SHAPES:
                raise self._bad(f"holds {_OTHER_SHAPES[kind]}; grey layers hold rectangles alone")

    def drawing(self) -> GreyDrawing:
        """The rectangles, their corners put in order."""
        if not self.greys:
            raise self._bad("holds no rectangles")
        if not (math.isfinite(self.unit_um) and self.unit_um > 0):
            raise self._bad("does not say how long its database unit is")
        grey = np.concatenate(self.greys)
        if grey.min() < 0 or grey.max() > _MOST_GREY:
            raise self._bad(f"uses layers {grey.min()} to {grey.max()}; greys are 0 to {_MOST_GREY}")
        return GreyDrawing(self.file, self.library, self.unit_um, grey, np.concatenate(self.corners))

    def _take(self, grey: Ints, points: Ints) -> None:
        if not _are_rectangles(points).all():
            raise self._bad("holds polygons that are no rectangles")
        self.greys.append(grey)
        self.corners.append(np.concatenate([points[:, :4].min(axis=1), points[:, :4].max(axis=1)], axis=1))

    def _batch(self, most: int) -> int:
        """Take in up to so many rectangles at once; how many there were."""
        count = min(most, (len(self.data) - self.at) // _RECTANGLE_BYTES)
        words = np.frombuffer(self.data, ">u2", 32 * count, self.at).reshape(-1, 32)
        usual = (words[:, _FIXED_PLACES] == _FIXED_WORDS).all(axis=1)
        taken = count if usual.all() else int(usual.argmin())
        if taken:
            points = np.ascontiguousarray(words[:taken, 10:30]).view(">i4")
            grey = words[:taken, 4].astype(np.int16).astype(np.int32)
            self._take(grey, points.astype(np.int32).reshape(-1, 5, 2))
            self.at += _RECTANGLE_BYTES * taken
        return taken

    def _boundary(self) -> None:
        """One polygon of any layout of records."""
        layer, points = None, None
        while (record := self._record())[0] != _ENDEL:
            kind, content = record
            if kind == _LAYER and len(content) == 2:
                layer = np.frombuffer(content, ">i2").astype(np.int32)
            elif kind == _XY and len(content) == 40:
                points = np.frombuffer(content, ">i4").astype(np.int32).reshape(1, 5, 2)
            elif kind in (_LAYER, _XY, _BOUNDARY, _ENDLIB):
                raise self._bad(f"holds a polygon that is no rectangle, or damaged, before byte {self.at}")
        if layer is None or points is None:
            raise self._bad(f"holds a polygon without layer or corners before byte {self.at}")
        self._take(layer, points)

    def _record(self) -> tuple[int, bytes]:
        self.walked += 1
        if self.walked > _MOST_WALKED:
            raise self._bad("is laid out as no grey drawing of fabdesign is")
        if self.at + 4 > len(self.data):
            raise self._bad("is truncated: it has no end record")
        length, kind = struct.unpack_from(">HH", self.data, self.at)
        if length < 4 or length % 2 or self.at + length > len(self.data):
            raise self._bad(f"is damaged or truncated at byte {self.at}: a record claims {length} bytes")
        content = self.data[self.at + 4 : self.at + length]
        self.at += length
        return int(kind), content

    def _bad(self, what: str) -> FileFormatError:
        return FileFormatError(f"{self.file} {what}.", hint="Fetch or export it again.")


def decode_real(data: bytes) -> float:
    """An eight-byte real of GDSII: sign, exponent of 16 in excess 64, mantissa of 56 bits below one.

    >>> decode_real(bytes.fromhex("4110000000000000"))
    1.0
    """
    mantissa = int.from_bytes(data[1:], "big") / 2**56
    return (-1.0 if data[0] & 0x80 else 1.0) * mantissa * 16.0 ** ((data[0] & 0x7F) - 64)


def _are_rectangles(points: Ints) -> NDArray[np.bool_]:
    """Which closed polygons [n, 5, xy] go once round a rectangle that has an area."""
    steps = points[:, 1:].astype(np.int64) - points[:, :-1]
    closed = (points[:, 0] == points[:, 4]).all(axis=1)
    straight = (steps != 0).sum(axis=2) == 1
    turns = ((steps[:, 0] != 0) != (steps[:, 1] != 0)).all(axis=1)
    back = (steps[:, 0] == -steps[:, 2]).all(axis=1) & (steps[:, 1] == -steps[:, 3]).all(axis=1)
    return np.asarray(closed & straight.all(axis=1) & turns & back)
