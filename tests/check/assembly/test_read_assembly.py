"""Stacks and plates from their bytes: the design comes back, and what was done to the file is named."""

from __future__ import annotations

import numpy as np
import pytest

from fabdesign.check import check_files
from fabdesign.check.assembly import parse_assembly
from fabdesign.check.assembly.shift import whole_shift
from fabdesign.check.header import parse_header
from fabdesign.design import Design, parse_physical
from fabdesign.errors import FabdesignError, FileFormatError
from fabdesign.export import export_design
from fabdesign.relief.assembly import assemble
from tests.check.voxels import boxes, outer_faces, read_triangles, write_stl
from tests.relief.assembly.makers import even_record, make_relief, record, slabs, voxels

LEVELS = np.random.default_rng(8).integers(0, 8, (3, 14, 15)).astype(np.uint8)
ON_GLASS = record([slabs(("gap", 60.0), ("substrate", 150.0), ("base", 5.0))] * 3 + [slabs(("gap", 60.0))])


def device(levels=LEVELS, physical=None) -> Design:
    heights = np.tile(np.round(np.arange(8) * 0.18, 6), (len(levels), 1))
    return Design(np.asarray(levels, np.uint8), heights, physical or even_record(len(levels)))


def export(design: Design, folder, kind: str = "stack", name: str = "stl"):
    return export_design(design, folder, name, options={"assembly": kind}, overwrite=True).paths[0]


def check(path, design: Design):
    return check_files([path], design, resimulate=False)


def as_if_of(path, design: Design):
    """The same file, as if it had been exported from another design."""
    data = path.read_bytes()
    path.write_bytes(data[:10] + design.content_hash[:32].encode() + data[42:])
    return path


def found(result, rule: str) -> list:
    return [finding for finding in result.findings if finding.id == rule]


def test_a_flat_layer_shows_no_shift() -> None:
    flat_um = np.full((1, 12), 0.789)
    assert whole_shift(flat_um + 3.78, flat_um) == (0, 0)
    step_um = np.where(np.arange(12) == 3, 1.0, 0.0)[None]
    assert whole_shift(np.roll(step_um, 2, axis=1), step_um) == (0, 2)


@pytest.mark.parametrize("name", ["stl", "3mf"])
@pytest.mark.parametrize(("kind", "physical"), [("stack", None), ("plates", ON_GLASS)])
def test_what_was_exported_comes_back(tmp_path, kind, physical, name):
    design = device(physical=physical)
    result = check(export(design, tmp_path, kind, name), design)
    assert result.formats == (f"{name} {kind}",)
    assert result.ok
    assert result.levels_identical
    assert [finding.id for finding in result.findings if finding.severity == "error"] == []
    facts = [layer.to_dict() for layer in result.layers]
    assert [fact["layer"] for fact in facts] == [0, 1, 2]
    assert facts[0]["bodies"] == (3 if kind == "plates" else 1)
    if kind == "stack":
        assert [fact["gap_before_um"] for fact in facts] == pytest.approx([25.0] * 3, abs=1e-5)
        assert [fact["modulation_plane_um"] for fact in facts] == pytest.approx([30.0, 60.0, 90.0], abs=1e-5)


def test_a_second_way_to_make_the_solid_reads_the_same(tmp_path):
    levels = np.sort(np.sort(LEVELS, axis=1), axis=2)  # stairs: no pixels meet at a corner alone
    design = device(levels)
    solid = assemble("stack", make_relief(levels), design.physical).solid
    filled, z_pm = voxels(solid)
    x, y = ((np.arange(n + 1) - n / 2) * 1.5 for n in solid.shape[::-1])
    header = f"fabdesign {design.content_hash[:32]} stack 03 um".encode()
    path = write_stl(tmp_path / "voxels.stl", outer_faces(filled, (z_pm / 1e6, y, x)), header)
    result = check(path, design)
    assert [finding.message for finding in result.findings if finding.severity == "error"] == []
    assert result.levels_identical


def test_levels_of_one_layer_changed(tmp_path):
    design, other = device(), LEVELS.copy()
    other[1, 3, 4] = 7 - other[1, 3, 4]
    result = check(as_if_of(export(device(other), tmp_path), design), design)
    (finding,) = found(result, "levels.altered")
    assert finding.layer == 1
    assert finding.places[0].pixel == (3, 4)


def test_swapped_layers_are_named(tmp_path):
    design = device()
    result = check(as_if_of(export(device(LEVELS[[1, 0, 2]]), tmp_path), design), design)
    assert {finding.layer for finding in found(result, "layer.swapped")} == {0, 1}
    assert not found(result, "assembly.gap")


def test_a_wrong_gap_is_named(tmp_path):
    design = device()
    gap = slabs(("gap", 25.0), ("base", 5.0))
    wide = record([gap, slabs(("gap", 26.5), ("base", 5.0)), gap, slabs(("gap", 40.0))])
    result = check(as_if_of(export(device(physical=wide), tmp_path), design), design)
    (finding,) = found(result, "assembly.gap")
    assert finding.layer == 1
    assert finding.value == pytest.approx(26.5, abs=1e-5)
    assert finding.limit == 25.0
    assert result.levels_identical
    assert not result.ok


