"""The list of files in a ZIP that anyone may have made, believed only after every record agrees with it."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, NoReturn

from fabdesign.errors import FileFormatError
from fabdesign.formats.archive import ATTRIBUTES, FIXED_TIME, HIGHEST_RATIO, RATIO_FREE_BYTES, UNIX, VERSION
from fabdesign.formats.archive_names import clashes, name_fault

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_ZIP64_LOCATOR, _ZIP64_LOCATOR_BYTES, _ZIP64_EXTRA = b"PK\x06\x07", 20, 1
_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_PATCH, _DESCRIPTOR = 1 << 5, 1 << 3
_DESCRIPTOR_BYTES = (12, 16)
_RECORD_BYTES, _RECORD_LENGTHS_AT = 46, 28
_FIXED_DATE = 0x21
_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)


@dataclass(frozen=True)
class ArchiveLimits:
    """How much a ZIP may hold before it is refused unread.

    Args:
        entries: number of files.
        directory_bytes: size of the list of files.
        file_bytes: size of one file, unpacked.
        total_bytes: size of all files, unpacked.
        ratio: unpacked to packed size of a file larger than 64 MiB.
    """

    entries: int = 2000
    directory_bytes: int = 1 << 20
    file_bytes: int = 1 << 31
    total_bytes: int = 1 << 33
    ratio: float = HIGHEST_RATIO + 10


@dataclass(frozen=True)
class ArchiveEntry:
    """A file in an archive.

    Args:
        name: its path, with "/" between parts.
        bytes: unpacked size, as declared; only reading proves it.
        packed_bytes: size in the archive.
        crc: CRC-32 of the unpacked bytes, as declared.
        deflated: packed by deflate, not stored.
        header_at: where its header begins.
        data_at: where its packed bytes begin.
        described: a record of its sizes follows its packed bytes.
        plain: its headers are byte by byte those that `ArchiveWriter` writes.
    """

    name: str
    bytes: int
    packed_bytes: int
    crc: int
    deflated: bool
    header_at: int
    data_at: int
    described: bool
    plain: bool

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder, and holds nothing."""
        return self.name.endswith("/")


def refuse(label: str, why: str) -> NoReturn:
    """Say that an archive is not to be read.

    Raises:
        FileFormatError: always.
    """
    raise FileFormatError(
        f"{label} cannot be read: {why}.", hint="Fetch the archive again from where it was made."
    )


def read_directory(stream: IO[bytes], label: str, limits: ArchiveLimits) -> tuple[ArchiveEntry, ...]:
    """List the files of a ZIP in the order of its directory, folders among them.

    Args:
        stream: the archive; seekable.
        label: how to call it in messages.
        limits: how much it may hold.

    Raises:
        FileFormatError: no ZIP, damaged, or unsafe.
    """
    directory_at = _check_end(stream, label, limits)
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError) as damaged:
        refuse(label, f"its directory is damaged ({damaged})")
    _check_names(infos, label)
    _check_sizes(infos, label, limits)
    entries = tuple(_entry(stream, info, label) for info in infos)
    _check_places(entries, directory_at, label)
    return entries


def _check_end(stream: IO[bytes], label: str, limits: ArchiveLimits) -> int:
    """Check the record at the archive's end; returns where the directory begins."""
    total = stream.seek(0, os.SEEK_END)
    if total < _END.size:
        refuse(label, "it is no ZIP file, or is truncated")
    stream.seek(max(0, total - _END.size - _ZIP64_LOCATOR_BYTES))
    tail = stream.read(_END.size + _ZIP64_LOCATOR_BYTES)
    mark, disk, first, here, entries, size, at, comment = _END.unpack(tail[-_END.size :])
    if mark != b"PK\x05\x06" or comment:
        refuse(label, "it is no ZIP file, is truncated, or has bytes after its end")
    if disk or first or here != entries:
        refuse(label, "it is one volume of several")
    if tail.startswith(_ZIP64_LOCATOR) or entries == 0xFFFF or 0xFFFFFFFF in (size, at):
        refuse(label, "it is a ZIP64 archive")
    if entries > limits.entries or size > limits.directory_bytes:
        refuse(label, f"it lists {entries} files in {size} bytes, more than it may")
    if at + size + _END.size != total:
        refuse(label, "there are bytes before, between or after its parts")
    stream.seek(at)
    _check_lengths(stream.read(size), label)
    return int(at)


def _check_lengths(directory: bytes, label: str) -> None:
    """The records of the directory fill it; zipfile would cut the last one short in silence."""
    at = 0
    while at + _RECORD_BYTES <= len(directory):
        at += _RECORD_BYTES + sum(struct.unpack_from("<3H", directory, at + _RECORD_LENGTHS_AT))
    if at != len(directory):
        refuse(label, "its directory is damaged (its records do not fill it)")


