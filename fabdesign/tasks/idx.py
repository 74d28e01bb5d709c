"""IDX, the format of MNIST: a magic number, the sizes, then the bytes; plain or gzipped."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError

_UNSIGNED_BYTE = 0x08
_STEM = {"train": "train", "test": "t10k"}
_KIND = {"images": "idx3", "labels": "idx1"}


def has_idx(folder: Path) -> bool:
    """Whether a folder holds a file that is named like one of IDX images."""
    return any(folder.glob("*-images*idx3-ubyte*"))


def find_idx(folder: Path, part: str, what: str) -> Path:
    """Return the path of one of the four files of a data set like MNIST.

    Args:
        folder: where they lie.
        part: ``"train"`` or ``"test"``.
        what: ``"images"`` or ``"labels"``.

    Raises:
        FileFormatError: the file is missing.
    """
    stems = [f"{stem}-{what}{mark}{_KIND[what]}-ubyte" for stem in {_STEM[part], part} for mark in "-."]
    for name in sorted(stems):
        for ending in ("", ".gz"):
            path = folder / f"{name}{ending}"
            if path.is_file():
                return path
    raise FileFormatError(
        f"{folder} must hold {_STEM[part]}-{what}-{_KIND[what]}-ubyte, plain or .gz; it does not.",
        hint="The four files of MNIST, Fashion-MNIST or EMNIST belong in one folder.",
    )


def read_idx(path: Path, *, dimensions: int) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes.

    Args:
        path: a plain or gzipped file.
        dimensions: how many the array must have (3 for images, 1 for labels).

    Raises:
        FileFormatError: the file is unreadable, truncated, too long, or holds something else.
    """
    data = _content(path)
    header = 4 + 4 * dimensions
    if len(data) < header or data[:4] != bytes((0, 0, _UNSIGNED_BYTE, dimensions)):
        raise FileFormatError(
            f"{path} must be an IDX file of unsigned bytes with {dimensions} dimensions "
            f"(first bytes 00 00 08 {dimensions:02x}); it begins with {data[:4].hex(' ') or 'nothing'}."
        )
    shape = struct.unpack(f">{dimensions}I", data[4:header])
    expected = header + int(np.prod(shape, dtype=object))
    if len(data) != expected:
        raise FileFormatError(
            f"{path} must be {expected} bytes long for its sizes {list(shape)}; it is {len(data)}.",
            hint="The file is truncated or damaged; fetch it again.",
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def _content(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise FileFormatError(f"{path} cannot be read: {error}.", hint="Fetch the file again.") from error
