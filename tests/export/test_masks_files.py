"""GDSII and OASIS mask sets as gdstk and KLayout read them: levels, areas, orientation, names, tables."""

import csv
import itertools
import xml.etree.ElementTree as ET
from math import pi

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabdesign.errors import ConfigError
from fabdesign.export import export_design
from fabdesign.export.masks import coding_names, decode_heights_um, decode_levels, make_mask_set
from fabdesign.export.masks.names import check_name
from fabdesign.process import load_profile
from tests.export.devices import F_SHAPE, make_design
from tests.formats.layouts import by_gdstk, by_klayout

READERS = {"gdstk": by_gdstk, "klayout": by_klayout}
FORMATS = ("gds", "oasis")
ETCHED = "binary-optics-fused-silica"


def export(design, folder, format="gds", **options):
    return export_design(design, folder, format, options=options, overwrite=True)


def pixels_of_file(layout, masks, shape, pitch):
    """The pixels of each mask, from the rectangles that a reader found; each must lie on the pixel grid."""
    ny, nx = shape
    found = {}
    for mask in masks.masks:
        count = np.zeros(shape, int)
        corners = np.array(layout.rectangles.get((mask.layer, 0), np.empty((0, 4)))).reshape(-1, 4)
        steps = corners + np.array([nx, ny, nx, ny]) * pitch / 2
        assert (steps % pitch == 0).all()
        for x0, y0, x1, y1 in (steps / pitch).astype(int).tolist():
            count[y0:y1, x0:x1] += 1
        assert count.max(initial=0) <= 1
        found[mask.layer] = count.astype(bool)
    return found


def levels_of_file(path, design, layer, masks, read):
    pitch = round(design.physical.pitch_um * 1000)
    pixels = pixels_of_file(read(path), masks, design.pixels, pitch)
    return decode_levels(pixels, masks), decode_heights_um(pixels, masks)


def masks_of(design, layer, coding, tone):
    return make_mask_set(np.rint(design.height_of_level_um[layer] * 1e6).astype(int), coding, tone)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("coding", coding_names())
