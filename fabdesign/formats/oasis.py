"""Writing OASIS (SEMI P39): rectangles as repetitions, everything packed, no time stamps.

Records are packed with DEFLATE, and the file ends with its CRC-32, counted from the first byte of the file as
gdstk does. The same shapes give the same bytes wherever zlib packs alike.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import IO

import numpy as np

from fabdesign.errors import ConfigError
from fabdesign.formats.atomic import atomic_file
from fabdesign.formats.drawing import Drawing, Note, Polygon, Rectangles, Shape, check_range
from fabdesign.formats.oasis_rectangles import rectangle_records
from fabdesign.formats.varint import Integers, encode, encode_signed, signed

MAGIC = b"%SEMI-OASIS\r\n"
START, END, CELL, TEXT, POLYGON, CBLOCK = 1, 2, 14, 19, 21, 34
END_BYTES = 256

POLYGON_INFO, TEXT_INFO = 0b00111011, 0b01011011
POINTS_OF_STEPS = 4
_CRC32 = 1
_LEVEL = 6
_OWN_TABLES, _BLOCK = 6000, 1 << 17


def write_oasis(path: str | os.PathLike[str], drawing: Drawing) -> None:
    """Write a drawing as one OASIS file with one cell.

    Args:
        path: the file; replaced in one step.
        drawing: shapes in database units; there must be a whole number of them in a micrometre.

    Raises:
        ConfigError: a coordinate leaves 32 bits, or the unit or a name can't be written.
        FileFormatError: the file cannot be written.
    """
    with atomic_file(path) as stream:
        write_oasis_stream(stream, drawing)


def write_oasis_stream(stream: IO[bytes], drawing: Drawing) -> None:
    """Write a drawing to an open binary stream; see `write_oasis`."""
    check = 0
    for block in _blocks(drawing):
        stream.write(block)
        check = zlib.crc32(block, check)
    padding = END_BYTES - 1 - 2 - 1 - 4
    end = bytes([END]) + encode(np.array([padding])) + bytes(padding) + bytes([_CRC32])
    stream.write(end + struct.pack("<I", zlib.crc32(end, check)))


def _blocks(drawing: Drawing) -> Iterator[bytes]:
    yield MAGIC + _start(drawing.unit_um)
    yield bytes([CELL]) + _string(drawing.cell)
    waiting: list[bytes] = []
    for shape in drawing.shapes:
        waiting += _records(shape)
        if sum(map(len, waiting)) >= _BLOCK:
            yield _packed(waiting)
            waiting = []
    yield _packed(waiting)


def _start(unit_um: float) -> bytes:
    per_um = round(1 / unit_um)
    if per_um < 1 or abs(per_um * unit_um - 1) > 1e-9:
        raise ConfigError(
            f"OASIS needs a whole number of database units in a micrometre; got {1 / unit_um:g}."
        )
    unit = encode(np.array([0, per_um]))
    offsets_here, no_tables = b"\0", bytes(12)
    return bytes([START]) + _string("1.0") + unit + offsets_here + no_tables


def _records(shape: Shape) -> list[bytes]:
    where = f"Layer {shape.layer}"
    if isinstance(shape, Rectangles):
        check_range(shape.corners, where)
        return rectangle_records(shape.layer, shape.datatype, shape.corners)
    if isinstance(shape, Polygon):
        check_range(shape.points, where)
        return [_polygon(shape)]
    return [_note(shape)]


def _packed(pieces: list[bytes]) -> bytes:
    """A CBLOCK of records; each long piece gets code tables of its own."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = bytearray()
    long = False
    for piece in pieces:
        if long or len(piece) >= _OWN_TABLES:
            packed += packer.flush(zlib.Z_BLOCK)
        packed += packer.compress(piece)
        long = len(piece) >= _OWN_TABLES
    packed += packer.flush()
    length = sum(map(len, pieces))
    return encode(np.array([CBLOCK, 0, length, len(packed)])) + bytes(packed) if length else b""


def _polygon(shape: Polygon) -> bytes:
    points = shape.points.astype(np.int64)
    steps: Integers = np.diff(points, axis=0)
    pairs = np.stack([abs(steps[:, 0]) << 2 | (steps[:, 0] < 0) << 1 | 1, signed(steps[:, 1])], axis=1)
    head = np.array([POLYGON, POLYGON_INFO, shape.layer, shape.datatype, POINTS_OF_STEPS, len(steps)])
    return encode(np.concatenate((head, pairs.ravel()))) + encode_signed(points[0])


def _note(shape: Note) -> bytes:
    head = bytes([TEXT, TEXT_INFO]) + _string(shape.text)
    return (
        head + encode(np.array([shape.layer, shape.texttype])) + encode_signed(np.array([shape.x, shape.y]))
    )


def _string(text: str) -> bytes:
    data = text.encode("ascii", "replace")
    if not text or not all(0x20 <= byte <= 0x7E for byte in text.encode()):
        raise ConfigError(f"OASIS text must be printable ASCII and not empty; got {text!r}.")
    return encode(np.array([len(data)])) + data
