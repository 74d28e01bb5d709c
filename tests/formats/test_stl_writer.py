"""The STL writer against the format's definition and an independent reader."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import stl

from fabdesign.errors import FileFormatError
from fabdesign.formats.stl import StlWriter, stl_bytes, stl_header

VERTICES = np.array([[[0, 0, 0], [1, 0, 0], [0, 2, 0]], [[0, 0, 1], [0, 3, 1], [1, 0, 1]]], dtype=np.float32)
NORMALS = np.array([[0, 0, 1], [0, 0, -1]], dtype=np.float32)


def written(header: str = "a header") -> bytes:
    stream = io.BytesIO()
    writer = StlWriter(stream, header, 2)
    writer.write(VERTICES[:1], NORMALS[:1])
    writer.write(VERTICES[1:], NORMALS[1:])
    writer.finish()
    return stream.getvalue()


def test_bytes_are_those_of_the_format():
    data = written()
    assert len(data) == stl_bytes(2) == 184
    assert data[:80] == b"a header".ljust(80)
    assert struct.unpack("<I", data[80:84]) == (2,)
    record = struct.unpack("<12fH", data[134:184])
    assert record == (0, 0, -1, 0, 0, 1, 0, 3, 1, 1, 0, 1, 0)


def test_numpy_stl_reads_it(tmp_path):
    path = tmp_path / "two.stl"
    path.write_bytes(written())
    mesh = stl.mesh.Mesh.from_file(str(path), calculate_normals=False)
    np.testing.assert_array_equal(mesh.vectors, VERTICES)
    np.testing.assert_array_equal(mesh.normals, NORMALS)


@pytest.mark.parametrize("text", ["solid thing", "SOLID", "x" * 81, "µm"])
def test_headers_that_readers_would_misread_are_refused(text):
    with pytest.raises(FileFormatError, match="STL header"):
        stl_header(text)


def test_too_many_triangles_are_refused_before_writing():
    stream = io.BytesIO()
    with pytest.raises(FileFormatError, match="at most 4294967295 triangles"):
        StlWriter(stream, "x", 2**32)
    assert not stream.getvalue()


def test_a_wrong_count_is_never_left_unsaid():
    writer = StlWriter(io.BytesIO(), "x", 3)
    writer.write(VERTICES, NORMALS)
    with pytest.raises(AssertionError):
        writer.finish()
