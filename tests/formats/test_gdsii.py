"""GDSII files as gdstk and KLayout read them, and as the records say byte by byte."""

import struct

import gdstk
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.drawing import INT32, Drawing, Note, Polygon, Rectangles
from fabdesign.formats.gdsii import RECTANGLE_BYTES, VERTEX_LIMIT, encode_real, write_gdsii
from tests.formats.layouts import by_gdstk, by_klayout

L_SHAPE = np.array([[0, 0], [20, 0], [20, 10], [10, 10], [10, 30], [0, 30]])


def drawing(*shapes, unit_um=1e-3):
    return Drawing("LIB", "TOP", unit_um, shapes)


def corners(*rows):
    return np.array(rows, np.int64).reshape(-1, 4)


@st.composite
def rectangles(draw):
    x, y = (draw(st.integers(-INT32, INT32 - 1)) for _ in range(2))
    return x, y, draw(st.integers(x + 1, INT32)), draw(st.integers(y + 1, INT32))


@settings(max_examples=30, deadline=None)
@given(st.lists(rectangles(), min_size=1, max_size=20), st.integers(0, 32767), st.integers(0, 32767))
def test_two_readers_find_the_rectangles_that_were_written(tmp_path_factory, rows, layer, datatype):
    path = tmp_path_factory.mktemp("gds") / "a.gds"
    write_gdsii(path, drawing(Rectangles(layer, datatype, corners(*rows))))
    expected = {(layer, datatype): sorted(rows)}
    assert by_gdstk(path).rectangles == expected
    assert by_klayout(path).rectangles == expected


def test_names_unit_text_and_polygon(tmp_path):
    path = tmp_path / "a.gds"
    note = Note(127, 3, "a note of odd length.", -5, 7)
    write_gdsii(path, drawing(note, Polygon(4, 2, L_SHAPE)))
    for layout in (by_gdstk(path), by_klayout(path)):
        assert layout.cell == "TOP"
        assert layout.unit_um == pytest.approx(1e-3, rel=1e-15)
        assert layout.texts == [(127, 3, "a note of odd length.")]
        (polygon,) = layout.polygons[4, 2]
        assert {tuple(point) for point in polygon.tolist()} == {tuple(point) for point in L_SHAPE.tolist()}
    assert by_gdstk(path).library == "LIB"


def test_a_rectangle_takes_64_bytes(tmp_path):
    sizes = []
    for count in (0, 1, 100_000):
        write_gdsii(tmp_path / "a.gds", drawing(Rectangles(1, 0, np.tile([0, 0, 1, 1], (count, 1)))))
        sizes.append((tmp_path / "a.gds").stat().st_size)
    assert [size - sizes[0] for size in sizes] == [0, RECTANGLE_BYTES, RECTANGLE_BYTES * 100_000]


def test_records_follow_one_another_and_end_with_endlib(tmp_path):
    write_gdsii(tmp_path / "a.gds", drawing(Rectangles(1, 0, corners((0, 0, 3, 2)))))
    data = (tmp_path / "a.gds").read_bytes()
    kinds, at = [], 0
    while at < len(data):
        length, kind = struct.unpack_from(">HH", data, at)
        kinds.append(kind)
        at += length
    assert at == len(data)
    assert kinds == [2, 0x102, 0x206, 0x305, 0x502, 0x606, 0x800, 0xD02, 0xE02, 0x1003, 0x1100, 0x700, 0x400]


def test_no_clock_is_in_the_file(tmp_path):
    shapes = [Rectangles(1, 0, corners((0, 0, 3, 2))), Note(1, 0, "x", 0, 0)]
    for name in ("a.gds", "b.gds"):
        write_gdsii(tmp_path / name, drawing(*shapes))
    assert (tmp_path / "a.gds").read_bytes() == (tmp_path / "b.gds").read_bytes()
    stamp = gdstk.gds_timestamp(str(tmp_path / "a.gds"))
    assert (stamp.year, stamp.month, stamp.day) == (2000, 1, 1)


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (1.0, "4110000000000000"),
        (-2.0, "c120000000000000"),
        (0.0, "0000000000000000"),
        (1e-3, "3e4189374bc6a7f0"),
        (1e-9, "3944b82fa09b5a54"),
    ],
)
def test_eight_byte_reals_known_from_other_files(value, data):
    assert encode_real(value).hex() == data


@given(st.floats(1e-60, 1e60) | st.floats(-1e60, -1e-60))
def test_eight_byte_reals_come_back(value):
    (word,) = struct.unpack(">Q", encode_real(value))
    mantissa, exponent = word & (1 << 56) - 1, (word >> 56 & 0x7F) - 64
    assert (-1) ** (word >> 63) * mantissa * 16.0**exponent / 2.0**56 == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (Rectangles(1, 0, np.array([[0, 0, 3_000_000_000, 1]])), "±2147483647 .* got 3000000000"),
        (Rectangles(1, 0, np.array([[-(2**31), 0, 1, 1]])), "got -2147483648"),
        (Polygon(1, 0, L_SHAPE * 10**9), "Layer 1/0: coordinates must lie within"),
        (Note(1, 0, "x", 2**31, 0), "The note on layer 1/0"),
        (Rectangles(32768, 0, np.array([[0, 0, 1, 1]])), "0 to 32767; got 32768"),
        (Rectangles(1, -1, np.array([[0, 0, 1, 1]])), "0 to 32767; got -1"),
        (Polygon(1, 0, L_SHAPE[:2]), "3 to 8190 corners; got 2"),
        (Polygon(1, 0, np.zeros((VERTEX_LIMIT + 1, 2), int)), "3 to 8190 corners; got 8191"),
        (Note(1, 0, "µ", 0, 0), "must be ASCII; got 'µ'"),
        (Note(1, 0, "", 0, 0), "1 to 512 characters; got 0"),
    ],
)
def test_what_the_format_cannot_hold_is_refused_and_nothing_written(tmp_path, shape, message):
    with pytest.raises(ConfigError, match=message):
        write_gdsii(tmp_path / "a.gds", drawing(Rectangles(1, 0, corners((0, 0, 1, 1))), shape))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileFormatError, match="the folder does not exist"):
        write_gdsii(tmp_path / "no" / "a.gds", drawing())


def test_the_largest_polygon_is_read_whole(tmp_path):
    steps = np.arange(VERTEX_LIMIT // 2)
    stairs = np.stack([np.repeat(steps, 2)[1:], np.repeat(steps, 2)[:-1]], axis=1)
    points = np.concatenate([stairs, [[0, steps[-1]]]])
    write_gdsii(tmp_path / "a.gds", drawing(Polygon(1, 0, points)))
    assert len(by_klayout(tmp_path / "a.gds").polygons[1, 0][0]) == len(points)