@pytest.mark.parametrize("tone", ["etch", "add"])
def test_levels_and_heights_come_back_from_the_files(tmp_path, format, coding, tone, read):
    levels = np.random.default_rng(3).integers(0, 8, (2, 11, 14))
    design = make_design(levels, pitch_um=1.5)
    result = export(design, tmp_path, format, coding=coding, tone=tone)
    for layer in range(2):
        masks = masks_of(design, layer, coding, tone)
        found, heights = levels_of_file(result.paths[layer], design, layer, masks, read)
        assert (found == levels[layer]).all()
        assert np.allclose(heights, design.height_um()[layer], atol=1e-12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_generated_level_maps_come_back_from_both_formats(tmp_path, data):
    shape = data.draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    levels = np.array(
        data.draw(st.lists(st.integers(0, 3), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    )
    design = make_design(levels.reshape(shape), pitch_um=0.4, count=4)
    coding, tone = data.draw(st.sampled_from(coding_names())), data.draw(st.sampled_from(["etch", "add"]))
    for format, read in zip(FORMATS, (by_gdstk, by_klayout), strict=True):
        path = export(design, tmp_path, format, coding=coding, tone=tone, marks=False).paths[0]
        found, _ = levels_of_file(path, design, 0, masks_of(design, 0, coding, tone), read)
        assert (found == levels.reshape(shape)).all()


@pytest.mark.parametrize("format", FORMATS)
def test_klayout_finds_no_difference_and_the_exact_area(tmp_path, format):
    db = pytest.importorskip("klayout.db")
    levels = np.random.default_rng(4).integers(0, 8, (30, 37)).astype(np.uint8)
    design = make_design(levels, pitch_um=1.5)
    result = export(design, tmp_path, format, tone="etch")
    layout = db.Layout()
    layout.read(str(result.paths[0]))
    for k, row in enumerate(result.report["layers"][0]["masks"]):
        region = db.Region(layout.top_cell().shapes(layout.layer(k + 1, 0)))
        region.merged_semantics = False
        wanted = db.Region()
        for i, j in np.argwhere(7 - levels >> k & 1):
            x, y = int(1500 * j - 750 * 37), int(1500 * i - 750 * 30)
            wanted.insert(db.Box(x, y, x + 1500, y + 1500))
        assert region.area() == wanted.area() == round(row["area_um2"] * 1e6)
        assert (region ^ wanted).is_empty()


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@pytest.mark.parametrize("format", FORMATS)
def test_an_f_comes_back_the_same_way_up_and_not_mirrored(tmp_path, format, read):
    design = make_design(F_SHAPE, pitch_um=1.0, count=4)
    path = export(design, tmp_path, format, coding="one-per-level", tone="add").paths[0]
    f = np.array(read(path).rectangles[102, 0])
    odd = np.array(read(path).rectangles[101, 0])
    stem, arms = f[f[:, 2] - f[:, 0] == 1000], f[f[:, 2] - f[:, 0] > 1000]
    assert stem[:, 0].max() < arms[:, 2].min()
    assert arms[:, 1].min() > stem[:, 1].min()
    assert odd.tolist() == [[1500, 2000, 2500, 3000]]
    mark = np.array(read(path).rectangles[103, 1])
    assert len(mark) > 50


def test_the_f_mark_beside_the_optic_reads_the_right_way(tmp_path):
    design = make_design(np.zeros((8, 8), int), pitch_um=1.5, count=2)
    path = export(design, tmp_path, tone="add").paths[0]
    labels = np.array(by_gdstk(path).rectangles[12, 1])
    f = labels[labels[:, 3] - labels[:, 1] >= 4000]
    f = f[f[:, 2] <= f[:, 0].min() + 5 * 6000]
    widest = f[np.argmax(f[:, 2] - f[:, 0])]
    assert widest[3] == f[:, 3].max()
    assert widest[0] == f[:, 0].min()
    assert f[f[:, 1] == f[:, 1].min()][0, 2] < widest[2]


def test_a_lens_still_focuses_from_its_etch_depths_and_its_complement_does_not(tmp_path):
    """φ = -π r²/(λ f) on 8 levels; the field at the focus, Σ exp(iφ + iπ r²/(λ f)), is sinc(1/8) of N."""
    n, pitch, wavelength, focus = 64, 1.5, 0.785, 200.0
    at = (np.arange(n) - (n - 1) / 2) * pitch
    parabola = pi * (at[:, None] ** 2 + at**2) / (wavelength * focus)
    levels = np.rint(-parabola / (2 * pi) * 8).astype(int) % 8
    turn = 0.785 / (1.5429 - 1.00027)
    design = make_design(levels, pitch_um=pitch, step_um=turn / 8)
    path = export(design, tmp_path, profile=ETCHED).paths[0]
    masks = masks_of(design, 0, "binary", "etch")
    _, heights = levels_of_file(path, design, 0, masks, by_gdstk)
    phase = design.phase_rad(heights[None])[0]
    focused = abs(np.exp(1j * (phase + parabola)).mean())
    assert focused == pytest.approx(np.sinc(1 / 8), abs=0.01)
    assert abs(np.exp(1j * (-phase + parabola)).mean()) < 0.1


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_design_gives_the_same_bytes(tmp_path, format):
    design = make_design(F_SHAPE, pitch_um=1.5)
    first = export(design, tmp_path / "a", format)
    second = export(design, tmp_path / "b", format)
    assert [path.read_bytes() for path in first.paths] == [path.read_bytes() for path in second.paths]
    assert first.report == second.report


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@pytest.mark.parametrize("format", FORMATS)
def test_hash_name_and_notes_are_in_the_file(tmp_path, format, read):
    design = make_design(np.stack([F_SHAPE, F_SHAPE]), pitch_um=1.5)
    for layer, path in enumerate(export(design, tmp_path, format).paths[:2]):
        layout = read(path)
        assert layout.cell == f"FD_{design.content_hash[:24]}_L{layer:02d}"
        assert check_name(layout.cell) == layout.cell
        texts = [text for number, kind, text in layout.texts if (number, kind) == (127, 0)]
        assert f"fabdesign {design.content_hash} layer {layer:02d}/02" in texts
        assert any(text.startswith("M3 on layer 3/0, 493.828 nm etched") for text in texts)
    if (format, read) == ("gds", by_gdstk):
        assert layout.library == layout.cell


def test_marks_are_exposed_with_their_mask_and_repeated_by_kind(tmp_path):
    layout = by_gdstk(export(make_design(F_SHAPE, pitch_um=1.5), tmp_path).paths[0])
    for at in (1, 2, 3):
        by_kind = [layout.rectangles.get((layer, at), []) for layer in (11, 12, 13, 14)]
        assert sorted(itertools.chain(*by_kind)) == layout.rectangles[at, 1]
    assert len(layout.rectangles[10, 0]) == len(layout.rectangles[10, 1]) == 1


def test_marks_can_be_left_out(tmp_path):
    layout = by_gdstk(export(make_design(F_SHAPE, pitch_um=1.5), tmp_path, marks=False).paths[0])
    assert {key for key in layout.rectangles if key != (10, 1)} <= {(1, 0), (2, 0), (3, 0)}


def test_the_layer_table_says_what_a_mask_shop_asks(tmp_path):
    levels = np.kron(F_SHAPE, np.ones((2, 2), int))
    design = make_design(levels, pitch_um=1.5, step_um=0.2)
    result = export(design, tmp_path, profile=ETCHED, polygon_tone="dark")
    with result.paths[1].open() as file:
        rows = list(csv.DictReader(file))
    assert [row["mask"] for row in rows] == ["M1", "M2", "M3"]
    assert [float(row["target_depth_nm"]) for row in rows] == [200, 400, 800]
    assert [float(row["tolerance_nm"]) for row in rows] == [4, 8, 16]
    assert rows[0]["tolerance_source"] == "1 sigma, axial.depth_gain_sigma, assumed"
    drawn = 7 - levels & 1 == 1
    assert float(rows[0]["area_um2"]) == drawn.sum() * 2.25
    assert float(rows[0]["density"]) == pytest.approx(drawn.mean(), abs=1e-6)
    assert [row["cd_um"] for row in rows] == ["12", "3", "15"]
    assert {row["polygon_tone"] for row in rows} == {"dark"}
    assert {row["drawn"] for row in rows} == {"loses material"}
    assert {row["file"] for row in rows} == {"design-layer00.gds"}
    assert rows[0]["orientation"].startswith("right-reading chrome down")


def test_layer_properties_name_every_layer_of_the_file(tmp_path):
    result = export(make_design(F_SHAPE, pitch_um=1.5), tmp_path)
    sources = {node.text for node in ET.parse(result.paths[2]).getroot().iter("source")}
    layout = by_gdstk(result.paths[0])
    expected = {f"{layer}/{datatype}@1" for layer, datatype in layout.rectangles} | {"127/0@1"}
    assert expected <= sources
    assert result.paths[2].suffix == ".lyp"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("case", ["random", "ring"])
def test_merged_polygons_cover_the_same_and_obey_the_corner_limit(tmp_path, format, case):
    db = pytest.importorskip("klayout.db")
    ring = np.zeros((20, 20), int)
    ring[2:18, 2:18], ring[5:15, 5:15], ring[8:11, 8:11] = 1, 0, 1
    levels = {"random": np.random.default_rng(5).integers(0, 2, (40, 40)), "ring": ring}[case]
    design = make_design(levels, pitch_um=1.5, count=2)
    layout = db.Layout()
    result = export(design, tmp_path, format, merged=True, marks=False, tone="add")
    layout.read(str(result.paths[0]))
    shapes = layout.top_cell().shapes(layout.layer(1, 0))
    polygons = [shape.polygon for shape in shapes.each()]
    assert all(polygon.holes() == 0 and polygon.num_points_hull() <= 4000 for polygon in polygons)
    assert sum(polygon.area() for polygon in polygons) == levels.sum() * 1500**2
    assert db.Region(shapes).area() == levels.sum() * 1500**2
    assert len(polygons) == result.report["layers"][0]["polygons"] < levels.sum()
    corner = levels[:-1, :-1] + levels[1:, 1:] - levels[:-1, 1:] - levels[1:, :-1]
    assert result.report["layers"][0]["masks"][0]["corner_touches"] == (abs(corner) == 2).sum()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"codeing": "binary"}, "Unknown export option 'codeing'"),
        ({"coding": "unary"}, "'coding' must be one of binary, staircase, one-per-level, gray; got 'unary'"),
        ({"tone": "up"}, "'tone' must be one of etch, add; got 'up'"),
        ({"marks": "no"}, "'marks' must be true or false; got 'no'"),
        ({"grid_nm": -5}, "'grid_nm' must be a length from 0.001 to 1e6 nm; got -5"),
        ({"grid_nm": 0.0015}, "'grid_nm' must be a whole number of picometres; got 0.0015 nm"),
        ({"grid_nm": 7}, "don't fall on the manufacturing grid of 7 nm"),
        ({"profile": "no-such-process"}, "no-such-process"),
        ({"profile": 3}, "'profile' must be a profile or the name of one; got 3"),
    ],
)
@pytest.mark.parametrize("format", FORMATS)
def test_wrong_options_are_refused_and_nothing_is_written(tmp_path, format, options, message):
    with pytest.raises(ConfigError, match=message):
        export(make_design(F_SHAPE, pitch_um=1.5), tmp_path, format, **options)
    assert list(tmp_path.iterdir()) == []


