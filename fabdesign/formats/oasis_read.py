"""Reading OASIS strictly: the records that `oasis` writes, and nothing else.

Inside its packed blocks every byte of such a file belongs to an integer of seven bits a byte, text included,
so a block is decoded at once and then cut into records. The file's checksum is held against its bytes first.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError
from fabdesign.formats import oasis
from fabdesign.formats.drawing import INT32, Contents, Key, Note
from fabdesign.formats.oasis_rectangles import RECTANGLE
from fabdesign.formats.oasis_steps import take_steps
from fabdesign.formats.varint import LONGEST, MORE, Integers, decode, unsigned

MOST_UNPACKED = 1 << 25
"""Most bytes of one block."""
MOST_RECTANGLES = 1 << 25

_CHECK_BYTES = 4
_MOST_UNITS = 1_000_000
_TABLES = 13
_STEPS_IN_COLUMN, _STEPS = 7, 11
_MOST_FLAGS = 0x7F
_BITS = {"layer": 0x01, "datatype": 0x02, "width": 0x40, "height": 0x20, "x": 0x10, "y": 0x08}
"""Flags of what a rectangle gives anew, in the order in which it follows."""
_REPEATED = 0x04


def read_oasis(path: str | os.PathLike[str]) -> Contents:
    """Read a file of one cell.

    Raises:
        FileFormatError: the file is missing, truncated, damaged, or holds records that are not ours.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(file, data).contents()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise FileFormatError(
            f"{file} cannot be read as OASIS: {reason}.", hint="Export it again."
        ) from error