def test_a_layer_shifted_by_whole_pixels_is_named(tmp_path):
    design, other = device(), LEVELS.copy()
    other[2] = np.roll(LEVELS[2], (-1, 2), (0, 1))
    result = check(as_if_of(export(device(other), tmp_path), design), design)
    (finding,) = found(result, "assembly.shifted")
    assert finding.layer == 2
    assert "(3, -1.5) um" in finding.message.replace("3.0", "3").replace("2.999", "3").replace(
        "-1.499", "-1.5"
    )
    assert finding.value == pytest.approx(np.hypot(3.0, 1.5), rel=1e-3)


def test_a_layer_shifted_by_less_than_a_pixel_is_named(tmp_path):
    design = device()
    path = export(design, tmp_path)
    header, triangles = read_triangles(path)
    half = np.array([15, 14]) * 0.75 + 0.1
    relief = (np.abs(triangles[..., :2]) < half).all(-1) & (np.abs(triangles[..., 2] - 60.7) < 0.65)
    triangles[relief, 0] += 0.3
    result = check(write_stl(path, triangles, header), design)
    (finding,) = found(result, "assembly.shifted")
    assert finding.layer == 1
    assert finding.value == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize(
    ("turned", "name"),
    [(LEVELS[:, ::-1], "orientation.mirrored"), (LEVELS[:, ::-1, ::-1], "orientation.rotated")],
)
def test_mirrored_and_rotated_layers_are_named(tmp_path, turned, name):
    design = device()
    result = check(as_if_of(export(device(turned), tmp_path), design), design)
    assert {finding.layer for finding in found(result, name)} == {0, 1, 2}


def test_something_in_the_way_of_the_light(tmp_path):
    design = device()
    path = export(design, tmp_path)
    header, triangles = read_triangles(path)
    speck = boxes(np.array([[-0.75, 0.0, 40.0]]), np.array([[0.75, 1.5, 41.0]]))
    result = check(write_stl(path, np.concatenate([triangles, speck]), header), design)
    (finding,) = found(result, "assembly.obstructed")
    assert finding.count == 1
    assert finding.places[0].pixel == (7, 7)
    assert found(result, "geometry.bodies")


def test_a_cavity_without_an_opening(tmp_path):
    design = device(LEVELS[:1])
    filled, z_pm = voxels(assemble("stack", make_relief(LEVELS[:1]), design.physical).solid)
    filled[z_pm[1:] <= 25_000_000, 1] = filled[z_pm[1:] <= 25_000_000, -2] = True
    filled[z_pm[1:] <= 25_000_000, :, 1] = filled[z_pm[1:] <= 25_000_000, :, -2] = True
    x, y = ((np.arange(n + 1) - n / 2) * 1.5 for n in filled.shape[:0:-1])
    header = f"fabdesign {design.content_hash[:32]} stack 01 um".encode()
    path = write_stl(tmp_path / "closed.stl", outer_faces(filled, (z_pm / 1e6, y, x)), header)
    (finding,) = found(check(path, design), "assembly.trapped")
    assert finding.value > 1000


def test_a_file_of_fewer_layers_says_so(tmp_path):
    design = device()
    path = as_if_of(export(device(LEVELS[:2]), tmp_path), design)
    with pytest.raises(FileFormatError, match="names 2 layers; the design has 3"):
        check(path, design)
    data = path.read_bytes()
    path.write_bytes(data[:49] + b"03" + data[51:])
    with pytest.raises(FileFormatError, match="2 pieces above each other"):
        check(path, design)


def test_a_scaled_file_says_so(tmp_path):
    design = device()
    path = export(design, tmp_path)
    header, triangles = read_triangles(path)
    with pytest.raises(FileFormatError, match="does not hold the design's pixels"):
        check(write_stl(path, triangles * 1.01, header), design)


def test_headers_of_layers_and_of_assemblies_are_told_apart():
    layer = b"fabdesign " + b"0" * 32 + b" layer 00/02 um"
    stack = b"fabdesign " + b"0" * 32 + b" stack 02 um"
    assert parse_header(layer.ljust(80)) is not None
    assert parse_assembly(layer.ljust(80)) is None
    assert parse_header(stack.ljust(80)) is None
    assert parse_assembly(stack.ljust(80)).kind == "stack"


def test_damage_gives_an_error_or_findings(tmp_path):
    design = device(LEVELS[:2, :6, :6])
    path = export(design, tmp_path)
    data = path.read_bytes()
    rng = np.random.default_rng(9)
    for _ in range(60):
        broken = bytearray(data)
        for place in rng.integers(80, len(data), 3):
            broken[place] = rng.integers(0, 256)
        path.write_bytes(bytes(broken[: rng.integers(0, len(data))] if rng.random() < 0.2 else broken))
        try:
            check(path, design)
        except FabdesignError:
            continue


def test_records_without_spaces_are_read(tmp_path):
    design = device()
    path = export(design, tmp_path)
    bare = parse_physical({**design.physical.to_json(), "spaces": []})
    result = check(path, device(physical=bare))
    assert not found(result, "assembly.gap")
