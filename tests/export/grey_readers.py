"""Readers of grey files that share nothing with the writers: bytes, struct and zlib, and gdstk."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import gdstk
import numpy as np


def read_png(path: Path) -> np.ndarray:
    """The samples of a grey PNG of 1, 8 or 16 bits without interlacing, row 0 on top."""
    chunks = dict.fromkeys(("IHDR", "IDAT"), b"")
    data, at = path.read_bytes(), 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        name = kind.decode()
        if name in chunks:
            chunks[name] += data[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks["IHDR"])
    assert (colour, interlace) == (0, 0)
    stride, step = -(-width * bits // 8), max(1, bits // 8)
    rows = np.frombuffer(zlib.decompress(chunks["IDAT"]), np.uint8).reshape(height, stride + 1)
    decoded = np.zeros((height + 1, stride + step), np.int64)
    for y, row in enumerate(rows, start=1):
        _unfilter(int(row[0]), row[1:], decoded, y, step)
    plain = decoded[1:, step:].astype(np.uint8)
    if bits == 1:
        return np.unpackbits(plain, axis=1)[:, :width]
    return plain.view(f">u{step}").astype(int)


def _unfilter(kind: int, row: np.ndarray, decoded: np.ndarray, y: int, step: int) -> None:
    for x, byte in enumerate(row, start=step):
        left, up, corner = decoded[y, x - step], decoded[y - 1, x], decoded[y - 1, x - step]
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda value: abs(guess - value))
        decoded[y, x] = (int(byte) + (0, left, up, (left + up) // 2, nearest)[kind]) % 256


def read_bmp(path: Path) -> np.ndarray:
    """The palette's grey of every pixel of an uncompressed BMP of 1 or 8 bits, row 0 on top."""
    data = path.read_bytes()
    (start,) = struct.unpack_from("<I", data, 10)
    head, width, height, _, bits, packing = struct.unpack_from("<IiiHHI", data, 14)
    assert packing == 0
    palette = np.frombuffer(data, np.uint8, 4 * 2**bits, 14 + head).reshape(-1, 4)
    stride = -(-width * bits // 32) * 4
    rows = np.frombuffer(data, np.uint8, stride * height, start).reshape(height, stride)[::-1]
    index = np.unpackbits(rows, axis=1) if bits == 1 else rows
    return palette[index[:, :width], 0].astype(int)


def read_tiff(path: Path) -> tuple[np.ndarray, dict[int, object]]:
    """The samples of an uncompressed little-endian 16-bit TIFF, row 0 on top, and its tags."""
    data = path.read_bytes()
    assert data[:4] == b"II*\0"
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    tags = dict(_tag(data, at + 2 + 12 * k) for k in range(count))
    assert (tags[258], tags[259], tags[262]) == ((16,), (1,), (1,))
    strips = zip(tags[273], tags[279], strict=True)
    joined = b"".join(data[start : start + size] for start, size in strips)
    return np.frombuffer(joined, "<u2").reshape(tags[257][0], tags[256][0]).astype(int), tags


def _tag(data: bytes, at: int) -> tuple[int, object]:
    tag, kind, count = struct.unpack_from("<HHI", data, at)
    size, letter = {2: (1, "s"), 3: (2, "H"), 4: (4, "I"), 5: (8, "II")}[kind]
    start = at + 8 if size * count <= 4 else struct.unpack_from("<I", data, at + 8)[0]
    if kind == 2:
        return tag, data[start : start + count].rstrip(b"\0").decode("ascii")
    return tag, struct.unpack_from("<" + letter * count, data, start)


def read_gds_layers(path: Path, pitch_um: float, shape: tuple[int, int]) -> np.ndarray:
    """The layer number of every pixel, row 0 with the smallest y; -1 where there is none or more than one."""
    (cell,) = gdstk.read_gds(path).cells
    ny, nx = shape
    found = np.full(shape, -1)
    times = np.zeros(shape, int)
    for polygon in cell.polygons:
        (x0, y0), (x1, y1) = np.rint(np.array(polygon.bounding_box()) / pitch_um + np.array([nx, ny]) / 2)
        assert abs(polygon.area() - (x1 - x0) * (y1 - y0) * pitch_um**2) < 1e-9
        box = slice(int(y0), int(y1)), slice(int(x0), int(x1))
        found[box] = polygon.layer
        times[box] += 1
    return np.where(times == 1, found, -1)
