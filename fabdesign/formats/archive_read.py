"""Reading the files of a ZIP that anyone may have made, in bounded memory."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from fabdesign.formats.archive_directory import ArchiveEntry, ArchiveLimits, read_directory, refuse
from fabdesign.formats.atomic import atomic_file, writing
from fabdesign.formats.written import Written

_CHUNK = 1 << 18


class ArchiveReader:
    """The files of a ZIP, after everything about it was found safe.

    Refused are: paths that leave the folder, absolute ones, drive letters, backslashes, links, names that
    clash, encryption, ZIP64, several volumes, methods other than deflate, bytes outside the files, headers
    that contradict the directory, overlapping files, and sizes beyond the limits.

    Args:
        stream: the archive; seekable. It stays the caller's to close.
        label: how to call the archive in messages.
        limits: how much it may hold.

    Raises:
        FileFormatError: no ZIP, damaged, or unsafe. Reading raises it where a size or a sum is untrue.
    """

    def __init__(self, stream: IO[bytes], label: str, limits: ArchiveLimits | None = None) -> None:
        self._stream = stream
        self._label = label
        listed = read_directory(stream, label, limits or ArchiveLimits())
        self._entries = {entry.name: entry for entry in listed if not entry.is_folder}
        self.plain: bool = all(entry.plain and not entry.is_folder for entry in listed)
        """Every header is byte by byte as `ArchiveWriter` writes it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files, in the order of the directory."""
        return tuple(self._entries)

    @property
    def entries(self) -> tuple[ArchiveEntry, ...]:
        """The files, in the order of the directory."""
        return tuple(self._entries.values())

    def read(self, name: str, limit: int = 1 << 26) -> bytes:
        """All bytes of a file.

        Raises:
            FileFormatError: there is no such file, it is larger than `limit`, or it is damaged.
        """
        entry = self._find(name)
        if entry.bytes > limit:
            refuse(self._label, f"{name} has {entry.bytes} bytes, more than the {limit} that it may have")
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file piece by piece; the last comes only if the declared size and sum are true.

        Raises:
            FileFormatError: there is no such file, or it is damaged.
        """
        entry = self._find(name)
        size, crc, held = 0, 0, b""
        for piece in self._unpacked(entry):
            if held:
                yield held
            size, crc, held = size + len(piece), zlib.crc32(piece, crc), piece
            if size > entry.bytes:
                refuse(self._label, f"{name} unpacks to more than the {entry.bytes} bytes that it declares")
        if size != entry.bytes or crc != entry.crc:
            refuse(self._label, f"{name} is damaged: its bytes do not have the declared size and sum")
        if held:
            yield held

    def measure(self, name: str) -> Written:
        """Size and SHA-256 of a file.

        Raises:
            FileFormatError: there is no such file, or it is damaged.
        """
        digest, size = hashlib.sha256(), 0
        for piece in self.chunks(name):
            digest.update(piece)
            size += len(piece)
        return Written(size, digest.hexdigest())

    def extract(self, folder: str | os.PathLike[str]) -> None:
        """Write every file below an empty folder.

        Raises:
            FileFormatError: a file is damaged, or cannot be written.
        """
        for name in self.names:
            target = Path(folder).joinpath(*name.split("/"))
            with writing(target.parent):
                target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_file(target) as stream:
                for piece in self.chunks(name):
                    stream.write(piece)

    def _find(self, name: str) -> ArchiveEntry:
        if name not in self._entries:
            refuse(self._label, f"it holds no {name}")
        return self._entries[name]

    def _packed(self, entry: ArchiveEntry) -> Iterator[bytes]:
        for start in range(0, entry.packed_bytes, _CHUNK):
            self._stream.seek(entry.data_at + start)
            yield self._stream.read(min(_CHUNK, entry.packed_bytes - start))

    def _unpacked(self, entry: ArchiveEntry) -> Iterator[bytes]:
        return self._inflated(entry) if entry.deflated else self._packed(entry)

    def _inflated(self, entry: ArchiveEntry) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for chunk in self._packed(entry):
                if inflate.eof:
                    break
                yield from _outputs(inflate, chunk)
            else:
                yield from _outputs(inflate, b"")
                if inflate.eof and not inflate.unused_data:
                    return
        except zlib.error as damaged:
            refuse(self._label, f"{entry.name} is damaged ({damaged})")
        refuse(self._label, f"{entry.name} is damaged: its packed bytes do not end where they should")


def _outputs(inflate: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What comes out after `data` went in, in pieces of bounded size."""
    while piece := inflate.decompress(data, _CHUNK):
        yield piece
        data = inflate.unconsumed_tail
