"""Reading GDSII strictly: one cell of rectangles, polygons and notes; anything else is refused by name.

Long stretches of rectangle records are taken at once, so reading is as fast as memory; everything else goes
record by record. Every step moves forward in the file, so no damage makes it hang or grow.
"""

from __future__ import annotations

import mmap
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError
from fabdesign.formats import gdsii as gds
from fabdesign.formats.drawing import Contents, Key, Note

_WORDS = gds.RECTANGLE_BYTES // 4
_FIRST_BLOCK, _BLOCK = 16, 1 << 16
_FIXED_WORDS = (0, 1, 2, 3, 4, 15)
_RECTANGLE_START = struct.pack(">HH", 4, gds.BOUNDARY)
_NAMES = {0x0900: "PATH", 0x0A00: "SREF", 0x0B00: "AREF", 0x1500: "NODE", 0x2D00: "BOX"}
_SKIPPED_IN_LIBRARY = {0x1F06, 0x2006, 0x2202, 0x2306, 0x3206}
_SKIPPED_IN_TEXT = {0x1701, 0x1A01, 0x1B05, 0x1C05, 0x0F03}


def read_gdsii(path: str | os.PathLike[str]) -> Contents:
    """Read a file of one cell.

    Raises:
        FileFormatError: the file is missing, truncated, damaged, or holds more than shapes and texts.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(file, data).contents()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is empty"
        raise FileFormatError(f"{file} cannot be read: {reason}.") from error


@dataclass
class _Reader:
    file: Path
    data: mmap.mmap
    at: int = 0
    rectangles: dict[Key, list[NDArray[np.int32]]] = field(default_factory=dict)
    polygons: dict[Key, list[NDArray[np.int32]]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def contents(self) -> Contents:
        self.expect(gds.HEADER)
        self.expect(gds.BGNLIB)
        library = self.name(gds.LIBNAME)
        while self.peek() in _SKIPPED_IN_LIBRARY:
            self.record()
        unit_um = self.unit_um()
        self.expect(gds.BGNSTR)
        cell = self.name(gds.STRNAME)
        while self.peek() != gds.ENDSTR:
            self.element()
        self.expect(gds.ENDSTR)
        if self.peek() == gds.BGNSTR:
            raise self.damage("it holds a second cell; a mask file has one")
        self.expect(gds.ENDLIB)
        found = {key: np.concatenate(blocks) for key, blocks in self.rectangles.items()}
        return Contents(library, cell, unit_um, found, self.polygons, tuple(self.notes))

    def damage(self, what: str) -> FileFormatError:
        return FileFormatError(f"{self.file} cannot be read as GDSII at byte {self.at}: {what}.")

    def peek(self) -> int:
        if self.at + 4 > len(self.data):
            raise self.damage("the file ends early")
        return int.from_bytes(self.data[self.at + 2 : self.at + 4], "big")

    def record(self) -> tuple[int, bytes]:
        kind = self.peek()
        length = int.from_bytes(self.data[self.at : self.at + 2], "big")
        if length < 4 or length % 2 or self.at + length > len(self.data):
            raise self.damage(f"a record can't be {length} bytes long here")
        payload = self.data[self.at + 4 : self.at + length]
        self.at += length
        return kind, payload

    def expect(self, kind: int, size: int | None = None) -> bytes:
        start = self.at
        found, payload = self.record()
        if found != kind or (size is not None and len(payload) != size):
            self.at = start
            raise self.damage(f"expected record {kind:04x}, found {found:04x} of {len(payload)} bytes")
        return payload

    def name(self, kind: int) -> str:
        try:
            return self.expect(kind).rstrip(b"\0").decode("ascii")
        except UnicodeDecodeError:
            raise self.damage("a name is not ASCII") from None

    def number(self, kind: int) -> int:
        return int(struct.unpack(">h", self.expect(kind, 2))[0])

    def unit_um(self) -> float:
        metres = _real(self.expect(gds.UNITS, 16)[8:])
        if not 1e-15 <= metres <= 1:
            raise self.damage(f"a database unit of {metres:g} m")
        return metres * 1e6

    def element(self) -> None:
        kind = self.peek()
        if kind == gds.BOUNDARY:
            if not self.stretch():
                self.boundary()
        elif kind == gds.TEXT:
            self.text()
        else:
            raise self.damage(
                f"a mask holds polygons and notes, not {_NAMES.get(kind, f'record {kind:04x}')}"
            )

    def stretch(self) -> bool:
        """Take as many rectangle records of one layer as follow one another, in blocks that grow."""
        if self.data[self.at : self.at + 4] != _RECTANGLE_START:
            raise self.damage("a BOUNDARY record must be empty")
        start, block = self.at, _FIRST_BLOCK
        while self.take(block) == block:
            block = min(2 * block, _BLOCK)
        return self.at > start

    def take(self, most: int) -> int:
        """Take up to so many rectangle records; stop at the first that is none, or is of another layer."""
        count = min(most, (len(self.data) - self.at) // gds.RECTANGLE_BYTES)
        data = self.data[self.at : self.at + count * gds.RECTANGLE_BYTES]
        words = np.frombuffer(data, ">i4").reshape(count, _WORDS)
        if count == 0 or not _is_rectangle_head(words[0]):
            return 0
        fixed = list(_FIXED_WORDS)
        corners, good = _corners(words)
        good &= (words[:, fixed] == words[0, fixed]).all(axis=1)
        taken = count if good.all() else int(np.argmin(good))
        if taken:
            self.rectangles.setdefault(_key(words[0]), []).append(corners[:taken])
            self.at += taken * gds.RECTANGLE_BYTES
        return taken

    def boundary(self) -> None:
        self.expect(gds.BOUNDARY, 0)
        key = self.number(gds.LAYER), self.number(gds.DATATYPE)
        points = self.points()
        if len(points) < 4 or (points[0] != points[-1]).any():
            raise self.damage("a polygon is not closed")
        self.expect(gds.ENDEL, 0)
        self.polygons.setdefault(key, []).append(points[:-1])

    def points(self) -> NDArray[np.int32]:
        payload = self.expect(gds.XY)
        if len(payload) % 8 or not payload:
            raise self.damage("coordinates don't come in pairs")
        return np.frombuffer(payload, ">i4").astype(np.int32).reshape(-1, 2)

    def text(self) -> None:
        self.expect(gds.TEXT, 0)
        layer, texttype = self.number(gds.LAYER), self.number(gds.TEXTTYPE)
        while self.peek() in _SKIPPED_IN_TEXT:
            self.record()
        points = self.points()
        if len(points) != 1:
            raise self.damage("a text lies at one point")
        words = self.name(gds.STRING)
        self.expect(gds.ENDEL, 0)
        self.notes.append(Note(layer, texttype, words, int(points[0, 0]), int(points[0, 1])))


def _is_rectangle_head(words: NDArray[Any]) -> bool:
    expected = gds.rectangle_records(*_key(words), np.zeros((1, 4), np.int32))[0]
    fixed = list(_FIXED_WORDS)
    return bool((words[fixed] == expected[fixed]).all()) and min(_key(words)) >= 0


def _key(words: NDArray[Any]) -> Key:
    """Layer and datatype of a rectangle record: bytes 8 and 9, and 14 and 15."""
    layer, datatype = struct.unpack(">4xh4xh", words[1:4].tobytes())
    return max(0, layer), max(0, datatype)


def _corners(words: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Corners of records, and whether each is a closed rectangle along the axes with an area."""
    points = words[:, 5:15].astype(np.int32).reshape(-1, 5, 2)
    x, y = points[:, :, 0], points[:, :, 1]
    closed = (points[:, 0] == points[:, 4]).all(axis=1)
    first_along_x = (y[:, 0] == y[:, 1]) & (x[:, 1] == x[:, 2]) & (y[:, 2] == y[:, 3]) & (x[:, 3] == x[:, 0])
    first_along_y = (x[:, 0] == x[:, 1]) & (y[:, 1] == y[:, 2]) & (x[:, 2] == x[:, 3]) & (y[:, 3] == y[:, 0])
    corners = np.concatenate([points[:, :4].min(axis=1), points[:, :4].max(axis=1)], axis=1)
    solid = (corners[:, :2] < corners[:, 2:]).all(axis=1)
    return corners, closed & solid & (first_along_x | first_along_y)


def _real(data: bytes) -> float:
    (word,) = struct.unpack(">Q", data)
    mantissa = word & ((1 << 56) - 1)
    return float((-1) ** (word >> 63) * mantissa * 16.0 ** ((word >> 56 & 0x7F) - 64) / 2.0**56)
