"""Stacks and plates as other programs see them, and as they are asked for."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import trimesh

from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.export import export_design
from tests.export.devices import load, make_design
from tests.export.test_export_3mf import as_trimesh, read
from tests.relief.assembly.makers import record, slabs

LEVELS = np.random.default_rng(6).integers(0, 8, (3, 16, 18))


def device(spaces=None) -> Design:
    design = make_design(LEVELS, pitch_um=1.5, step_um=0.18)
    if spaces is None:
        return design
    return Design(design.levels, design.height_of_level_um, record(spaces))


ON_GLASS = [slabs(("gap", 60.0), ("substrate", 150.0), ("base", 5.0))] * 3 + [slabs(("gap", 60.0))]


def assert_solid(mesh: trimesh.Trimesh, report, genus: int) -> None:
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.body_count == report["bodies"]
    assert mesh.euler_number == 2 * report["bodies"] - 2 * genus
    assert len(mesh.faces) == report["triangles"]
    assert abs(mesh.volume / report["volume_um3"] - 1) < 2e-7


def test_a_stack_as_other_programs_see_it(tmp_path):
    for name in ("stl", "3mf"):
        result = export_design(device(), tmp_path, name, stem="digits", options={"assembly": "stack"})
        (path,) = result.paths
        assert path.name == f"digits-stack.{name}"
        mesh = load(path) if name == "stl" else as_trimesh(read(path)[0])
        posts = result.report["geometry"]["posts_per_gap"]
        assert_solid(mesh, result.report["solid"], genus=1 + 3 * (posts - 1))
        np.testing.assert_allclose(
            np.ptp(mesh.bounds, axis=0), result.report["geometry"]["size_um"], rtol=1e-6
        )
    thing, _ = read(path)
    assert thing.IsManifoldAndOriented()
    assert result.report["solid"]["volume_um3"] == pytest.approx(mesh.volume, rel=1e-6)


def test_plates_as_other_programs_see_them(tmp_path):
    for name in ("stl", "3mf"):
        result = export_design(device(ON_GLASS), tmp_path, name, options={"assembly": "plates"})
        (path,) = result.paths
        mesh = load(path) if name == "stl" else as_trimesh(read(path)[0])
        assert_solid(mesh, {**result.report["solid"], "bodies": 3}, genus=0)
        centres = np.array([body.bounds.mean(axis=0)[:2] for body in mesh.split(only_watertight=False)])
        expected = np.array(result.report["geometry"]["centre_um"])
        order = np.lexsort((expected[:, 0], expected[:, 1]))
        np.testing.assert_allclose(
            centres[np.lexsort((centres[:, 0], centres[:, 1]))], expected[order], atol=1e-4
        )


def test_slices_of_a_stack_have_the_area_of_their_levels(tmp_path):
    result = export_design(device(), tmp_path, "stl", options={"assembly": "stack"})
    mesh = load(result.paths[0])
    geometry = result.report["geometry"]
    frame = geometry["size_um"][0] * geometry["size_um"][1]
    frame -= np.prod(np.array(geometry["size_um"][:2]) - 2 * geometry["frame_width_um"])
    for layer, plane in enumerate(geometry["modulation_plane_um"]):
        section = mesh.section(plane_origin=[0, 0, plane + 2.5 * 0.18], plane_normal=[0, 0, 1])
        area = np.count_nonzero(LEVELS[layer] >= 3) * 1.5**2 + frame
        area -= (geometry["frame_width_um"] + 1.5) ** 2 - 1.5**2 if layer == 2 else 0.0
        assert section.to_2D()[0].area == pytest.approx(area, rel=2e-4)


def test_header_and_bytes(tmp_path):
    design = device()
    results = [
        export_design(design, tmp_path / name, "stl", options={"assembly": "stack"}) for name in ("a", "b")
    ]
    first, second = (result.paths[0].read_bytes() for result in results)
    assert first == second
    assert first[:80].decode("ascii").rstrip() == f"fabdesign {design.content_hash[:32]} stack 03 um"
    assert hashlib.sha256(first).hexdigest() == results[0].report["solid"]["sha256"]
    assert len(first) == results[0].report["solid"]["bytes"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"assembly": "tower"}, "'assembly' must be one of layers, stack, plates"),
        ({"clearance_um": 3.0}, "belongs to layers put together"),
        ({"assembly": "stack", "mesh": "pixels"}, "meshed as 'merged'"),
        ({"assembly": "stack", "post_um": "thin"}, "'post_um' must be a length"),
        ({"assembly": "plates"}, "light goes through none"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(tmp_path, options, message):
    with pytest.raises(ConfigError, match=message):
        export_design(device(), tmp_path / "out", "stl", options=options)
    assert not list(tmp_path.iterdir())