def test_heights_that_do_not_add_up_are_refused_with_the_way_out(tmp_path):
    design = make_design(F_SHAPE, pitch_um=1.5, count=6)
    with pytest.raises(ConfigError, match="power of two") as refusal:
        export(design, tmp_path)
    assert "staircase" in refusal.value.hint
    assert export(design, tmp_path, coding="staircase").report["coding"] == "staircase"


def test_the_profile_decides_tone_grid_and_coding(tmp_path):
    design = make_design(F_SHAPE, pitch_um=1.5)
    assert export(design, tmp_path, profile="2pp-63x-ip-dip").report["tone"] == "add"
    assert export(design, tmp_path, profile=load_profile(ETCHED)).report["tone"] == "etch"
    assert export(design, tmp_path).report["grid_nm"] == 1.0


def test_gray_is_never_the_default_and_comes_with_a_warning(tmp_path):
    design = make_design(F_SHAPE, pitch_um=1.5)
    profile = load_profile(ETCHED)
    gray = profile.model_copy(update={"mask": profile.mask.model_copy(update={"coding": "gray"})})
    assert export(design, tmp_path, profile=gray).report["coding"] == "binary"
    (warning,) = export(design, tmp_path, coding="gray").report["warnings"]
    assert "exclusive or" in warning


