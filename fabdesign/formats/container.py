"""The container of designs, calibrations and checkpoints: arrays and one JSON record in a safetensors file.

The file has exactly one metadata key; with two or more, the bytes would differ from save to save.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from numpy.typing import NDArray
from safetensors import numpy as safetensors_numpy

from fabdesign.errors import FileFormatError
from fabdesign.formats import canonical_json
from fabdesign.formats.atomic import write_bytes_atomic
from fabdesign.formats.reading import reading

METADATA_KEY = "fabdesign"
_LENGTH = struct.Struct("<Q")
_LARGEST_HEADER = 100_000_000


def write_container(
    path: str | os.PathLike[str], arrays: Mapping[str, NDArray[Any]], record: Mapping[str, Any]
) -> None:
    """Write arrays and a JSON record in one step; equal input gives equal bytes.

    Args:
        path: the file to write.
        arrays: named arrays of any shape; stored little-endian.
        record: what the arrays mean; plain JSON.

    Raises:
        FileFormatError: the file cannot be written.
        ValueError: the record holds NaN.
    """
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    metadata = {METADATA_KEY: canonical_json.dumps(record).decode("utf-8")}
    write_bytes_atomic(path, safetensors_numpy.save(tensors, metadata))


def read_container(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read the arrays and the record of a container.

    Raises:
        FileFormatError: the file is missing, truncated, altered or not one of ours.
    """
    file = Path(path)
    data = read_bytes(file)
    record = _record(data, file)
    try:
        arrays = safetensors_numpy.load(data)
    except (safetensors.SafetensorError, ValueError, KeyError, OverflowError) as error:
        raise FileFormatError(
            f"{file} is truncated or damaged: {error}.", hint="Fetch or write the file again."
        ) from error
    return arrays, record


def is_container(path: str | os.PathLike[str]) -> bool:
    """Tell by its first bytes whether a file can be a container.

    Raises:
        FileFormatError: the file cannot be read.
    """
    file = Path(path)
    with reading(file), file.open("rb") as stream:
        head = stream.read(_LENGTH.size + 1)
    return (
        len(head) == _LENGTH.size + 1 and head[-1:] == b"{" and _LENGTH.unpack(head[:-1])[0] < _LARGEST_HEADER
    )


def container_kind(path: str | os.PathLike[str]) -> str:
    """What a container says it holds: "design", "mesh", …; empty where it does not say.

    Raises:
        FileFormatError: the file is missing, truncated or not one of ours.
    """
    file = Path(path)
    return str(_record(read_bytes(file), file).get("kind", ""))


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        FileFormatError: the file is missing or unreadable.
    """
    with reading(path):
        return path.read_bytes()


def _record(data: bytes, file: Path) -> dict[str, Any]:
    damaged = FileFormatError(
        f"{file} is not a fabdesign file, or is truncated or damaged.",
        hint="Expected a .safetensors file that fabdesign wrote.",
    )
    if len(data) < _LENGTH.size:
        raise damaged
    (length,) = _LENGTH.unpack(data[: _LENGTH.size])
    if length > min(_LARGEST_HEADER, len(data) - _LENGTH.size):
        raise damaged
    try:
        header = json.loads(data[_LENGTH.size : _LENGTH.size + length])
        record = json.loads(header["__metadata__"][METADATA_KEY])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged from error
    if not isinstance(record, dict):
        raise damaged
    return record
