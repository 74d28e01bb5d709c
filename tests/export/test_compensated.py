"""Compensated exports: independent readers find the written lengths, and the record tells how to undo it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabdesign.errors import ConfigError
from fabdesign.export import export_design
from fabdesign.process import load_profile
from fabdesign.relief.compensation import Amount, Compensation
from tests.check.devices import make_design

SHRINK = Compensation(shrink_xy=Amount(0.0625, 0.01, "measured: p"), shrink_z=Amount(0.04, 0.02, "assumed"))
BIAS = Compensation(edge_bias_um=Amount(0.2, 0.05, "vendor"))


def design_of(layers: int = 2, step_um: float = 0.2):
    design = make_design(0, layers=layers, pixels=(6, 5), levels=4)
    heights = np.tile(np.round(np.arange(4) * step_um, 6), (layers, 1))
    return replace(design, height_of_level_um=heights)


def test_a_solid_that_shrinks_to_the_design(tmp_path: Path) -> None:
    trimesh = pytest.importorskip("trimesh")
    design = design_of()
    plain = export_design(design, tmp_path / "plain", "stl")
    made = export_design(design, tmp_path / "made", "stl", compensation=SHRINK)
    for before, after in zip(plain.paths, made.paths, strict=True):
        one, two = trimesh.load(before), trimesh.load(after)
        factors = two.extents / one.extents
        assert factors == pytest.approx([1 / 0.9375, 1 / 0.9375, 1 / 0.96], rel=1e-6)
        assert two.volume / one.volume == pytest.approx(np.prod(factors), rel=1e-5)
        assert two.is_watertight


@pytest.mark.parametrize("bias", [0.2, -0.2])
def test_a_solid_whose_walls_moved(tmp_path: Path, bias: float) -> None:
    trimesh = pytest.importorskip("trimesh")
    design = design_of(layers=1)
    moved = replace(BIAS, edge_bias_um=Amount(bias))
    result = export_design(design, tmp_path, "stl", compensation=moved)
    mesh = trimesh.load(result.paths[0])
    assert mesh.is_watertight
    assert mesh.extents[:2] == pytest.approx([5 * 1.5 - bias, 6 * 1.5 - bias], rel=1e-6)
    assert mesh.volume == pytest.approx(result.report["layers"][0]["volume_um3"], rel=1e-6)
    middle = (np.arange(5) - 2) * 1.5, (np.arange(6) - 2.5) * 1.5
    points = np.stack([*np.meshgrid(*middle), np.full((6, 5), 100.0)], axis=-1).reshape(-1, 3)
    hits, rays, _ = mesh.ray.intersects_location(points, np.tile([0, 0, -1.0], (30, 1)), multiple_hits=False)
    tops = np.empty(30)
    tops[rays] = hits[:, 2]
    assert tops.reshape(6, 5) == pytest.approx(5.0 + design.height_um()[0], abs=1e-5)


def test_masks_whose_edges_moved(tmp_path: Path) -> None:
    """Areas, with KLayout as the reader: each mask is that of the pixels, less a border of half the bias."""
    db = pytest.importorskip("klayout.db")
    design = design_of(layers=1)
    process = load_profile("binary-optics-fused-silica")
    plain = export_design(design, tmp_path / "a", "gds", profile=process)
    made = export_design(design, tmp_path / "b", "gds", profile=process, compensation=BIAS)
    regions = []
    for result in (plain, made):
        layout = db.Layout()
        layout.read(str(result.paths[0]))
        cell = layout.top_cell()
        regions.append([db.Region(cell.begin_shapes_rec(layout.layer(k, 0))).merged() for k in (1, 2)])
    for drawn, moved, mask in zip(*regions, made.report["layers"][0]["masks"], strict=True):
        around = db.Region(db.Box(-9000, -9000, 9000, 9000)) - drawn
        assert (moved ^ (drawn - around.sized(100))).is_empty()
        assert moved.area() * 1e-6 == pytest.approx(mask["area_um2"])
    with pytest.raises(ConfigError, match="off the manufacturing grid"):
        odd = replace(BIAS, edge_bias_um=Amount(0.2005))
        export_design(design, tmp_path / "c", "gds", profile=process, compensation=odd)


def test_the_record_has_both_lengths_and_the_uncertainty(tmp_path: Path) -> None:
    design = design_of()
    both = replace(SHRINK, edge_bias_um=BIAS.edge_bias_um)
    result = export_design(design, tmp_path, "stl", compensation=both)
    told = result.report["compensation"]
    record = json.loads((tmp_path / told["file"]).read_text(encoding="utf-8"))
    assert record["design"] == design.content_hash
    assert record["files"] == [path.name for path in result.paths]
    assert record["pitch_um"] == {"designed": 1.5, "written": 1.6}
    assert record["height_of_level_um"]["written"][1] == [0.0, 0.208333, 0.416667, 0.625]
    assert record["edge_shift_um"] == 0.1
    sigma = record["uncertainty"]
    assert sigma["largest_height_sigma_nm"] == pytest.approx(600 * 0.02 / 0.96)
    assert sigma["largest_phase_sigma_rad"] == pytest.approx(2 * np.pi * 12.5 * 0.5429 / 785, rel=1e-6)
    assert sigma["place_sigma_at_the_edge_um"] == pytest.approx(4.5 * 0.01 / 0.9375)
    assert sigma["edge_sigma_um"] == 0.025
    assert told["notes"] == ["shrink_z is assumed: confirm it by a print of known size."]
    assert record["tag"].encode() in result.paths[0].read_bytes()[:80]


def test_the_same_compensation_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        export_design(design_of(), tmp_path / name, "stl", compensation=SHRINK)
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_nothing_is_done_unasked_and_an_old_record_goes(tmp_path: Path) -> None:
    process = load_profile("2pp-63x-ip-dip")
    first = export_design(design_of(), tmp_path, "stl", compensation=SHRINK)
    assert (tmp_path / first.report["compensation"]["file"]).exists()
    again = export_design(design_of(), tmp_path, "stl", profile=process, overwrite=True)
    assert not (tmp_path / first.report["compensation"]["file"]).exists()
    assert again.report["compensation"]["applied"] == {}
    assert "assumed" in again.report["compensation"]["notes"][0]
    assert b"comp" not in again.paths[0].read_bytes()[:80]


@pytest.mark.parametrize("format_name", ["png16", "gwl"])
def test_formats_of_whole_pixels_refuse_moved_walls(tmp_path: Path, format_name: str) -> None:
    options = {"profile": "2pp-63x-ip-dip"} if format_name == "gwl" else {}
    with pytest.raises(ConfigError, match="whole pixels"):
        export_design(design_of(), tmp_path / "x", format_name, compensation=BIAS, options=options)
    assert not (tmp_path / "x").exists()


def test_slices_are_thicker_where_the_print_shrinks(tmp_path: Path) -> None:
    """Slices of 0.1 µm that shrink by 4 % are written 0.104167 µm apart: the counts stay exact."""
    process = load_profile("2pp-63x-ip-dip")
    job = export_design(design_of(), tmp_path, "gwl", profile=process, compensation=SHRINK).report
    slices = job["layers"][0]["slices"]
    assert slices["slice_nm"] == pytest.approx(104.167)
    assert slices["exact"]
    assert [level["slices"] for level in slices["levels"]] == [50, 52, 54, 56]
    solid = export_design(design_of(), tmp_path, "stl", profile=process, compensation=SHRINK).report
    assert solid["slices"]["layers"][0]["recommended"]["slice_nm"] == pytest.approx(104.167, abs=2e-3)