@dataclass
class _Reader:
    file: Path
    data: mmap.mmap
    at: int = 0
    count: int = 0
    rectangles: dict[Key, list[NDArray[np.int32]]] = field(default_factory=dict)
    polygons: dict[Key, list[NDArray[np.int32]]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def contents(self) -> Contents:
        self.check()
        unit_um = self.start()
        cell = self.cell()
        while self.data[self.at : self.at + 1] != bytes([oasis.END]):
            self.block()
        if len(self.data) - self.at != oasis.END_BYTES:
            raise ValueError(f"the end record at byte {self.at} must be the last {oasis.END_BYTES} bytes")
        found = {key: np.concatenate(blocks) for key, blocks in self.rectangles.items()}
        return Contents(cell, cell, unit_um, found, self.polygons, tuple(self.notes))

    def check(self) -> None:
        """Hold the checksum against the bytes."""
        if self.data[: len(oasis.MAGIC)] != oasis.MAGIC:
            raise ValueError("it does not begin as OASIS does")
        if len(self.data) < len(oasis.MAGIC) + oasis.END_BYTES:
            raise ValueError("the file ends early")
        body = memoryview(self.data)[:-_CHECK_BYTES]
        try:
            (stored,) = struct.unpack("<I", self.data[-_CHECK_BYTES:])
            if body[-1] != 1 or zlib.crc32(body) != stored:
                raise ValueError("its CRC-32 is not that of its bytes: it was altered or cut off")
        finally:
            body.release()
        self.at = len(oasis.MAGIC)

    def start(self) -> float:
        """The database unit in µm."""
        if self.take() != oasis.START or self.text() != "1.0" or self.take() != 0:
            raise ValueError("it must begin with version 1.0 and a whole number of units in a micrometre")
        per_um = self.take()
        if not 1 <= per_um <= _MOST_UNITS or any(self.take() for _ in range(_TABLES)):
            raise ValueError(f"it has {per_um} database units in a micrometre, or tables of names")
        return 1 / per_um

    def cell(self) -> str:
        if self.take() != oasis.CELL:
            raise ValueError(f"a cell must follow before byte {self.at}")
        return self.text()

    def block(self) -> None:
        kind, method, length, packed = (self.take() for _ in range(4))
        if kind != oasis.CBLOCK or method != 0:
            raise ValueError(f"a packed block must follow before byte {self.at}, not record {kind}")
        start, end = self.at, self.at + packed
        if length > MOST_UNPACKED or end > len(self.data):
            raise ValueError(f"a block can't have {length} bytes, packed to {packed}, at byte {start}")
        self.at = end
        self.records(_Tokens(decode(_unpack(self.data[start:end], length))))

    def take(self) -> int:
        """One integer outside the packed blocks."""
        head = self.data[self.at : self.at + LONGEST]
        size = next((at + 1 for at, byte in enumerate(head) if byte < MORE), 0)
        if size == 0:
            raise ValueError(f"an integer at byte {self.at} is cut off or too long")
        self.at += size
        return int(decode(head[:size])[0])

    def text(self) -> str:
        length = self.take()
        self.at += length
        return _text(self.data[self.at - length : self.at], length)

    def records(self, tokens: _Tokens) -> None:
        modal: dict[str, int] = {}
        while tokens.left:
            kind = tokens.take()
            if kind == RECTANGLE:
                self.take_rectangles(tokens, modal)
            elif kind == oasis.POLYGON:
                self.take_polygon(tokens)
            elif kind == oasis.TEXT:
                self.take_note(tokens)
            else:
                raise ValueError(f"record {kind} is none that fabdesign writes")

    def take_rectangles(self, tokens: _Tokens, modal: dict[str, int]) -> None:
        flags = tokens.take()
        if flags > _MOST_FLAGS:
            raise ValueError("a rectangle has unknown flags")
        for name, bit in _BITS.items():
            if flags & bit:
                value = tokens.take()
                modal[name] = (-(value >> 1) if value & 1 else value >> 1) if name in "xy" else value
        if any(name not in modal for name in _BITS) or not modal["width"] or not modal["height"]:
            raise ValueError("a rectangle has no place or no size")
        offsets = _repetition(tokens) if flags & _REPEATED else np.zeros((1, 2), np.int64)
        self.count += len(offsets)
        if self.count > MOST_RECTANGLES:
            raise ValueError(f"it holds more than {MOST_RECTANGLES} rectangles")
        low = offsets + np.array([modal["x"], modal["y"]])
        high = low + np.array([modal["width"], modal["height"]])
        corners = _in_range(np.concatenate([low, high], axis=1))
        self.rectangles.setdefault((modal["layer"], modal["datatype"]), []).append(corners)

    def take_polygon(self, tokens: _Tokens) -> None:
        tokens.expect(oasis.POLYGON_INFO)
        key = tokens.take(), tokens.take()
        tokens.expect(oasis.POINTS_OF_STEPS)
        steps = tokens.steps(tokens.take())
        start = unsigned(tokens.many(2))
        points = np.concatenate([start[None], start + np.cumsum(steps, axis=0)])
        if len(points) < 3:
            raise ValueError("a polygon has fewer than three corners")
        self.polygons.setdefault(key, []).append(_in_range(points))

    def take_note(self, tokens: _Tokens) -> None:
        tokens.expect(oasis.TEXT_INFO)
        text = tokens.text()
        layer, texttype = tokens.take(), tokens.take()
        x, y = _in_range(unsigned(tokens.many(2))).tolist()
        self.notes.append(Note(layer, texttype, text, x, y))


class _Tokens:
    """Integers of a stretch of bytes, taken one after the other."""

    def __init__(self, values: Integers) -> None:
        self.values = values
        self.at = 0

    @property
    def left(self) -> int:
        return len(self.values) - self.at

    def take(self) -> int:
        return int(self.many(1)[0])

    def many(self, count: int) -> Integers:
        if count > self.left:
            raise ValueError("a record is cut off")
        self.at += count
        return self.values[self.at - count : self.at]

    def expect(self, value: int) -> None:
        if (found := self.take()) != value:
            raise ValueError(f"{found} stands where fabdesign writes {value}")

    def text(self) -> str:
        letters = self.many(self.take())
        return _text(letters.clip(0, 0xFF).astype(np.uint8).tobytes(), len(letters))

    def steps(self, count: int) -> Integers:
        """So many steps, [count, xy]."""
        steps, used = take_steps(self.values[self.at : self.at + 2 * count], count)
        self.at += used
        return steps


def _text(data: bytes, length: int) -> str:
    if len(data) != length or not all(0x20 <= byte <= 0x7E for byte in data):
        raise ValueError("a text is cut off, or not printable ASCII")
    return data.decode("ascii")


def _repetition(tokens: _Tokens) -> Integers:
    """Where the rectangles of a record lie from the first, [n, xy]."""
    kind, count, grid = tokens.take(), tokens.take() + 1, tokens.take()
    if kind not in (_STEPS_IN_COLUMN, _STEPS) or not 1 <= grid <= INT32 or count > tokens.left:
        raise ValueError(f"a repetition of kind {kind} with {count + 1} members can't stand here")
    if kind == _STEPS_IN_COLUMN:
        up = tokens.many(count)
        steps = np.stack([np.zeros_like(up), up], axis=1)
    else:
        steps = tokens.steps(count)
    if int(np.abs(steps).max(initial=0)) * grid > 2 * INT32 + 1:
        raise ValueError("a step leaves 32 bits")
    offsets = np.zeros((count + 1, 2), np.int64)
    np.cumsum(steps * grid, axis=0, out=offsets[1:])
    return offsets


def _in_range(coordinates: Integers) -> NDArray[np.int32]:
    if len(coordinates) and (coordinates.min() < -INT32 or coordinates.max() > INT32):
        raise ValueError("a coordinate leaves 32 bits")
    return coordinates.astype(np.int32)


def _unpack(packed: bytes, length: int) -> bytes:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = unpacker.decompress(packed, length + 1)
    except zlib.error as error:
        raise ValueError(f"a block can't be unpacked ({error})") from error
    if len(data) != length or not unpacker.eof or unpacker.unused_data:
        raise ValueError(f"a block must unpack to {length} bytes; got {len(data)}")
    return data
