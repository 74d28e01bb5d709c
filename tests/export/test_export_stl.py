"""STL files as other programs see them: closed, outward, of the right volume, levels and orientation."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import stl
from hypothesis import HealthCheck, given, settings

from fabdesign.export import export_design
from tests.export.devices import F_SHAPE, heights_by_rays, load, make_design
from tests.relief.solids import lens_levels, level_maps, smooth_levels

RELIEFS = {
    "random": np.random.default_rng(1).integers(0, 8, (24, 24)),
    "wide": np.random.default_rng(2).integers(0, 8, (5, 40)),
    "lens": lens_levels(30),
    "smooth": smooth_levels((36, 41), 3),
    "f": F_SHAPE,
}
MESHES = ("merged", "pixels")


def assert_solid(path, report):
    mesh = load(path)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.body_count == 1
    assert mesh.euler_number == 2
    edges = np.unique(mesh.edges_sorted, axis=0, return_counts=True)[1]
    assert (edges == 2).all()
    assert len(mesh.faces) == report["triangles"]
    assert abs(mesh.volume / report["volume_um3"] - 1) < 2e-7
    assert mesh.volume > 0


def assert_normals_point_out(path):
    mesh = stl.mesh.Mesh.from_file(str(path), calculate_normals=False)
    a, b, c = mesh.vectors.astype(np.float64).transpose(1, 0, 2)
    cross = np.cross(b - a, c - a)
    cosine = np.einsum("ij,ij->i", cross, mesh.normals) / np.linalg.norm(cross, axis=1)
    assert (np.abs(cosine - 1) < 1e-6).all()
    assert not mesh.attr.any()


@pytest.mark.parametrize("kind", MESHES)
@pytest.mark.parametrize("levels", RELIEFS.values(), ids=RELIEFS)
def test_solid_as_other_programs_see_it(tmp_path, levels, kind):
    result = export_design(make_design(levels), tmp_path, "stl", options={"mesh": kind})
    (path,) = result.paths
    (report,) = result.report["layers"]
    assert_solid(path, report)
    assert_normals_point_out(path)
    heights = heights_by_rays(path, 0.4, levels.shape)
    np.testing.assert_allclose(heights, 5.0 + levels * 0.123457, atol=1e-6)


@pytest.mark.parametrize("kind", MESHES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(levels=level_maps(6))
def test_any_small_relief_is_a_solid(tmp_path, kind, levels):
    result = export_design(make_design(levels), tmp_path, "stl", options={"mesh": kind}, overwrite=True)
    assert_solid(result.paths[0], result.report["layers"][0])


@pytest.mark.parametrize("kind", MESHES)
@pytest.mark.parametrize("levels", [RELIEFS["random"], RELIEFS["lens"]], ids=["random", "lens"])
def test_slices_have_the_area_of_their_levels(tmp_path, levels, kind):
    result = export_design(make_design(levels), tmp_path, "stl", options={"mesh": kind})
    mesh = load(result.paths[0])
    tolerance = {"merged": 5e-4, "pixels": 2e-4}[kind]
    for level in range(1, 8):
        section = mesh.section(plane_origin=[0, 0, 5.0 + (level - 0.5) * 0.123457], plane_normal=[0, 0, 1])
        area = section.to_2D()[0].area
        assert abs(area / (np.count_nonzero(levels >= level) * 0.4**2) - 1) < tolerance


def test_f_comes_back_upright_and_not_mirrored(tmp_path):
    result = export_design(make_design(F_SHAPE), tmp_path, "stl")
    found = heights_by_rays(result.paths[0], 0.4, F_SHAPE.shape)
    levels = np.rint((found - 5.0) / 0.123457).astype(int)
    np.testing.assert_array_equal(levels, F_SHAPE)
    for other in (F_SHAPE[::-1], F_SHAPE[:, ::-1], F_SHAPE[::-1, ::-1]):
        assert (levels != other).any()


def test_frame_is_centred_and_stands_on_zero(tmp_path):
    result = export_design(make_design(np.full((3, 5), 2), pitch_um=1.5), tmp_path, "stl")
    low, high = load(result.paths[0]).bounds
    np.testing.assert_allclose(low, [-3.75, -2.25, 0.0])
    np.testing.assert_allclose(high, [3.75, 2.25, 5.0 + 2 * 0.123457], rtol=1e-7)


def test_header_names_design_layer_and_unit(tmp_path):
    design = make_design(np.zeros((2, 2, 2)))
    result = export_design(design, tmp_path, "stl", stem="digits")
    assert [path.name for path in result.paths] == ["digits-layer00.stl", "digits-layer01.stl"]
    header = result.paths[1].read_bytes()[:80]
    assert header == f"fabdesign {design.content_hash[:32]} layer 01/02 um".encode().ljust(80)


def test_bytes_are_reproducible_and_reported(tmp_path):
    design = make_design(RELIEFS["smooth"])
    results = [export_design(design, tmp_path / name, "stl") for name in "ab"]
    first, second = (result.paths[0].read_bytes() for result in results)
    assert first == second
    (report,) = results[0].report["layers"]
    assert report["sha256"] == hashlib.sha256(first).hexdigest()
    assert report["bytes"] == len(first)
    assert results[0].report == results[1].report


def test_report_counts_contacts(tmp_path):
    (flat,) = export_design(make_design([[1, 2], [1, 2]]), tmp_path / "a", "stl").report["layers"]
    (crossed,) = export_design(make_design([[1, 2], [2, 1]]), tmp_path / "b", "stl").report["layers"]
    assert (flat["corner_contacts"], flat["corner_eps_um"], flat["corner_volume_um3"]) == (0, 0.0, 0.0)
    assert (crossed["corner_contacts"], crossed["corner_contacts_tied"]) == (1, 1)
    assert crossed["corner_eps_um"] == pytest.approx(0.4 / 1024, rel=1e-2)
    assert crossed["corner_volume_um3"] > 0
