"""Mask sets read back: heights by coding and tone, and whatever happened to a file by its name."""

import itertools
from collections.abc import Callable
from pathlib import Path

import gdstk
import numpy as np
import pytest

from fabdesign.check import CheckResult, check_files
from fabdesign.check.masks.fmark import orientation_of_f
from fabdesign.check.masks.pixels import Canvas, Grid
from fabdesign.check.orientation import ORIENTATIONS
from fabdesign.design import Design
from fabdesign.errors import FileFormatError
from fabdesign.relief.glyphs import glyph
from fabdesign.relief.rectangles import filled_rectangles, merged_rectangles
from tests.check.devices import make_design
from tests.check.everything import export_in

CODINGS = ("binary", "staircase", "one-per-level", "gray")


@pytest.fixture(scope="module")
def design() -> Design:
    return make_design(4, layers=1, pixels=(8, 11))


def check(paths: list[Path], design: Design) -> CheckResult:
    return check_files(paths, design, resimulate=False)


def ids(result: CheckResult) -> set[str]:
    return {finding.id for finding in result.findings}


@pytest.mark.parametrize("name", ["gds", "oasis"])
@pytest.mark.parametrize(("coding", "tone"), list(itertools.product(CODINGS, ["etch", "add"])))
@pytest.mark.parametrize("merged", [False, True])
def test_every_coding_comes_back(
    name: str, coding: str, tone: str, *, merged: bool, design: Design, tmp_path: Path
) -> None:
    if merged:
        pytest.importorskip("klayout.db")
    paths = export_in(design, name, tmp_path, coding=coding, tone=tone, merged=merged)
    result = check(paths, design)
    assert result.findings == ()
    assert result.levels_identical
    [layer] = result.layers
    np.testing.assert_array_equal(layer.comparison.levels, design.levels[0])
    np.testing.assert_allclose(layer.comparison.height_um, design.height_um()[0], atol=1e-8)
    assert (layer.read.facts["coding"], layer.read.facts["tone"]) == (coding, tone)


def test_areas_are_those_of_the_layer_table(design: Design, tmp_path: Path) -> None:
    result = check(export_in(design, "gds", tmp_path), design)
    for k, mask in enumerate(result.layers[0].read.facts["masks"]):
        drawn = (7 - design.levels[0]) >> k & 1
        assert mask["area_um2"] == pytest.approx(drawn.sum() * 1.5**2)


def test_notes_do_where_the_table_is_missing(design: Design, tmp_path: Path) -> None:
    for name in ("gds", "oasis"):
        path = export_in(design, name, tmp_path / name)[0]
        moved = path.rename(tmp_path / path.name)
        result = check([moved], design)
        assert result.levels_identical
        assert result.layers[0].read.facts["plan_from"] == "the notes in the file"


def test_neither_table_nor_notes(design: Design, tmp_path: Path) -> None:
    path = change(export_in(design, "gds", tmp_path)[0], lambda cell: cell.remove(*cell.labels))
    assert "chain.header" in ids(check([path], design))
    moved = path.rename(tmp_path.parent / path.name)
    with pytest.raises(FileFormatError, match="no layer table"):
        check([moved], design)


def change(path: Path, how: Callable[[gdstk.Cell], object]) -> Path:
    """Let gdstk open a file, change its cell and save it."""
    library = gdstk.read_gds(path)
    how(library.cells[0])
    library.write_gds(path)
    return path


def each_polygon(how: Callable[[gdstk.Polygon], object]) -> Callable[[gdstk.Cell], object]:
    return lambda cell: [how(polygon) for polygon in cell.polygons]


def test_saved_again_by_gdstk_or_klayout(design: Design, tmp_path: Path) -> None:
    paths = export_in(design, "gds", tmp_path)
    change(paths[0], lambda cell: None)
    assert check(paths, design).findings == ()
    klayout = pytest.importorskip("klayout.db")
    layout = klayout.Layout()
    layout.read(str(paths[0]))
    layout.write(str(paths[0]))
    assert check(paths, design).findings == ()


TURNS = {
    "mirrored in x": lambda polygon: polygon.mirror((0, 0), (0, 1)),
    "mirrored in y": lambda polygon: polygon.mirror((0, 0), (1, 0)),
    "rotated by 180°": lambda polygon: polygon.rotate(np.pi),
    "rotated by 90°": lambda polygon: polygon.rotate(np.pi / 2),
}


@pytest.mark.parametrize("turn", TURNS)
def test_turned_files_are_named(turn: str, design: Design, tmp_path: Path) -> None:
    paths = export_in(design, "gds", tmp_path)
    change(paths[0], each_polygon(TURNS[turn]))
    result = check(paths, design)
    rule = "orientation.mirrored" if "mirrored" in turn else "orientation.rotated"
    assert ids(result) == {rule, "orientation.f-mark"}
    assert result.layers[0].comparison.match.orientation == turn


def test_a_symmetric_layer_is_told_by_its_f(tmp_path: Path) -> None:
    random = make_design(2, layers=1, pixels=(6, 4))
    levels = np.concatenate([random.levels, random.levels[..., ::-1]], axis=2)
    lens = Design(levels, random.height_of_level_um, random.physical)
    paths = export_in(lens, "gds", tmp_path)
    change(paths[0], each_polygon(TURNS["mirrored in x"]))
    result = check(paths, lens)
    assert ids(result) == {"orientation.f-mark"}
    assert "mirrored in x" in result.findings[0].message


