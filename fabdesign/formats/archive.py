"""ZIP files whose bytes depend on nothing but their content: no clock, no owner, no system."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

from fabdesign.errors import FileFormatError
from fabdesign.formats.archive_names import clashes, name_fault
from fabdesign.formats.atomic import atomic_file
from fabdesign.formats.reading import reading
from fabdesign.formats.written import Written

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
UNIX, VERSION, ATTRIBUTES = 3, 20, (stat.S_IFREG | 0o644) << 16
RATIO_FREE_BYTES = 1 << 26
"""Files up to this size may be squeezed as far as they go."""
HIGHEST_RATIO = 250
"""Larger files are stored rather than squeezed beyond this, so that no reader takes them for a bomb."""
LARGEST_FILE = (1 << 31) - (1 << 24)
"""A plain ZIP counts to 2 GiB; what deflate cannot squeeze grows a little."""
_CHUNK = 1 << 20


class ArchiveWriter:
    """Writes files into a ZIP, one after the other, in the order they come.

    Every entry has the same time (1980-01-01), owner system and rights. Deflated bytes are those of zlib, at
    level 6 unless an entry says otherwise: the same wherever the same zlib is used.

    Args:
        stream: where the archive goes; seekable, open for writing from its start.

    Raises:
        FileFormatError: on any method: a name is unsafe or there twice, or the archive would need ZIP64.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=False)
        self._names: list[str] = []

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        told = _sizes_told() if error is None else contextlib.suppress(Exception)
        with told:
            self._zip.close()

    @contextlib.contextmanager
    def entry(self, name: str, *, deflate: bool = True, level: int | None = None) -> Iterator[EntryWriter]:
        """Open a new entry to write to, batch by batch; `level` is zlib's."""
        self._claim(name)
        info = zipfile.ZipInfo(name, FIXED_TIME)
        info._compresslevel = level  # type: ignore[attr-defined]  # public from Python 3.13 on
        info.compress_type = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
        info.create_system, info.external_attr = UNIX, ATTRIBUTES
        with _sizes_told(), self._zip.open(info, "w") as stream:
            yield EntryWriter(stream)

    def add_bytes(self, name: str, data: bytes, *, deflate: bool = True) -> Written:
        """Add an entry from memory."""
        with self.entry(name, deflate=deflate) as entry:
            entry.write(data)
        return entry.written

    def add_file(self, name: str, path: str | os.PathLike[str], *, deflate: bool = True) -> Written:
        """Add an entry from a file, in bounded memory."""
        file = Path(path)
        with reading(file), file.open("rb") as stream:
            deflate = deflate and not _too_squeezable(stream)
            stream.seek(0)
            with self.entry(name, deflate=deflate) as entry:
                while chunk := stream.read(_CHUNK):
                    entry.write(chunk)
        return entry.written

    def _claim(self, name: str) -> None:
        if fault := name_fault(name):
            raise FileFormatError(f"An archive cannot hold {name!r}: the name {fault}.")
        self._names.append(name)
        for later, earlier in clashes(self._names):
            raise FileFormatError(f"An archive cannot hold {later!r} beside {earlier!r}: the names clash.")


class EntryWriter:
    """An open entry of an archive, which counts and hashes what is written to it."""

    def __init__(self, stream: SupportsWrite) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._bytes = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write a batch of bytes."""
        view = memoryview(data).cast("B")
        if self._bytes + len(view) > LARGEST_FILE:
            raise FileFormatError(
                f"A file in a plain ZIP may have at most {LARGEST_FILE} bytes.",
                hint="Write the files without an archive.",
            )
        self._stream.write(view)
        self._digest.update(view)
        self._bytes += len(view)
        return len(view)

    @property
    def written(self) -> Written:
        """Size and hash so far, of the bytes before compression."""
        return Written(self._bytes, self._digest.hexdigest())


class SupportsWrite(Protocol):
    """Anything bytes can be written to."""

    def write(self, data: memoryview, /) -> object:
        """Write bytes."""


@contextlib.contextmanager
def atomic_archive(path: str | os.PathLike[str]) -> Iterator[ArchiveWriter]:
    """Write a ZIP beside `path` that takes its place only when the block ends well.

    Raises:
        FileFormatError: the file cannot be written; nothing is left behind.
    """
    with atomic_file(path) as stream, ArchiveWriter(stream) as archive:
        yield archive


@contextlib.contextmanager
def _sizes_told() -> Iterator[None]:
    try:
        yield
    except zipfile.LargeZipFile as large:
        raise FileFormatError(
            "The archive would be larger than the 2 GiB that a plain ZIP may have.",
            hint="Write the files without an archive, or fewer formats at a time.",
        ) from large


def _too_squeezable(stream: IO[bytes]) -> bool:
    """Whether deflate would squeeze a large file beyond what readers take, from as few bytes as it needs."""
    size = stream.seek(0, os.SEEK_END)
    if size <= RATIO_FREE_BYTES:
        return False
    stream.seek(0)
    squeeze, squeezed = zlib.compressobj(), 0
    while squeezed * HIGHEST_RATIO <= size:
        chunk = stream.read(_CHUNK)
        if not chunk:
            return True
        squeezed += len(squeeze.compress(chunk))
    return False