def test_features_extent_and_size_beyond_the_profile_are_told(tmp_path):
    profile = load_profile(ETCHED)
    number = profile.lateral.grid_nm
    lateral = {"min_feature_um": number.model_copy(update={"value": 1.6}), "min_space_um": number}
    limits = {key: number.model_copy(update={"value": 0.001}) for key in ("max_extent_mm", "max_file_mb")}
    strict = profile.model_copy(
        update={
            "lateral": profile.lateral.model_copy(update=lateral),
            "limits": profile.limits.model_copy(update=limits),
        }
    )
    told = export(make_design(F_SHAPE, pitch_um=1.5), tmp_path, profile=strict).report["warnings"]
    assert told[0] == (
        "design-layer00.gds: the smallest drawn feature of M2 is 1.5 um, "
        "below the 1.6 um (assumed) of binary-optics-fused-silica."
    )
    assert "reaches ±" in told[1]
    assert told[2].endswith("MB; binary-optics-fused-silica takes 0.001 MB.")
    assert len(told) == 3
    assert export(make_design(F_SHAPE, pitch_um=1.5), tmp_path, profile=profile).report["warnings"] == []


def test_layer_numbers_beyond_255_are_told(tmp_path):
    design = make_design(F_SHAPE, pitch_um=1.5, count=60, step_um=0.01)
    (warning,) = export(design, tmp_path, coding="one-per-level").report["warnings"]
    assert warning.startswith("Layers go up to 259")


@pytest.mark.parametrize("name", ["main", "Main", "a b", "x" * 33, "", "ä", "a-b"])
def test_names_that_mask_software_refuses(name):
    with pytest.raises(ConfigError):
        check_name(name)


def test_names_obey_the_profile():
    profile = load_profile(ETCHED)
    strict = profile.model_copy(
        update={
            "limits": profile.limits.model_copy(update={"forbidden_names": ("top",), "name_regex": "[a-z]+"})
        }
    )
    with pytest.raises(ConfigError, match="reserves the name"):
        check_name("TOP", strict)
    with pytest.raises(ConfigError, match="allows names like"):
        check_name("ABC", strict)
