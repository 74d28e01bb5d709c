"""Our reader of OASIS: finds what was written, agrees with KLayout, and answers damage with a clear error."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabdesign.errors import FileFormatError
from fabdesign.formats import oasis_read
from fabdesign.formats.drawing import Drawing, Note, Polygon, Rectangles
from fabdesign.formats.oasis import END_BYTES, write_oasis
from fabdesign.formats.oasis_read import read_oasis
from fabdesign.formats.varint import decode, encode
from fabdesign.relief.rectangles import merged_rectangles

L_SHAPE = np.array([(0, 0), (10, 0), (10, 7), (5, 7), (5, 9), (0, 9)]) - 4


def drawn(corners: np.ndarray, path: Path) -> Path:
    shapes = [Rectangles(1, 0, corners), Polygon(3, 1, L_SHAPE), Note(127, 0, "hello, world", -5, 1000)]
    write_oasis(path, Drawing("TOP", "TOP", 1e-3, shapes))
    return path


def by_corner(corners: np.ndarray) -> np.ndarray:
    return corners[np.lexsort(corners.T)]


@pytest.mark.parametrize("side", [1, 7, 40, 300])
def test_what_was_written_comes_back(side: int, tmp_path: Path) -> None:
    corners = (
        merged_rectangles(np.random.default_rng(side).random((side, side)) < 0.5).astype(np.int64) * 1500 - 7
    )
    found = read_oasis(drawn(corners, tmp_path / "a.oas"))
    if len(corners):
        np.testing.assert_array_equal(by_corner(found.rectangles[1, 0]), by_corner(corners))
    np.testing.assert_array_equal(found.polygons[3, 1][0], L_SHAPE)
    assert found.notes == (Note(127, 0, "hello, world", -5, 1000),)
    assert (found.cell, found.unit_um) == ("TOP", 1e-3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corners=st.lists(
        st.tuples(
            st.integers(-(2**31) + 1, 2**30), st.integers(-9, 9), st.integers(1, 2**29), st.integers(1, 3)
        ),
        min_size=1,
        max_size=80,
    )
)
def test_any_rectangles_come_back(corners: list[tuple[int, int, int, int]], tmp_path: Path) -> None:
    x, y, width, height = np.array(corners).T
    whole = np.stack([x, y, x + width, y + height], axis=1)
    found = read_oasis(drawn(whole, tmp_path / "a.oas"))
    np.testing.assert_array_equal(by_corner(found.rectangles[1, 0]), by_corner(whole))


def test_klayout_finds_the_same_area(tmp_path: Path) -> None:
    klayout = pytest.importorskip("klayout.db")
    corners = merged_rectangles(np.random.default_rng(1).random((50, 60)) < 0.5).astype(np.int64) * 250
    path = drawn(corners, tmp_path / "a.oas")
    layout = klayout.Layout()
    layout.read(str(path))
    region = klayout.Region(layout.top_cell().begin_shapes_rec(layout.find_layer(1, 0)))
    found = read_oasis(path).rectangles[1, 0].astype(np.int64)
    assert ((found[:, 2] - found[:, 0]) * (found[:, 3] - found[:, 1])).sum() == region.area()


def test_files_of_other_programs_are_refused(tmp_path: Path) -> None:
    klayout = pytest.importorskip("klayout.db")
    layout = klayout.Layout()
    layout.create_cell("TOP").shapes(layout.layer(1, 0)).insert(klayout.Box(0, 0, 5, 5))
    layout.write(str(tmp_path / "k.oas"))
    with pytest.raises(FileFormatError, match="cannot be read as OASIS"):
        read_oasis(tmp_path / "k.oas")


def test_every_flipped_bit_and_every_cut_is_seen(tmp_path: Path) -> None:
    path = drawn(np.array([[0, 0, 2, 3], [5, 5, 7, 8]]), tmp_path / "a.oas")
    good = path.read_bytes()
    for at in range(len(good)):
        bad = bytearray(good)
        bad[at] ^= 1 << at % 8
        path.write_bytes(bad)
        with pytest.raises(FileFormatError, match="cannot be read as OASIS"):
            read_oasis(path)
    for end in range(0, len(good), 7):
        path.write_bytes(good[:end])
        with pytest.raises(FileFormatError, match=r"cannot be read"):
            read_oasis(path)


def signed_again(body: bytes) -> bytes:
    end = bytes([2]) + encode(np.array([END_BYTES - 8])) + bytes(END_BYTES - 8) + b"\1"
    return body + end + struct.pack("<I", zlib.crc32(body + end))


def packed(records: bytes, length: int | None = None) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    content = packer.compress(records) + packer.flush()
    return encode(np.array([34, 0, len(records) if length is None else length, len(content)])) + content


HEAD = b"%SEMI-OASIS\r\n\x01\x031.0\x00\xe8\x07\x00" + bytes(12) + b"\x0e\x01A"


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (b"\x14\x7b\x01\x00\x02\x03\x00\x00", ""),
        (b"\x14\x7b\x01\x00\x02\x03\x00", "cut off"),
        (b"\x14\x1b\x01\x00\x00\x00", "no place or no size"),
        (b"\x14\x7b\x01\x00\x00\x03\x00\x00", "no place or no size"),
        (b"\x14\x7f\x01\x00\x02\x03\x00\x00\x07\xff\xff\xff\x7f\x01", "can't stand here"),
        (b"\x14\x7f\x01\x00\x02\x03\x00\x00\x03\x01\x01", "can't stand here"),
        (b"\x14\x7f\x01\x00\x02\x03\x00\x00\x07\x00\xff\xff\xff\xff\x07\x02", "32 bits"),
        (b"\x14\x7b\x01\x00\x02\x03\xff\xff\xff\xff\x7f\x00", "32 bits"),
        (b"\x15\x3b\x01\x00\x04\x01\x01\x02\x00\x00", "fewer than three"),
        (b"\x16", "none that fabdesign writes"),
        (b"\xff" * 12 + b"\1", "63 bits"),
        (b"\x80", "cut off"),
    ],
)
def test_broken_records_are_refused(records: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.oas"
    path.write_bytes(signed_again(HEAD + packed(records)))
    if not words:
        assert read_oasis(path).rectangles[1, 0].tolist() == [[0, 0, 2, 3]]
        return
    with pytest.raises(FileFormatError, match=words):
        read_oasis(path)


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.oas"
    bomb = bytes(oasis_read.MOST_UNPACKED + 1)
    path.write_bytes(signed_again(HEAD + packed(bomb)))
    with pytest.raises(FileFormatError, match="can't have"):
        read_oasis(path)
    path.write_bytes(signed_again(HEAD + packed(bomb, length=10)))
    with pytest.raises(FileFormatError, match="must unpack to 10 bytes"):
        read_oasis(path)
    monkeypatch.setattr(oasis_read, "MOST_RECTANGLES", 3)
    drawn(np.array([[k, 0, k + 1, 1] for k in range(0, 8, 2)]), path)
    with pytest.raises(FileFormatError, match="more than 3 rectangles"):
        read_oasis(path)


def test_missing_and_empty_files(tmp_path: Path) -> None:
    (tmp_path / "a.oas").touch()
    for name in ("a.oas", "nowhere.oas"):
        with pytest.raises(FileFormatError, match="cannot be read as OASIS"):
            read_oasis(tmp_path / name)


@given(st.lists(st.integers(0, 2**63 - 1)))
def test_integers_come_back(values: list[int]) -> None:
    assert decode(encode(np.array(values, np.int64))).tolist() == values
