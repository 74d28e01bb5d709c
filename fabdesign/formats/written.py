"""Size and hash of what has just been written."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import IO, NamedTuple

from fabdesign.formats.reading import reading

_CHUNK = 1 << 20


class Written(NamedTuple):
    """Size and SHA-256 of a file."""

    bytes: int
    sha256: str


def measure(stream: IO[bytes]) -> Written:
    """Size and hash of an open file, which is left at its end."""
    stream.flush()
    digest = hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return Written(stream.seek(0, os.SEEK_END), digest.hexdigest())


def hash_file(path: Path) -> Written:
    """Size and hash of a file.

    Raises:
        FileFormatError: the file is missing or unreadable.
    """
    with reading(path), path.open("rb") as stream:
        return measure(stream)
