"""Grey files as other programs see them: values, orientation, scale, tables, doses, refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.design import Design
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.export import export_design, exporters
from fabdesign.export.grey.rectangles import value_rectangles
from fabdesign.process import load_profile
from fabdesign.relief.rectangles import merged_rectangles
from tests.export.devices import F_SHAPE, make_design
from tests.export.grey_readers import read_bmp, read_gds_layers, read_png, read_tiff

FORMATS = ("png16", "tiff16", "bmp8", "gds-grey", "dose-planes", "dose-planes-png")
DOSES = FORMATS[2:]


def write(design, folder, name, **options):
    """Export with the record of the design; dose formats without a curve get even greys."""
    if name in DOSES and not {"curve", "profile"} & options.keys():
        options["curve"] = "even"
    return export_design(design, folder, name, options={"physical": design.physical, **options})


def values_of(result, name, shape=F_SHAPE.shape, pitch_um=0.4) -> np.ndarray:
    """The values of layer 0 by an independent reader, row 0 with the smallest y."""
    paths = result.paths
    if name.startswith("dose-planes"):
        read = read_bmp if paths[0].suffix == ".bmp" else read_png
        planes = [np.minimum(read(path), 1) << bit for bit, path in enumerate(paths[:8])]
        return np.sum(planes, axis=0)[::-1]
    if name == "gds-grey":
        return read_gds_layers(paths[0], pitch_um, shape)
    if name == "tiff16":
        return read_tiff(paths[0])[0][::-1]
    return {"png16": read_png, "bmp8": read_bmp}[name](paths[0])[::-1]


def curve_file(folder: Path, *points: tuple[float, float]) -> str:
    path = folder / "curve.csv"
    path.write_text("grey,height_um\n" + "".join(f"{grey},{height}\n" for grey, height in points))
    return str(path)


def test_all_formats_are_registered():
    assert set(FORMATS) <= set(exporters())


@pytest.mark.parametrize("name", FORMATS)
def test_f_is_upright_and_values_follow_height(tmp_path, name):
    result = write(make_design(F_SHAPE), tmp_path, name)
    white, range_nm = (65535, 865) if name in FORMATS[:2] else (255, 865)  # 7 x 123.457 nm, rounded up
    expected = np.array([0, round(123.457 / range_nm * white), round(246.914 / range_nm * white)])
    np.testing.assert_array_equal(values_of(result, name), expected[F_SHAPE])


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_are_reproducible(tmp_path, name):
    design = make_design(np.random.default_rng(3).integers(0, 8, (2, 9, 12)))
    one, two = (write(design, tmp_path / folder, name) for folder in "ab")
    assert one.report == two.report
    assert [path.name for path in one.paths] == [path.name for path in two.paths]
    for first, second in zip(one.paths, two.paths, strict=True):
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_record_says_all_that_an_operator_asks(tmp_path, name):
    design = make_design(np.stack([F_SHAPE, F_SHAPE[::-1]]), pitch_um=1.5)
    result = write(design, tmp_path, name, profile="2gl-grayscale")
    report = result.report["layers"][1]
    record = json.loads((tmp_path / report["record"]).read_text(encoding="ascii"))
    assert record["design"] == design.content_hash
    assert (record["layer"], record["layers"], record["pixels"]) == (1, 2, [6, 5])
    assert (record["pitch_um"], record["size_um"], record["corner_um"]) == (1.5, [7.5, 9.0], [-3.75, -4.5])
    assert record["optics"]["wavelength_um"] == 0.785
    assert record["optics"]["material_index"] == 1.5429
    assert (record["black_um"], record["white_um"], record["base_um"]) == (0.0, 0.865, 5.0)
    assert record["process"] == "2gl-grayscale"
    assert "y" in record["orientation"]
    scale = record["scale"]
    assert scale["a_um"] + scale["b_um"] * (2 ** record["bits"] - 1) == pytest.approx(0.865, abs=1e-12)


def test_record_travels_inside_png_and_tiff(tmp_path):
    design = make_design(F_SHAPE)
    png = write(design, tmp_path, "png16").paths[0].read_bytes()
    assert b"tEXtfabdesign\0{" in png
    assert design.content_hash.encode() in png
    _, tags = read_tiff(write(design, tmp_path, "tiff16").paths[0])
    record = json.loads(tags[270])
    assert record["design"] == design.content_hash
    assert (record["file"], tags[305]) == (None, "fabdesign")
    pixels_per_cm = tags[282][0] / tags[282][1]
    assert (pixels_per_cm, tags[296]) == (25000, (3,))
    assert 306 not in tags  # no date


def test_levels_table_states_error_in_nm_and_rad(tmp_path):
    design = make_design(F_SHAPE)
    result = write(design, tmp_path, "bmp8")
    with (tmp_path / result.report["levels"]).open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["level"] for row in rows] == ["0", "1", "2"]
    made = 36 / 255 * 865
    assert float(rows[1]["made_nm"]) == pytest.approx(made, abs=1e-6)
    assert float(rows[1]["error_nm"]) == pytest.approx(made - 123.457, abs=1e-6)
    phase = 2 * np.pi * (1.5429 - 1.00027) * (made - 123.457) / 785
    assert float(rows[1]["phase_error_rad"]) == pytest.approx(phase, rel=1e-6)
    assert float(rows[1]["slope_nm"]) == pytest.approx(865 / 255, abs=1e-6)
    assert [int(row["pixels"]) for row in rows] == [int(np.count_nonzero(k == F_SHAPE)) for k in range(3)]


def test_16_bit_errors_are_below_half_a_step(tmp_path):
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    report = write(make_design(levels, step_um=0.005677, count=256), tmp_path, "png16").report
    (layer,) = report["layers"]
    step_nm = report["scale"]["b_um"] * 1e3
    assert 0 < layer["largest_error_nm"] <= step_nm / 2 < 0.012


def test_inverted_map_is_the_negative(tmp_path):
    design = make_design(F_SHAPE)
    plain = values_of(write(design, tmp_path / "a", "png16"), "png16")
    result = write(design, tmp_path / "b", "png16", invert=True)
    np.testing.assert_array_equal(values_of(result, "png16"), 65535 - plain)
    assert (result.report["black_um"], result.report["white_um"]) == (0.865, 0.0)


def test_range_may_be_fixed_for_several_designs(tmp_path):
    result = write(make_design(F_SHAPE), tmp_path, "tiff16", range_um=2)
    assert values_of(result, "tiff16").max() == round(0.246914 / 2 * 65535)


@pytest.mark.parametrize("name", DOSES)
@pytest.mark.parametrize("falls", [False, True])
def test_dose_goes_through_the_curve_backwards(tmp_path, name, falls):
    points = [(20, 0.5), (120, 0.6), (220, 1.6)]
    if falls:
        points = [(grey, 2.0 - height) for grey, height in points]
    curve = curve_file(tmp_path, *points)
    result = write(make_design(F_SHAPE), tmp_path, name, curve=curve)
    # rising: 1 nm a grey from 20 to 120, then 10 nm a grey; falling: 10 nm a grey from 220 down
    expected = np.array([220, 220 - 12, 220 - 25] if falls else [20, 122, 135])
    np.testing.assert_array_equal(values_of(result, name), expected[F_SHAPE])
    levels = result.report["layers"][0]["levels"]
    made = [0.0, 120.0, 250.0]
    assert [row["made_nm"] for row in levels] == pytest.approx(made, abs=1e-6)
    assert [row["error_nm"] for row in levels] == pytest.approx([0, -3.457, 3.086], abs=1e-6)
    assert [row["slope_nm"] for row in levels][1:] == pytest.approx([10.0, 10.0])


def test_offset_lifts_the_base_off_the_foot_of_the_curve(tmp_path):
    curve = curve_file(tmp_path, (20, 0.5), (120, 0.6), (220, 1.6))
    result = write(make_design(F_SHAPE), tmp_path, "bmp8", curve=curve, offset_um=0.1)
    assert sorted(np.unique(values_of(result, "bmp8"))) == [120, 132, 145]


def test_interpolation_is_estimated_by_a_smooth_curve(tmp_path):
    greys = np.linspace(0, 255, 6)
    straight = curve_file(tmp_path, *((grey, grey / 255) for grey in greys))
    rows = write(make_design(F_SHAPE), tmp_path / "a", "bmp8", curve=straight).report["layers"][0]["levels"]
    assert [row["interpolation_nm"] for row in rows] == pytest.approx([0, 0, 0], abs=1e-9)
    bent = curve_file(tmp_path, *((grey, (grey / 255) ** 2) for grey in greys))
    rows = write(make_design(F_SHAPE), tmp_path / "b", "bmp8", curve=bent).report["layers"][0]["levels"]
    assert -12 < rows[2]["interpolation_nm"] < -1  # a parabola lies below its chords, by at most 10 nm


def test_uncertainty_adds_what_is_known(tmp_path):
    result = write(
        make_design(F_SHAPE), tmp_path, "bmp8", profile="mla150-grayscale", curve="even", curve_sigma_nm=5
    )
    row = result.report["layers"][0]["levels"][2]
    assert row["sigma_nm"] == pytest.approx(np.sqrt(5**2 + 10**2 + (0.02 * 246.914) ** 2), abs=1e-5)
    assert "assumed" in result.report["sigma_source"]


def test_planes_add_up_to_the_dose_of_the_grey(tmp_path):
    result = write(make_design(F_SHAPE), tmp_path, "dose-planes", profile="mla150-grayscale", curve="even")
    with (tmp_path / result.report["doses"]).open(newline="") as stream:
        doses = [float(row["dose_percent"]) for row in csv.DictReader(stream)]
    assert doses == pytest.approx([0.39 * 2**bit for bit in range(8)])
    for row in result.report["layers"][0]["levels"]:
        exposed = sum(dose for bit, dose in enumerate(doses) if row["value"] >> bit & 1)
        assert row["dose_percent"] == pytest.approx(exposed)


def test_grey_layers_cover_every_pixel_once(tmp_path):
    levels = np.random.default_rng(5).integers(0, 8, (30, 41))
    result = write(make_design(levels, pitch_um=0.5), tmp_path, "gds-grey")
    seen = read_gds_layers(result.paths[0], 0.5, levels.shape)
    assert (seen >= 0).all()
    table = {row["level"]: row["value"] for row in result.report["layers"][0]["levels"]}
    np.testing.assert_array_equal(seen, np.vectorize(table.get)(levels))


def test_grey_layers_carry_the_hash_in_legal_names(tmp_path):
    db = pytest.importorskip("klayout.db")
    design = make_design(F_SHAPE)
    layout = db.Layout()
    layout.read(str(write(design, tmp_path, "gds-grey").paths[0]))
    (cell,) = layout.top_cells()
    assert cell.name == f"FD_{design.content_hash[:24]}_L00"
    areas = {
        layout.get_info(index).layer: db.Region(cell.begin_shapes_rec(index)).merged().area() * layout.dbu**2
        for index in layout.layer_indexes()
    }
    assert areas == pytest.approx({0: 19 * 0.16, 36: 0.16, 73: 10 * 0.16})


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_one_pass_finds_the_rectangles_of_every_value(rows, columns, count, seed):
    values = np.random.default_rng(seed).choice([0, 3, 255, 7][:count], (rows, columns)).astype(np.uint8)
    found = {value: corners.tolist() for value, corners in value_rectangles(values)}
    assert found == {int(v): merged_rectangles(values == v).tolist() for v in np.unique(values)}


REFUSALS = {
    "no process": ("bmp8", {"curve": None}, "no process was named"),
    "no curve": ("bmp8", {"profile": "dwl-grayscale"}, "dwl-grayscale has none"),
    "unknown": ("png16", {"rang_um": 2}, "rang_um"),
    "range": ("png16", {"range_um": 0.2}, "Level 2 of layer 0 is 246.914 nm tall"),
    "range kind": ("png16", {"range_um": "2"}, "range_um"),
    "lost": ("bmp8", {"curve": "even", "range_um": 200}, "a level would be lost"),
    "invert": ("png16", {"invert": 1}, "true or false"),
    "curve kind": ("bmp8", {"curve": 3}, "CSV"),
    "lsb": ("dose-planes", {"curve": "even", "lsb_percent": 0.5}, "0.3922 %"),
    "not for maps": ("png16", {"curve": "even"}, "curve"),
}


@pytest.mark.parametrize(("name", "options", "words"), REFUSALS.values(), ids=REFUSALS)
def test_refusals_say_what_and_write_nothing(tmp_path, name, options, words):
    with pytest.raises(ConfigError, match=words):
        export_design(make_design(F_SHAPE), tmp_path / "out", name, options=options)
    assert not list(tmp_path.rglob("*.*"))


CURVES = {
    "contradiction": ([(0, 0), (255, 1)], {"invert": True}, "rise with grey"),
    "contradiction falling": ([(0, 1), (255, 0)], {"invert": False}, "fall with grey"),
    "twelve bits": ([(0, 0), (4095, 1)], {}, "0 to 255"),
    "too low": ([(0, 0), (255, 0.2)], {}, "0 to 200 nm"),
    "lost": ([(0, 0), (255, 100)], {}, "a level would be lost"),
    "range": ([(0, 0), (255, 1)], {"range_um": 1}, "even greys"),
}


@pytest.mark.parametrize(("points", "options", "words"), CURVES.values(), ids=CURVES)
def test_curves_that_cannot_be_used(tmp_path, points, options, words):
    curve = curve_file(tmp_path, *points)
    with pytest.raises(ConfigError, match=words):
        write(make_design(F_SHAPE), tmp_path / "out", "bmp8", curve=curve, **options)


def test_missing_curve_tells_how_to_measure_one(tmp_path):
    with pytest.raises(ConfigError) as refused:
        export_design(make_design(F_SHAPE), tmp_path, "bmp8", options={"profile": "mla150-grayscale"})
    assert "profilometer" in refused.value.hint
    with pytest.raises(FileFormatError):
        write(make_design(F_SHAPE), tmp_path, "bmp8", curve=str(tmp_path / "none.csv"))


def own_profile(folder: Path, text: str) -> str:
    path = folder / "own.toml"
    path.write_text(f'[profile]\nname = "own"\nkind = "grayscale-laser"\n[dose]\n{text}\n')
    return str(path)


def test_profile_brings_curve_bits_and_tone(tmp_path):
    curve_file(tmp_path, (0, 1.0), (63, 0.0))
    profile = own_profile(
        tmp_path, 'bits = { value = 6, source = "measured" }\ncurve_csv = "curve.csv"\ninvert = true'
    )
    result = write(make_design(F_SHAPE), tmp_path, "bmp8", profile=profile)
    assert (result.report["bits"], result.report["scale"]["source"]) == (6, "curve.csv")
    assert values_of(result, "bmp8").max() == 63
    assert load_profile(profile).dose.invert


def test_a_process_without_a_base_plate_is_recorded_so(tmp_path):
    design = make_design(F_SHAPE)
    bare = Design(design.levels, design.height_of_level_um, design.physical.model_copy(update={"spaces": ()}))
    profile = load_profile("mla150-grayscale")
    result = export_design(bare, tmp_path, "bmp8", profile=profile, options={"curve": "even"})
    record = json.loads((tmp_path / result.report["layers"][0]["record"]).read_text())
    assert (record["base_um"], record["process"]) == (0.0, "mla150-grayscale")
    assert record["optics"]["material"] == "ip-dip"


def test_exposures_other_than_eight_are_refused(tmp_path):
    profile = own_profile(tmp_path, 'exposures = { value = 6, source = "measured" }')
    with pytest.raises(ConfigError, match="takes 6"):
        write(make_design(F_SHAPE), tmp_path, "dose-planes", profile=profile, curve="even")


def test_warnings_name_plans_coarse_greys_and_other_machines(tmp_path):
    design = make_design(np.arange(240).reshape(15, 16), step_um=0.005, count=240)
    report = write(design, tmp_path, "bmp8", profile="2gl-grayscale", range_um=1.2).report
    text = " ".join(report["warnings"])
    assert "a plan" in text
    assert "more than a quarter" in text
    assert "bmp is not among them" in text
    assert (
        write(make_design(F_SHAPE), tmp_path / "b", "png16", profile="2gl-grayscale").report["warnings"] == []
    )
