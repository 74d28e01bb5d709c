"""Writing GDSII: records straight from arrays, 64 bytes a rectangle, the same bytes for the same shapes.

The stream format is that of the Calma *GDSII Stream Format Manual*, release 6.0: big-endian records of
length, type and data type. Time stamps are fixed, because a clock in the file would change its hash.
"""

from __future__ import annotations

import math
import os
import struct
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.formats.atomic import atomic_file
from fabdesign.formats.drawing import Drawing, Note, Polygon, Rectangles, Shape, check_range

HEADER, BGNLIB, LIBNAME, UNITS, ENDLIB = 0x0002, 0x0102, 0x0206, 0x0305, 0x0400
BGNSTR, STRNAME, ENDSTR = 0x0502, 0x0606, 0x0700
BOUNDARY, TEXT, LAYER, DATATYPE, XY, ENDEL = 0x0800, 0x0C00, 0x0D02, 0x0E02, 0x1003, 0x1100
TEXTTYPE, STRING = 0x1602, 0x1906

RECTANGLE_BYTES = 64
VERTEX_LIMIT = 8190
"""Most corners of a polygon: a record's length is 16 bits, and the first corner is written twice."""

_STAMP = (100, 1, 1, 0, 0, 0)
"""The first day of 2000: years count from 1900."""

_WORDS = RECTANGLE_BYTES // 4
_BLOCK = 1 << 15


def write_gdsii(path: str | os.PathLike[str], drawing: Drawing) -> None:
    """Write a drawing as one GDSII file with one cell.

    Args:
        path: the file; replaced in one step.
        drawing: shapes in database units.

    Raises:
        ConfigError: a coordinate leaves 32 bits, a layer 16, or a polygon has too many corners.
        FileFormatError: the file cannot be written.
    """
    with atomic_file(path) as stream:
        write_gdsii_stream(stream, drawing)


def write_gdsii_stream(stream: IO[bytes], drawing: Drawing) -> None:
    """Write a drawing to an open binary stream; see `write_gdsii`."""
    stream.write(_opening(drawing))
    for shape in drawing.shapes:
        _write_shape(stream, shape)
    stream.write(record(ENDSTR) + record(ENDLIB))


def record(kind: int, data: bytes = b"") -> bytes:
    """One record: length, type and data type, data; text is padded to an even length.

    >>> record(ENDEL).hex()
    '00041100'
    """
    padded = data + b"\0" * (len(data) % 2)
    return struct.pack(">HH", 4 + len(padded), kind) + padded


def encode_real(value: float) -> bytes:
    """An eight-byte real: sign, exponent of 16 in excess 64, and 56 bits of mantissa below one.

    >>> encode_real(1e-3).hex(), encode_real(1.0).hex()
    ('3e4189374bc6a7f0', '4110000000000000')
    """
    if value == 0:
        return bytes(8)
    exponent = math.floor(math.log(abs(value), 16)) + 1
    mantissa = round(math.ldexp(abs(value), 56 - 4 * exponent))
    if mantissa >= 1 << 56:
        exponent, mantissa = exponent + 1, mantissa >> 4
    return struct.pack(">Q", (value < 0) << 63 | (exponent + 64) << 56 | mantissa)


def rectangle_records(layer: int, datatype: int, corners: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """BOUNDARY records of rectangles, counter-clockwise from the lowest corner: big-endian int32 [n, 16]."""
    words = np.empty((len(corners), _WORDS), ">i4")
    words[:, 0] = 4 << 16 | BOUNDARY
    words[:, 1:4] = np.frombuffer(_layer_and_type(layer, LAYER) + _layer_and_type(datatype, DATATYPE), ">i4")
    words[:, 4] = (4 + 5 * 8) << 16 | XY
    for word, corner in zip(range(5, 15), (0, 1, 2, 1, 2, 3, 0, 3, 0, 1), strict=True):
        words[:, word] = corners[:, corner]
    words[:, 15] = 4 << 16 | ENDEL
    return words


def _opening(drawing: Drawing) -> bytes:
    stamps = struct.pack(">12h", *_STAMP, *_STAMP)
    units = encode_real(drawing.unit_um) + encode_real(drawing.unit_um / 1e6)
    return b"".join(
        (
            record(HEADER, struct.pack(">h", 600)),
            record(BGNLIB, stamps),
            record(LIBNAME, _ascii(drawing.library)),
            record(UNITS, units),
            record(BGNSTR, stamps),
            record(STRNAME, _ascii(drawing.cell)),
        )
    )


def _write_shape(stream: IO[bytes], shape: Shape) -> None:
    if isinstance(shape, Rectangles):
        check_range(shape.corners, f"Layer {shape.layer}/{shape.datatype}")
        for first in range(0, len(shape.corners), _BLOCK):
            block = rectangle_records(shape.layer, shape.datatype, shape.corners[first : first + _BLOCK])
            stream.write(block.data)
    elif isinstance(shape, Polygon):
        stream.write(_polygon(shape))
    else:
        stream.write(_note(shape))


def _polygon(shape: Polygon) -> bytes:
    check_range(shape.points, f"Layer {shape.layer}/{shape.datatype}")
    if not 3 <= len(shape.points) <= VERTEX_LIMIT:
        raise ConfigError(
            f"A GDSII polygon must have 3 to {VERTEX_LIMIT} corners; got {len(shape.points)} "
            f"on layer {shape.layer}/{shape.datatype}."
        )
    closed = np.concatenate((shape.points, shape.points[:1])).astype(">i4")
    head = record(BOUNDARY) + _layer_and_type(shape.layer, LAYER) + _layer_and_type(shape.datatype, DATATYPE)
    return head + record(XY, closed.tobytes()) + record(ENDEL)


def _note(shape: Note) -> bytes:
    check_range(np.array([shape.x, shape.y]), f"The note on layer {shape.layer}/{shape.texttype}")
    head = record(TEXT) + _layer_and_type(shape.layer, LAYER) + _layer_and_type(shape.texttype, TEXTTYPE)
    place = record(XY, struct.pack(">ii", shape.x, shape.y))
    return head + place + record(STRING, _ascii(shape.text)) + record(ENDEL)


def _layer_and_type(number: int, kind: int) -> bytes:
    if not 0 <= number < 1 << 15:
        raise ConfigError(f"A GDSII layer or datatype must be 0 to 32767; got {number}.")
    return record(kind, struct.pack(">h", number))


def _ascii(text: str) -> bytes:
    try:
        data = text.encode("ascii")
    except UnicodeEncodeError as error:
        raise ConfigError(f"GDSII text must be ASCII; got {text!r}.") from error
    if not 0 < len(data) <= 512:
        raise ConfigError(f"GDSII text must have 1 to 512 characters; got {len(data)}.")
    return data
