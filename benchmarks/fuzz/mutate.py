"""Ways to damage a file: by its bytes alone, or inside its packing with the checksums put right again."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

import numpy as np

Change = Callable[[bytearray, bytes, np.random.Generator], None]

_LARGE = (b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0" * 4, b"\0\0\0\x80", b"9999999999", b"-1e308")
_RUN = 48
_PNG = b"\x89PNG\r\n\x1a\n"
_OASIS = b"%SEMI-OASIS\r\n"
_ZIP = b"PK\x03\x04"
_OASIS_END = 256


def _flip(data: bytearray, _other: bytes, rng: np.random.Generator) -> None:
    for at in rng.integers(0, len(data), rng.integers(1, 5)):
        data[at] ^= 1 << int(rng.integers(8))


def _noise(data: bytearray, _other: bytes, rng: np.random.Generator) -> None:
    at, count = _stretch(data, rng)
    data[at : at + count] = rng.bytes(count)


def _cut(data: bytearray, _other: bytes, rng: np.random.Generator) -> None:
    del data[int(rng.integers(len(data))) :]


def _leave_out(data: bytearray, _other: bytes, rng: np.random.Generator) -> None:
    at, count = _stretch(data, rng)
    del data[at : at + count]


def _double(data: bytearray, _other: bytes, rng: np.random.Generator) -> None:
    at, count = _stretch(data, rng)
    data[at:at] = data[at : at + count] * int(rng.integers(1, 40))


def _large(data: bytearray, _other: bytes, rng: np.random.Generator) -> None:
    at, word = int(rng.integers(len(data))), _LARGE[int(rng.integers(len(_LARGE)))]
    data[at : at + len(word)] = word


def _splice(data: bytearray, other: bytes, rng: np.random.Generator) -> None:
    at = int(rng.integers(len(data)))
    data[at:] = other[int(rng.integers(len(other))) if rng.integers(2) else at :]


def _swap(data: bytearray, _other: bytes, rng: np.random.Generator) -> None:
    first, count = _stretch(data, rng)
    second = int(rng.integers(len(data)))
    one, two = bytes(data[first : first + count]), bytes(data[second : second + count])
    if len(one) == len(two):
        data[first : first + count], data[second : second + count] = two, one


CHANGES: tuple[Change, ...] = (_flip, _noise, _cut, _leave_out, _double, _large, _splice, _swap)


def mutate(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """Damage a file once or twice; half of the time inside its packing, if it has one.

    Args:
        data: the file.
        other: a file of the same format, to splice pieces from.
        rng: decides everything.
    """
    if rng.integers(2):
        for start, inside in ((_PNG, _inside_png), (_OASIS, _inside_oasis), (_ZIP, _inside_zip)):
            if data.startswith(start) and other.startswith(start):
                return inside(data, other, rng)
    return _change(data, other, rng)


def _change(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 3))):
        if changed:
            CHANGES[int(rng.integers(len(CHANGES)))](changed, other or data, rng)
    return bytes(changed)


def _stretch(data: Sequence[int], rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(len(data))), int(rng.integers(1, _RUN))


def _inside_png(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """One chunk damaged, all checksums right."""
    chunks = _chunks(data)
    which = int(rng.integers(len(chunks)))
    kind, content = chunks[which]
    if kind == b"IDAT" and rng.integers(2):
        content = zlib.compress(_change(zlib.decompress(content), other, rng))
    else:
        content = _change(content or b"\0", other, rng)
    chunks[which] = kind, content
    parts = (struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in chunks)
    return _PNG + b"".join(parts)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    at, chunks = len(_PNG), []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += length + 12
    return chunks


def _inside_oasis(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """The packed block damaged, its lengths and the checksum right."""
    start, head, content = _block(data)
    body = _change(content, _block(other)[2], rng)
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(body) + packer.flush()
    written = data[:start] + head + _varint(len(body)) + _varint(len(packed)) + packed + data[-_OASIS_END:-4]
    return written + struct.pack("<I", zlib.crc32(written))


def _block(data: bytes) -> tuple[int, bytes, bytes]:
    """Where the first packed block begins, its type and method, and what it unpacks to."""
    head = b"\x22\0"
    start = data.index(head, len(_OASIS))
    at = start + len(head)
    for _ in range(2):
        while data[at] & 0x80:
            at += 1
        at += 1
    return start, head, zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[at:])


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _inside_zip(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """One entry damaged or renamed, lengths and checksums right; packed only where it was."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
        method = archive.infolist()[0].compress_type
    names = list(entries)
    which = names[int(rng.integers(len(names)))]
    if rng.integers(8) == 0:
        entries["../" * int(rng.integers(3)) + which + "x"] = entries.pop(which)
    else:
        entries[which] = _change(entries[which] or b"\0", other, rng)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return stream.getvalue()