def test_the_f_is_seen_however_it_lies() -> None:
    for name, turn in ORIENTATIONS.items():
        assert orientation_of_f([merged_rectangles(np.ascontiguousarray(turn(glyph("F"))))]) == name
    assert orientation_of_f([]) is None
    assert orientation_of_f([merged_rectangles(glyph("E"))]) is None


def rectangle(low: float, high: float, layer: int = 1, datatype: int = 0) -> gdstk.Polygon:
    return gdstk.rectangle((low, low), (high, high), layer=layer, datatype=datatype)


def drop_one(cell: gdstk.Cell) -> None:
    cell.remove(next(p for p in cell.polygons if (p.layer, p.datatype) == (1, 0)))


def swap_masks(cell: gdstk.Cell) -> None:
    for polygon in cell.polygons:
        polygon.layer = {1: 2, 2: 1}.get(polygon.layer, polygon.layer)


CHANGES: dict[str, tuple[Callable[[gdstk.Cell], object], set[str]]] = {
    "scaled": (each_polygon(lambda p: p.scale(1000)), {"scale.lateral"}),
    "shrunk a little": (each_polygon(lambda p: p.scale(0.998)), {"scale.lateral"}),
    "shifted": (each_polygon(lambda p: p.translate(3, 4)), {"position.shifted"}),
    "a shape less": (drop_one, {"levels.altered"}),
    "masks swapped": (swap_masks, {"levels.altered"}),
    "drawn twice": (
        lambda cell: cell.add(next(p for p in cell.polygons if p.layer == 1).copy()),
        {"masks.overlap"},
    ),
    "off the grid": (lambda cell: cell.add(rectangle(0.2, 0.5)), {"masks.off-grid"}),
    "outside": (lambda cell: cell.add(rectangle(30, 31.5)), {"masks.outside"}),
    "on another layer": (lambda cell: cell.add(rectangle(0, 1.5, 5)), {"masks.extra"}),
    "a mark on the optic": (lambda cell: cell.add(rectangle(0, 1, 1, 1)), {"masks.mark-on-optic"}),
    "renamed": (lambda cell: setattr(cell, "name", "TOP"), {"chain.cell"}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_changed_files_are_named(what: str, design: Design, tmp_path: Path) -> None:
    how, found = CHANGES[what]
    paths = export_in(design, "gds", tmp_path)
    change(paths[0], how)
    result = check(paths, design)
    assert found <= ids(result)
    assert len(ids(result) - found - {"masks.overlap", "masks.off-grid", "levels.unlike"}) == 0


def test_pixels_without_a_level(design: Design, tmp_path: Path) -> None:
    paths = export_in(design, "gds", tmp_path, coding="one-per-level")
    change(
        paths[0], lambda cell: cell.remove(next(p for p in cell.polygons if p.layer > 99 and not p.datatype))
    )
    result = check(paths, design)
    assert {"masks.no-level", "levels.altered"} <= ids(result)
    assert not result.ok


@pytest.mark.parametrize("name", ["gds", "oasis"])
def test_another_design_another_layer_or_half_a_file(name: str, design: Design, tmp_path: Path) -> None:
    other = make_design(9, layers=1, pixels=(8, 11))
    paths = export_in(other, name, tmp_path / "other")
    assert {"chain.other-design", "levels.unlike"} <= ids(check(paths, design))
    two = make_design(4, layers=2, pixels=(8, 11))
    first, second, *_ = export_in(two, name, tmp_path / "two", marks=False)
    one = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(one)
    assert check([first, second], two).levels_identical  # what a file says of itself decides, not its name
    first.write_bytes(first.read_bytes()[:-300])
    with pytest.raises(FileFormatError, match="cannot be read"):
        check([first], two)


def test_a_table_of_another_tone_is_named(design: Design, tmp_path: Path) -> None:
    paths = export_in(design, "oasis", tmp_path)
    [table] = (path for path in paths if path.suffix == ".csv")
    table.write_text(table.read_text().replace("loses material", "gains material"))
    assert {"masks.table", "relief.inverted"} <= ids(check(paths, design))
    table.write_text(table.read_text().replace(",M2,", ","))
    with pytest.raises(FileFormatError, match="no layer table of masks"):
        check(paths, design)


def test_polygons_fill_as_rectangles_do() -> None:
    rng = np.random.default_rng(0)
    mask = rng.random((9, 7)) < 0.6
    corners = merged_rectangles(mask) * 10
    grid = Grid(mask.shape, 0.0, 0.0, 10.0, 10.0)
    canvas = Canvas(grid)
    canvas.add_polygons(
        [
            np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)][:: rng.choice([1, -1])])
            for x0, y0, x1, y1 in corners
        ]
    )
    np.testing.assert_array_equal(canvas.count, filled_rectangles(corners // 10, mask.shape))
    ring = Canvas(grid)  # a hole, reached along a slanted cut and back
    ring.add_polygons(
        [
            np.array(
                [(0, 0), (30, 0), (30, 30), (0, 30), (0, 0), (10, 10), (10, 20), (20, 20), (20, 10), (10, 10)]
            )
        ]
    )
    assert ring.count[:3, :3].tolist() == [[1, 1, 1], [1, 0, 1], [1, 1, 1]]
    assert (ring.off, ring.outside) == (0, 0)
