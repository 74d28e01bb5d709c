"""Our reader of mask files: finds what gdstk writes, and answers damage with an error that says where."""

import contextlib

import gdstk
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.errors import FileFormatError
from fabdesign.formats import gdsii_read
from fabdesign.formats.drawing import Contents, Drawing, Note, Polygon, Rectangles
from fabdesign.formats.gdsii import write_gdsii
from fabdesign.formats.gdsii_read import read_gdsii
from fabdesign.relief.rectangles import merged_rectangles
from tests.formats.test_gdsii import L_SHAPE


def mask_corners(seed, side=30):
    mask = np.random.default_rng(seed).integers(0, 2, (side, side)).astype(bool)
    return merged_rectangles(mask) * np.int32(1500) - np.int32(4000)


def write(path, *shapes):
    write_gdsii(path, Drawing("LIB", "TOP", 1e-3, shapes))
    return path


@pytest.mark.parametrize("block", [1, 7, 16, 1 << 16])
def test_reads_back_what_was_written(tmp_path, monkeypatch, block):
    monkeypatch.setattr(gdsii_read, "_FIRST_BLOCK", min(block, 16))
    monkeypatch.setattr(gdsii_read, "_BLOCK", block)
    first, second, note = mask_corners(1), mask_corners(2), Note(127, 0, "a note", -1, 2)
    shapes = (note, Rectangles(1, 0, first), Polygon(5, 6, L_SHAPE), Rectangles(2, 1, second), note)
    found = read_gdsii(write(tmp_path / "a.gds", *shapes, Rectangles(1, 0, second)))
    assert (found.library, found.cell, found.notes) == ("LIB", "TOP", (note, note))
    assert found.unit_um == pytest.approx(1e-3, rel=1e-15)
    assert (found.rectangles[1, 0] == np.concatenate([first, second])).all()
    assert (found.rectangles[2, 1] == second).all()
    assert (found.polygons[5, 6][0] == L_SHAPE).all()


def test_reads_what_gdstk_writes(tmp_path):
    corners = mask_corners(3)
    library = gdstk.Library("OTHER")
    cell = library.new_cell("CELL")
    for x0, y0, x1, y1 in (corners / 1000).tolist():
        cell.add(gdstk.rectangle((x0, y0), (x1, y1), layer=4, datatype=9))
    cell.add(gdstk.Polygon((L_SHAPE / 1000).tolist(), layer=1), gdstk.Label("hello", (1, 2), layer=3))
    library.write_gds(str(tmp_path / "a.gds"))
    found = read_gdsii(tmp_path / "a.gds")
    assert (found.library, found.cell) == ("OTHER", "CELL")
    assert (found.rectangles[4, 9] == corners).all()
    assert (found.polygons[1, 0][0] == L_SHAPE).all()
    assert found.notes == (Note(3, 0, "hello", 1000, 2000),)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (lambda: gdstk.FlexPath([(0, 0), (1, 1)], 0.1, simple_path=True), "not PATH"),
        (lambda: gdstk.Reference("elsewhere"), "not SREF"),
    ],
)
def test_shapes_that_no_mask_of_ours_holds_are_named(tmp_path, shape, message):
    library = gdstk.Library()
    library.new_cell("A").add(shape())
    library.write_gds(str(tmp_path / "a.gds"))
    with pytest.raises(FileFormatError, match=message):
        read_gdsii(tmp_path / "a.gds")


def test_a_second_cell_is_refused(tmp_path):
    library = gdstk.Library()
    library.new_cell("A")
    library.new_cell("B")
    library.write_gds(str(tmp_path / "a.gds"))
    with pytest.raises(FileFormatError, match="second cell"):
        read_gdsii(tmp_path / "a.gds")


def test_missing_and_empty_files(tmp_path):
    with pytest.raises(FileFormatError, match="No such file"):
        read_gdsii(tmp_path / "a.gds")
    (tmp_path / "a.gds").touch()
    with pytest.raises(FileFormatError, match="it is empty"):
        read_gdsii(tmp_path / "a.gds")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "a.gds"
    shapes = Note(127, 0, "a note", 0, 0), Rectangles(1, 0, mask_corners(4, 8)), Polygon(2, 0, L_SHAPE)
    return write(path, *shapes).read_bytes()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged_files_are_read_or_refused_but_nothing_else(tmp_path_factory, whole, data):
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)) | st.just(len(whole)))
    path = tmp_path_factory.getbasetemp() / "damaged.gds"
    path.write_bytes(damaged[:cut])
    with contextlib.suppress(FileFormatError):
        assert isinstance(read_gdsii(path), Contents)


def test_rectangles_of_layers_in_turn(tmp_path):
    corners = mask_corners(5)
    alternating = [Rectangles(at % 2, 0, corners[at : at + 1]) for at in range(len(corners))]
    found = read_gdsii(write(tmp_path / "a.gds", *alternating))
    assert (found.rectangles[0, 0] == corners[::2]).all()
    assert (found.rectangles[1, 0] == corners[1::2]).all()


def test_every_truncation_is_refused(tmp_path, whole):
    for cut in range(0, len(whole) - 1, 5):
        (tmp_path / "a.gds").write_bytes(whole[:cut])
        with pytest.raises(FileFormatError):
            read_gdsii(tmp_path / "a.gds")
