"""3MF files as other programs see them: manifold by index, exact, outward, the right way up."""

from __future__ import annotations

import hashlib

import lib3mf
import numpy as np
import pytest
import trimesh
from hypothesis import HealthCheck, given, settings

from fabdesign.export import export_design
from tests.export.devices import F_SHAPE, heights_by_rays, make_design
from tests.relief.solids import lens_levels, level_maps, smooth_levels

RELIEFS = {
    "random": np.random.default_rng(1).integers(0, 8, (24, 24)),
    "wide": np.random.default_rng(2).integers(0, 8, (5, 40)),
    "lens": lens_levels(30),
    "smooth": smooth_levels((36, 41), 3),
    "checkerboard": np.indices((6, 7)).sum(axis=0) % 2,
    "f": F_SHAPE,
}
MESHES = ("merged", "pixels")


def read(path):
    """The one object of a package by lib3mf, without a warning, and its model."""
    model = lib3mf.get_wrapper().CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.ReadFromFile(str(path))
    assert reader.GetWarningCount() == 0
    found = model.GetMeshObjects()
    assert found.Count() == 1
    found.MoveNext()
    return found.GetCurrentMeshObject(), model


def as_trimesh(thing) -> trimesh.Trimesh:
    vertices = [list(vertex.Coordinates) for vertex in thing.GetVertices()]
    faces = [list(triangle.Indices) for triangle in thing.GetTriangleIndices()]
    return trimesh.Trimesh(vertices, faces, process=False)


def assert_solid(path, report):
    thing, model = read(path)
    assert model.GetUnit() == lib3mf.ModelUnit.MicroMeter
    assert thing.IsManifoldAndOriented()
    assert thing.GetTriangleCount() == report["triangles"]
    assert thing.GetVertexCount() == report["vertices"]
    mesh = as_trimesh(thing)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.body_count == 1
    assert mesh.euler_number == 2
    assert abs(mesh.volume / report["volume_um3"] - 1) < 2e-7


@pytest.mark.parametrize("kind", MESHES)
@pytest.mark.parametrize("levels", RELIEFS.values(), ids=RELIEFS)
def test_solid_as_other_programs_see_it(tmp_path, levels, kind):
    result = export_design(make_design(levels), tmp_path, "3mf", options={"mesh": kind})
    assert_solid(result.paths[0], result.report["layers"][0])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(levels=level_maps(6))
def test_any_small_relief_is_a_solid(tmp_path, levels):
    result = export_design(make_design(levels), tmp_path, "3mf", overwrite=True)
    assert_solid(result.paths[0], result.report["layers"][0])


def test_nothing_is_pulled_in(tmp_path):
    """Every coordinate is a pixel corner or a level, and the volume is that of the levels."""
    levels = RELIEFS["random"]
    result = export_design(make_design(levels), tmp_path, "3mf")
    vertices = as_trimesh(read(result.paths[0])[0]).vertices
    assert len(np.unique(vertices, axis=0)) < len(vertices)
    lines = vertices[:, :2] / 0.4
    np.testing.assert_allclose(lines, np.rint(lines), atol=1e-5)
    heights = np.concatenate([[0], 5.0 + np.arange(8) * 0.123457])
    assert np.abs(vertices[:, 2:] - heights).min(axis=1).max() < 1e-6
    (report,) = result.report["layers"]
    assert report["volume_um3"] == pytest.approx(0.4**2 * (5.0 + 0.123457 * levels).sum(), rel=1e-14)
    assert report["corner_contacts"] > 0
    assert report["triangles_per_floor"] == 1


def test_corners_are_pulled_in_on_request(tmp_path):
    """The same coordinates as in the STL, for programs that forget which vertex a triangle named."""
    design = make_design(RELIEFS["random"])
    result = export_design(design, tmp_path, "3mf", options={"contacts": "pulled"})
    (report,) = result.report["layers"]
    assert_solid(result.paths[0], report)
    (stl,) = export_design(design, tmp_path, "stl").report["layers"]
    assert {
        key: report[key] for key in ("corner_eps_um", "corner_volume_um3", "volume_um3", "triangles")
    } == {key: stl[key] for key in ("corner_eps_um", "corner_volume_um3", "volume_um3", "triangles")}
    vertices = as_trimesh(read(result.paths[0])[0]).vertices
    assert len(np.unique(vertices, axis=0)) == report["vertices"]


def test_f_comes_back_upright_and_not_mirrored(tmp_path):
    result = export_design(make_design(F_SHAPE), tmp_path, "3mf")
    as_trimesh(read(result.paths[0])[0]).export(tmp_path / "f.stl")
    found = heights_by_rays(tmp_path / "f.stl", 0.4, F_SHAPE.shape)
    np.testing.assert_array_equal(np.rint((found - 5.0) / 0.123457), F_SHAPE)


def test_frame_is_that_of_the_stl(tmp_path):
    result = export_design(make_design(np.full((3, 5), 2), pitch_um=1.5), tmp_path, "3mf")
    low, high = as_trimesh(read(result.paths[0])[0]).bounds
    np.testing.assert_allclose(low, [-3.75, -2.25, 0.0])
    np.testing.assert_allclose(high, [3.75, 2.25, 5.0 + 2 * 0.123457], rtol=1e-7)


def test_metadata_name_design_layer_and_program(tmp_path):
    design = make_design(np.zeros((2, 2, 2)))
    result = export_design(design, tmp_path, "3mf", stem="digits")
    assert [path.name for path in result.paths] == ["digits-layer00.3mf", "digits-layer01.3mf"]
    thing, model = read(result.paths[1])
    assert thing.GetName() == "digits-layer01"
    group = model.GetMetaDataGroup()
    items = [group.GetMetaData(k) for k in range(group.GetMetaDataCount())]
    values = {item.GetName(): item.GetValue() for item in items}
    assert values["design"] == design.content_hash
    assert values["layer"] == "01/02"
    assert values["Application"] == "fabdesign"


def test_bytes_are_reproducible_and_reported(tmp_path):
    design = make_design(RELIEFS["smooth"])
    results = [export_design(design, tmp_path / name, "3mf") for name in "ab"]
    first, second = (result.paths[0].read_bytes() for result in results)
    assert first == second
    (report,) = results[0].report["layers"]
    assert report["sha256"] == hashlib.sha256(first).hexdigest()
    assert report["bytes"] == len(first)
