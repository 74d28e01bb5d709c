"""Files that are no whole binary STL are refused in plain words, and memory stays bounded."""

import struct
from pathlib import Path

import numpy as np
import pytest

from fabdesign.check.stl_file import CHUNK_TRIANGLES, open_stl
from fabdesign.errors import ExitCode, FileFormatError
from tests.check.voxels import voxel_triangles, write_stl

CUBE = voxel_triangles(np.array([[1.0]]), 1.0)
ASCII = b"solid cube\n facet normal 0 0 1\n  outer loop\n   vertex 0 0 0\n" + b" " * 100


@pytest.fixture
def cube(tmp_path: Path) -> Path:
    return write_stl(tmp_path / "cube.stl", CUBE)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: b"", "is empty"),
        (lambda data: ASCII, "is an ASCII STL"),
        (lambda data: data[:50], "has 50 bytes; a binary STL has at least 84"),
        (lambda data: data[:-1], "is truncated"),
        (lambda data: data[:200], "is truncated"),
        (lambda data: data + b"\0", "is longer than its count says"),
        (lambda data: data[:80] + struct.pack("<I", 4_000_000_000) + data[84:], "4000000000 triangles"),
        (lambda data: data[:80] + struct.pack("<I", 0), "holds no triangles"),
    ],
)
def test_a_damaged_file_is_refused(cube: Path, damage: object, message: str) -> None:
    cube.write_bytes(damage(cube.read_bytes()))  # type: ignore[operator]
    with pytest.raises(FileFormatError, match=message) as refusal:
        open_stl(cube)
    assert refusal.value.exit_code is ExitCode.FILE
    assert refusal.value.hint


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_coordinates_must_be_finite(cube: Path, value: float) -> None:
    corners = CUBE.copy()
    corners[7, 1, 2] = value
    with np.errstate(invalid="ignore"):
        write_stl(cube, corners)
    with pytest.raises(FileFormatError, match="not finite, first in triangle 7"):
        list(open_stl(cube).corners())


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="does not exist"):
        open_stl(tmp_path / "none.stl")
    with pytest.raises(FileFormatError, match="cannot be read"):
        open_stl(tmp_path)


def test_solid_in_the_header_of_a_binary_file_does_no_harm(cube: Path) -> None:
    cube.write_bytes(b"solid" + cube.read_bytes()[5:])
    np.testing.assert_array_equal(np.concatenate(list(open_stl(cube).corners())), CUBE)


def test_pieces_make_the_whole(tmp_path: Path) -> None:
    many = np.tile(CUBE, (CHUNK_TRIANGLES // 12 + 1, 1, 1)) + np.arange(12.0)[0]
    file = open_stl(write_stl(tmp_path / "many.stl", many))
    pieces = list(file.corners())
    assert [len(piece) for piece in pieces] == [CHUNK_TRIANGLES, len(many) - CHUNK_TRIANGLES]
    np.testing.assert_array_equal(np.concatenate(pieces), many)
