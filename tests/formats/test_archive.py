"""Archives: the same bytes for the same content, and nothing unsafe is ever read."""

import hashlib
import io
import os
import random
import stat
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from fabdesign.errors import FileFormatError
from fabdesign.formats import archive as writing
from fabdesign.formats.archive import ArchiveWriter, atomic_archive
from fabdesign.formats.archive_directory import ArchiveLimits
from fabdesign.formats.archive_names import clashes, name_fault
from fabdesign.formats.archive_read import ArchiveReader

FILES = {
    "[Content_Types].xml": b"<Types/>",
    "3D/model.model": b"<model/>" * 500,
    "empty": b"",
    "a b.txt": b"x",
}


def packed(files=FILES):
    stream = io.BytesIO()
    with ArchiveWriter(stream) as archive:
        for number, (name, data) in enumerate(files.items()):
            archive.add_bytes(name, data, deflate=number != 3)
    return stream.getvalue()


def reader(data, **limits):
    return ArchiveReader(io.BytesIO(data), "the archive", ArchiveLimits(**limits) if limits else None)


def foreign(entries, **settings):
    """A ZIP as any tool could write it: pairs of a ZipInfo (or a name) and bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", settings.pop("method", zipfile.ZIP_DEFLATED)) as archive:
        for info, data in entries:
            archive.writestr(info, data)
    return stream.getvalue()


def refused(data, words, **limits):
    with pytest.raises(FileFormatError, match=words):
        found = reader(data, **limits)
        for name in found.names:
            found.measure(name)


def test_zipfile_reads_what_was_written():
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert stat.filemode(info.external_attr >> 16) == "-rw-r--r--"
        assert [info.compress_type for info in archive.infolist()] == [8, 8, 8, 0]


def test_the_reader_reads_what_was_written():
    found = reader(packed())
    assert found.plain
    assert {name: found.read(name) for name in found.names} == FILES
    assert found.measure("3D/model.model").sha256 == hashlib.sha256(FILES["3D/model.model"]).hexdigest()


def test_written_says_size_and_hash(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"abc" * 1000)
    with atomic_archive(tmp_path / "x.zip") as archive:
        written = archive.add_file("abc", source)
        with archive.entry("parts") as entry:
            entry.write(memoryview(b"ab"))
            entry.write(bytearray(b"c"))
    assert written == (3000, hashlib.sha256(b"abc" * 1000).hexdigest())
    assert entry.written == (3, hashlib.sha256(b"abc").hexdigest())


def test_bytes_depend_on_nothing_but_content(tmp_path):
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from fabdesign.formats.archive import atomic_archive\n"
        "with atomic_archive('x.zip') as archive: archive.add_bytes('a/b', b'abc' * 999)"
    )
    sums = []
    for number, zone in enumerate(("Pacific/Auckland", "America/Lima")):
        folder = tmp_path / str(number)
        folder.mkdir()
        environment = {**os.environ, "TZ": zone}
        command = [sys.executable, "-c", program, str(Path.cwd())]
        subprocess.run(command, cwd=folder, env=environment, check=True, umask=0o077 * number)
        sums.append(hashlib.sha256((folder / "x.zip").read_bytes()).hexdigest())
        time.sleep(0.01)
    assert sums[0] == sums[1]


def test_a_failure_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="mine"), atomic_archive(tmp_path / "x.zip") as archive:
        archive.add_bytes("a", b"a")
        raise RuntimeError("mine")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "/x", "a\\b", "C:x", "a", "A", "a/b"])
def test_the_writer_refuses_what_the_reader_would(name):
    with ArchiveWriter(io.BytesIO()) as archive:
        archive.add_bytes("a", b"")
        with pytest.raises(FileFormatError):
            archive.add_bytes(name, b"")


def test_large_files_are_stored_before_they_look_like_bombs(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "RATIO_FREE_BYTES", 1 << 16)
    zeros, noise = tmp_path / "zeros", tmp_path / "noise"
    zeros.write_bytes(bytes(1 << 20))
    noise.write_bytes(random.Random(1).randbytes(1 << 17))
    with atomic_archive(tmp_path / "x.zip") as archive:
        archive.add_file("zeros", zeros)
        archive.add_file("noise", noise)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert [info.compress_type for info in archive.infolist()] == [0, 8]


def test_files_beyond_a_plain_zip_are_told(monkeypatch):
    monkeypatch.setattr(writing, "LARGEST_FILE", 1000)
    with ArchiveWriter(io.BytesIO()) as archive, pytest.raises(FileFormatError, match="at most 1000"):
        archive.add_bytes("a", bytes(1001))
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    with pytest.raises(FileFormatError, match="larger than"), ArchiveWriter(io.BytesIO()) as archive:
        for number in range(10):
            archive.add_bytes(str(number), b"abc")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("a/../../b", "leads out"),
        ("..", "leads out"),
        ("..\\x", "backslash"),
        ("C:/x", "drive"),
        ("a//b", "empty part"),
        ("./a", "empty part"),
        ("a\0b", "character"),
        ("a\n", "character"),
        ("ü", "character"),
        ("a.", "ends with a dot"),
        ("nul.txt", "device"),
        ("x" * 300, "characters"),
    ],
)
def test_unsafe_names_are_refused(name, fault):
    assert fault in name_fault(name)
    if name:
        info = zipfile.ZipInfo()
        info.filename = info.orig_filename = name
        refused(foreign([(info, b"x")]), "file named")


@pytest.mark.parametrize("name", ["3D/3dmodel.model", "_rels/.rels", "[Content_Types].xml", "a b-1,2.stl"])
def test_ordinary_names_are_taken(name):
    assert name_fault(name) is None


@pytest.mark.parametrize("pair", [("a", "a"), ("A.stl", "a.stl"), ("a/b", "a"), ("a", "A/b")])
def test_names_that_clash_are_refused(pair):
    assert list(clashes(pair))
    with pytest.warns(UserWarning, match="Duplicate") if pair[0] == pair[1] else _nothing():
        data = foreign([(name, b"x") for name in pair])
    refused(data, "overwrite each other")


def test_links_and_devices_are_refused():
    for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
        info = zipfile.ZipInfo("link")
        info.external_attr = (kind | 0o777) << 16
        refused(foreign([(info, b"/etc/passwd")]), "link or a device")


def test_encryption_and_odd_methods_are_refused():
    data = bytearray(packed({"a": b"abc"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    refused(bytes(data), "encrypted")
    refused(foreign([("a", b"abc")], method=zipfile.ZIP_BZIP2), "other than deflate")


def test_zip64_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("a", "w", force_zip64=True) as entry:
        entry.write(b"abc")
    refused(stream.getvalue(), "contradicts|ZIP64")
    data = packed({"a": b"abc"})
    end = data[-22:]
    locator = b"PK\x06\x07" + bytes(16)
    refused(data[:-22] + locator + end, "ZIP64")
    refused(data[:-14] + b"\xff\xff\xff\xff" + data[-10:], "ZIP64")


@pytest.mark.parametrize("where", ["before", "between", "after", "comment"])
def test_bytes_of_no_file_are_refused(where):
    data = packed({"a": b"abc"})
    directory = data.index(b"PK\x01\x02")
    altered = {
        "before": b"MZ" + data,
        "between": data[:directory] + b"xx" + data[directory:],
        "after": data + b"xx",
        "comment": data[:-2] + b"\x02\x00xx",
    }[where]
    refused(altered, "bytes|damaged")


def test_overlapping_files_are_refused():
    """Two entries of the directory that share one stretch of data, as in a quoted bomb."""
    data = packed({"a": b"abc"})
    directory = data.index(b"PK\x01\x02")
    body, record = data[:directory], data[directory:-22]
    second = record.replace(b"a", b"b")
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(record) * 2, directory, 0)
    refused(body + record + second + end, "contradicts")
    refused(body + record + record + end, "overwrite each other")


def test_too_much_is_refused_before_it_is_unpacked():
    files = {"a": bytes(5000), "b": bytes(5000)}
    refused(packed(files), "more than it may have", file_bytes=4999)
    refused(packed(files), "in all", total_bytes=9999)
    refused(packed(files), "lists 2 files", entries=1)
    refused(packed(files), "lists 2 files", directory_bytes=60)
    bomb = packed({"a": bytes((1 << 26) + 1)})
    assert len(bomb) < 100_000
    refused(bomb, "as a bomb does")
    with pytest.raises(FileFormatError, match="more than the 10"):
        reader(packed(files)).read("a", 10)


@pytest.mark.parametrize("declared", [10, 5000])
def test_a_size_that_lies_is_refused(declared):
    """Packed bytes that unpack to more or less than declared, with the sum of what was declared."""
    data = bytearray(packed({"a": bytes(4096)}))
    crc = zlib.crc32(bytes(declared))
    struct.pack_into("<L", data, 14, crc)
    struct.pack_into("<L", data, 22, declared)
    directory = data.index(b"PK\x01\x02")
    struct.pack_into("<L", data, directory + 16, crc)
    struct.pack_into("<L", data, directory + 24, declared)
    refused(bytes(data), "unpacks to more|declared size")


def test_bytes_after_the_packed_ones_are_refused():
    """A compressed stream that ends early, with something hidden behind it."""
    for hidden in (b"x", bytes(1 << 19)):
        squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = squeeze.compress(b"abc") + squeeze.flush() + hidden
        head = struct.pack("<5H3L2H", 20, 0, 8, 0, 0x21, zlib.crc32(b"abc"), len(body), 3, 1, 0)
        local = b"PK\x03\x04" + head + b"a" + body
        central = b"PK\x01\x02" + struct.pack("<H", 20) + head + bytes(10) + struct.pack("<L", 0) + b"a"
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
        refused(local + central + end, "do not end where they should")


def test_archives_of_other_tools_are_read(tmp_path):
    """With folders, sizes after the data, and comments on files."""
    stream = _Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("sub")
        archive.writestr("sub/a.txt", b"abc" * 100)
    found = reader(stream.data)
    assert not found.plain
    found.extract(tmp_path)
    assert (tmp_path / "sub/a.txt").read_bytes() == b"abc" * 100


def test_each_changed_byte_is_refused_or_changes_nothing():
    """Every byte of an archive, altered one by one; nothing but a clear error or the true content."""
    data = packed({"a": b"abc" * 20, "b/c": b"\0\1\2"})
    truth = {"a": b"abc" * 20, "b/c": b"\0\1\2"}
    packed_bytes = {
        place
        for entry in reader(data).entries
        for place in range(entry.data_at, entry.data_at + entry.packed_bytes)
    }
    for place in range(len(data)):
        for flip in (1, 0x80, 0xFF):
            altered = bytearray(data)
            altered[place] ^= flip
            try:
                found = reader(bytes(altered))
                content = {name: found.read(name) for name in found.names}
            except FileFormatError:
                continue
            if found.plain and list(content) == list(truth):
                assert content == truth, place
                assert place in packed_bytes, "only another packing of the same bytes may pass for plain"


def test_truncated_and_random_bytes_are_refused():
    data = packed()
    for size in range(len(data)):
        refused(data[:size], "cannot be read")
    chance = random.Random(3)
    for _ in range(300):
        altered = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            altered[chance.randrange(len(data))] = chance.randrange(256)
        try:
            found = reader(bytes(altered))
            for name in found.names:
                found.measure(name)
        except FileFormatError:
            pass


class _Unseekable(io.RawIOBase):
    """A pipe, to which zipfile writes sizes after the data."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


class _nothing:  # noqa: N801  (a context that expects nothing)
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False
