"""Closedness, orientation and volume, against cubes one can count and against trimesh."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from fabdesign.check import edges
from fabdesign.check.solid import Solid, survey
from fabdesign.check.stl_file import open_stl
from tests.check.devices import export_beside, make_design
from tests.check.voxels import boxes, voxel_triangles, write_stl

CUBE = voxel_triangles(np.array([[1.0]]), 1.0)


def look(tmp_path: Path, triangles: np.ndarray) -> Solid:
    return survey(open_stl(write_stl(tmp_path / "solid.stl", triangles)))


def test_a_cube(tmp_path: Path) -> None:
    cube = look(tmp_path, CUBE)
    assert (cube.triangles, cube.edges.edges, cube.edges.bad) == (12, 18, 0)
    assert cube.closed
    assert cube.outward
    assert cube.volume_um3 == pytest.approx(1, rel=1e-15)
    np.testing.assert_array_equal(cube.minimum_um, [-0.5, -0.5, 0])
    np.testing.assert_array_equal(cube.size_um, [1, 1, 1])
    assert (cube.degenerate, cube.wrong_normals) == (0, 0)


def test_a_sliver_that_rounding_turned_has_no_wrong_normal(tmp_path: Path) -> None:
    """Three corners on one line, 186 µm off, in single precision: which way they turn is chance."""
    corners = [
        [185.67986, -175.90723, 4.796806],
        [185.67986, -178.35039, 4.696872],
        [185.67986, -173.46408, 4.896739],
    ]
    sliver = np.array([corners], dtype=np.float32)
    found = []
    for sign in (1.0, -1.0):
        path = write_stl(tmp_path / "sliver.stl", sliver)
        content = bytearray(path.read_bytes())
        content[84:96] = np.array([sign, 0, 0], dtype="<f4").tobytes()
        path.write_bytes(content)
        found.append(survey(open_stl(path)).wrong_normals)
    assert found == [0, 0]


def test_a_missing_face_opens_three_edges(tmp_path: Path) -> None:
    assert look(tmp_path, CUBE[1:]).edges.bad == 3


def test_one_turned_face_breaks_its_three_edges(tmp_path: Path) -> None:
    turned = CUBE.copy()
    turned[0] = turned[0, ::-1]
    assert look(tmp_path, turned).edges.bad == 3


def test_a_doubled_solid_is_not_closed(tmp_path: Path) -> None:
    assert look(tmp_path, np.concatenate([CUBE, CUBE])).edges.bad == 18


def test_a_gap_of_one_float_is_seen_and_shown(tmp_path: Path) -> None:
    torn = CUBE.copy()
    torn[3, 1, 0] = np.nextafter(np.float32(torn[3, 1, 0]), np.float32(9))
    solid = look(tmp_path, torn)
    assert solid.edges.bad >= 4  # two edges that lost a face, and the two that this face has now
    assert len(solid.edges.middles_um) == solid.edges.bad


def test_two_cubes_along_an_edge_share_it_four_times(tmp_path: Path) -> None:
    low = np.array([[0.0, 0, 0], [1, 1, 0]])
    assert look(tmp_path, boxes(low, low + 1)).edges.bad == 1


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    shifted = CUBE + 0.5
    shifted[5] = np.where(shifted[5] == 0, -0.0, shifted[5])
    assert look(tmp_path, shifted).closed


def test_inside_out(tmp_path: Path) -> None:
    solid = look(tmp_path, CUBE[:, ::-1])
    assert not solid.outward
    assert solid.closed
    assert solid.volume_um3 == pytest.approx(-1)


def test_flat_faces_and_wrong_normals_are_counted(tmp_path: Path) -> None:
    flat = np.concatenate([CUBE, CUBE[:1, [0, 1, 1]]])
    assert look(tmp_path, flat).degenerate == 1
    file = write_stl(tmp_path / "n.stl", CUBE)
    data = bytearray(file.read_bytes())
    data[84:96] = np.array([0, 0, 1], "<f4").tobytes() if CUBE[0, :, 2].any() else np.ones(3, "<f4").tobytes()
    data[134:146] = bytes(12)  # a writer may leave normals out
    file.write_bytes(data)
    assert survey(open_stl(file)).wrong_normals == 1


def test_passes_over_parts_of_the_keys_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heights = np.random.default_rng(2).integers(1, 5, (12, 9)) * 1.0
    file = open_stl(write_stl(tmp_path / "r.stl", voxel_triangles(heights, 1.0)))
    whole = edges.check_edges(file)
    monkeypatch.setattr(edges, "_KEYS_AT_ONCE", 500)
    parts = edges.check_edges(file)
    assert whole.bad > 0  # random levels touch along edges
    assert (whole.edges, whole.bad) == (parts.edges, parts.bad)


def test_trimesh_agrees_on_an_exported_layer(tmp_path: Path) -> None:
    [path] = export_beside(make_design(3, layers=1, pixels=(10, 14)), tmp_path)
    solid, mesh = survey(open_stl(path)), trimesh.load(path)
    assert solid.closed
    assert mesh.is_watertight
    assert solid.volume_um3 == pytest.approx(mesh.volume, rel=1e-9)
    np.testing.assert_array_equal([solid.minimum_um, solid.maximum_um], mesh.bounds)
