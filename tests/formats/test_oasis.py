"""OASIS files as gdstk and KLayout read them, their CRC, and their size."""

import gdstk
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.errors import ConfigError
from fabdesign.formats import oasis_rectangles
from fabdesign.formats.drawing import Drawing, Note, Polygon, Rectangles
from fabdesign.formats.oasis import write_oasis
from fabdesign.formats.varint import encode, encode_signed
from fabdesign.relief.rectangles import merged_rectangles
from tests.formats.layouts import by_gdstk, by_klayout
from tests.formats.test_gdsii import L_SHAPE

REACH = 10**9


def drawing(*shapes, unit_um=1e-3):
    return Drawing("LIB", "TOP", unit_um, shapes)


@st.composite
def rectangles(draw):
    """Few sizes and few columns, so that every kind of repetition appears."""
    grid = draw(st.sampled_from([1, 7, 1500, 10**6]))
    x, y = draw(st.integers(-9, 9)) * grid, draw(st.integers(-99, 99)) * grid
    return x, y, x + draw(st.integers(1, 2)) * grid, y + draw(st.integers(1, 2)) * grid


@pytest.mark.parametrize("dense", [2, 32])
@settings(max_examples=30, deadline=None)
@given(rows=st.lists(rectangles(), min_size=1, max_size=60, unique=True))
def test_two_readers_find_the_rectangles_that_were_written(tmp_path_factory, dense, rows):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oasis_rectangles, "_DENSE", dense)
        path = tmp_path_factory.mktemp("oas") / "a.oas"
        write_oasis(path, drawing(Rectangles(5, 2, np.array(rows)), Rectangles(6, 0, np.array(rows[:1]))))
    expected = {(5, 2): sorted(rows), (6, 0): rows[:1]}
    assert by_gdstk(path).rectangles == expected
    assert by_klayout(path).rectangles == expected
    assert gdstk.oas_validate(str(path))[0]


def test_a_column_denser_than_the_limit_and_a_scattered_size(tmp_path):
    column = [(0, 10 * k, 5, 10 * k + 5) for k in range(50)]
    scattered = [(97 * k, -31 * k, 97 * k + 3, -31 * k + 4) for k in range(50)]
    lone = [(-REACH, -REACH, REACH, REACH)]
    write_oasis(tmp_path / "a.oas", drawing(Rectangles(1, 0, np.array(column + scattered + lone))))
    assert by_gdstk(tmp_path / "a.oas").rectangles == {(1, 0): sorted(column + scattered + lone)}
    assert by_klayout(tmp_path / "a.oas").rectangles == {(1, 0): sorted(column + scattered + lone)}


def test_names_unit_text_and_polygon(tmp_path):
    path = tmp_path / "a.oas"
    write_oasis(path, drawing(Note(127, 0, "a note", -5, 7), Polygon(4, 2, L_SHAPE - 12)))
    for layout in (by_gdstk(path), by_klayout(path)):
        assert layout.cell == "TOP"
        assert layout.unit_um == pytest.approx(1e-3, rel=1e-15)
        assert layout.texts == [(127, 0, "a note")]
        (polygon,) = layout.polygons[4, 2]
        assert {tuple(row) for row in polygon.tolist()} == {tuple(row) for row in (L_SHAPE - 12).tolist()}


def test_an_altered_byte_fails_the_crc(tmp_path):
    path = tmp_path / "a.oas"
    write_oasis(path, drawing(Note(1, 0, "abcdef", 0, 0)))
    data = bytearray(path.read_bytes())
    data[data.index(b"TOP")] ^= 1
    path.write_bytes(data)
    assert not gdstk.oas_validate(str(path))[0]


def test_bytes_depend_on_nothing_but_the_shapes(tmp_path):
    mask = np.random.default_rng(0).integers(0, 2, (40, 40)).astype(bool)
    shapes = Rectangles(1, 0, merged_rectangles(mask))
    for name in ("a.oas", "b.oas"):
        write_oasis(tmp_path / name, drawing(shapes))
    assert (tmp_path / "a.oas").read_bytes() == (tmp_path / "b.oas").read_bytes()


def test_a_random_mask_takes_less_than_a_byte_per_rectangle_more_than_its_records(tmp_path):
    mask = np.random.default_rng(1).integers(0, 2, (500, 500)).astype(bool)
    corners = merged_rectangles(mask) * np.int32(1500)
    write_oasis(tmp_path / "a.oas", drawing(Rectangles(1, 0, corners)))
    assert (tmp_path / "a.oas").stat().st_size < 1.1 * len(corners)


@pytest.mark.parametrize(
    ("shapes", "unit_um", "message"),
    [
        ([Rectangles(1, 0, np.array([[0, 0, 3_000_000_000, 1]]))], 1e-3, "got 3000000000"),
        ([Note(1, 0, "µ", 0, 0)], 1e-3, "printable ASCII"),
        ([], 3e-4, "whole number of database units in a micrometre; got 3333.33"),
    ],
)
def test_what_the_format_cannot_hold_is_refused_and_nothing_written(tmp_path, shapes, unit_um, message):
    with pytest.raises(ConfigError, match=message):
        write_oasis(tmp_path / "a.oas", drawing(*shapes, unit_um=unit_um))
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.integers(0, 2**62), max_size=20))
def test_varints_decode_to_what_was_encoded(values):
    decoded, value, shift = [], 0, 0
    for byte in encode(np.array(values, np.int64)):
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            decoded.append(value)
            value = shift = 0
    assert decoded == values


def test_signed_varints_carry_their_sign_in_the_lowest_bit():
    assert encode_signed(np.array([0, -1, 64])).hex() == "00038001"