def _check_names(infos: Sequence[zipfile.ZipInfo], label: str) -> None:
    for info in infos:
        if fault := _fault(info):
            refuse(label, f"the file named {info.orig_filename[:80]!r} {fault}")
    for later, earlier in clashes(info.orig_filename.rstrip("/") for info in infos if not info.is_dir()):
        refuse(label, f"{later!r} and {earlier!r} would overwrite each other")


def _fault(info: zipfile.ZipInfo) -> str | None:
    folder = info.orig_filename.endswith("/")
    known_methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    faults = {
        "is a link or a device, not a file": stat.S_IFMT(info.external_attr >> 16) not in _KINDS,
        "is encrypted": info.flag_bits & _ENCRYPTED,
        "is a patch to another file": info.flag_bits & _PATCH,
        "is packed by a method other than deflate": info.compress_type not in known_methods,
        "lies on another volume": info.volume,
        "has the sizes of a ZIP64 archive": _has_zip64(info.extra),
        "is a folder with content": folder and (info.file_size or info.compress_size),
    }
    unsafe = name_fault(info.orig_filename.removesuffix("/"))
    return unsafe or next((fault for fault, found in faults.items() if found), None)


def _check_sizes(infos: Sequence[zipfile.ZipInfo], label: str, limits: ArchiveLimits) -> None:
    for info in infos:
        if info.file_size > limits.file_bytes:
            refuse(label, f"{info.filename} declares {info.file_size} bytes, more than it may have")
        if info.file_size > RATIO_FREE_BYTES and info.file_size > limits.ratio * info.compress_size:
            ratio = info.file_size / max(1, info.compress_size)
            refuse(label, f"{info.filename} unpacks to {ratio:.0f} times its size, as a bomb does")
    total = sum(info.file_size for info in infos)
    if total > limits.total_bytes:
        refuse(label, f"its files declare {total} bytes in all, more than they may have")


def _entry(stream: IO[bytes], info: zipfile.ZipInfo, label: str) -> ArchiveEntry:
    """The entry, after its own header was found to agree with the directory."""
    name = info.orig_filename
    stream.seek(info.header_offset)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        refuse(label, f"{name} has no header")
    _, version, flags, method, time, date, crc, packed, size, name_bytes, extra_bytes = _LOCAL.unpack(head)
    local_name, extra = stream.read(name_bytes), stream.read(extra_bytes)
    described = bool(flags & _DESCRIPTOR)
    sizes = (info.CRC, info.compress_size, info.file_size)
    same_sizes = (crc, packed, size) == sizes or (described and (crc, packed, size) == (0, 0, 0))
    same = (local_name, flags, method) == (name.encode("ascii"), info.flag_bits, info.compress_type)
    if not (same and same_sizes) or _has_zip64(extra):
        refuse(label, f"the header of {name} contradicts the directory")
    plain = (version, flags, time, date, extra) == (VERSION, 0, 0, _FIXED_DATE, b"") and _is_plain(info)
    return ArchiveEntry(
        name=name,
        bytes=info.file_size,
        packed_bytes=info.compress_size,
        crc=info.CRC,
        deflated=info.compress_type == zipfile.ZIP_DEFLATED,
        header_at=info.header_offset,
        data_at=info.header_offset + _LOCAL.size + name_bytes + extra_bytes,
        described=described,
        plain=plain,
    )


def _is_plain(info: zipfile.ZipInfo) -> bool:
    found = (info.create_system, info.create_version, info.extract_version, info.reserved, info.flag_bits)
    more = (info.date_time, info.extra, info.comment, info.internal_attr, info.external_attr)
    return found == (UNIX, VERSION, VERSION, 0, 0) and more == (FIXED_TIME, b"", b"", 0, ATTRIBUTES)


def _check_places(entries: Sequence[ArchiveEntry], directory_at: int, label: str) -> None:
    """Every byte before the directory belongs to one entry."""
    ordered = sorted(entries, key=lambda entry: entry.header_at)
    starts = [entry.header_at for entry in ordered] + [directory_at]
    if starts[0]:
        refuse(label, "there are bytes before its first file")
    for entry, (_, after) in zip(ordered, pairwise(starts), strict=True):
        gap = after - entry.data_at - entry.packed_bytes
        if gap not in (_DESCRIPTOR_BYTES if entry.described else (0,)):
            refuse(label, f"{entry.name} overlaps another file, or bytes of no file follow it")


def _has_zip64(extra: bytes) -> bool:
    return any(kind == _ZIP64_EXTRA for kind in _extra_kinds(extra))


def _extra_kinds(extra: bytes) -> Iterator[int]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind
        at += 4 + size
