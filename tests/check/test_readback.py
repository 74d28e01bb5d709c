"""Any relief comes back from its STL as it went in; what is no relief is named."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabdesign.check import ReadBack, compare, read_back_stl
from fabdesign.errors import FileFormatError
from tests.check.devices import BASE_UM, export_beside, make_design
from tests.check.voxels import boxes, read_triangles, voxel_triangles, write_stl

# level 2 only touches itself along faces, so that voxels make a closed solid
PLAIN = np.array([[1.0, 1, 2, 2], [1, 1, 1, 2], [3, 1, 1, 2]])


def ids(read: ReadBack) -> list[str]:
    return [finding.id for finding in read.findings]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    ny=st.integers(1, 12),
    nx=st.integers(1, 12),
    levels=st.integers(2, 16),
    mesh=st.sampled_from(["pixels", "merged"]),
)
def test_export_and_read_back(tmp_path: Path, *, seed: int, ny: int, nx: int, levels: int, mesh: str) -> None:
    design = make_design(seed, layers=1, pixels=(ny, nx), levels=levels)
    for old in tmp_path.glob("*"):
        old.unlink()
    [path] = export_beside(design, tmp_path, mesh)
    read = read_back_stl(path, (ny, nx), BASE_UM)
    comparison = compare(read, design, 0)
    assert read.findings == ()
    assert comparison.identical
    assert comparison.findings == ()
    np.testing.assert_allclose(read.height_um, design.height_um()[0], atol=1e-6)
    assert read.tag is not None
    assert (read.tag.hash_prefix, read.tag.layer, read.tag.layers) == (design.content_hash[:32], 0, 1)


@pytest.mark.parametrize("shape", [(9, 14), (14, 9), (25, 25)])
def test_pixels_are_found_without_the_design(tmp_path: Path, shape: tuple[int, int]) -> None:
    design = make_design(4, layers=1, pixels=shape)
    [path] = export_beside(design, tmp_path)
    read = read_back_stl(path)
    assert read.lattice.shape == shape
    assert read.pitch_um == pytest.approx(1.5, rel=1e-6)
    assert read.base_um == pytest.approx(BASE_UM, rel=1e-6)
    np.testing.assert_allclose(read.height_um, design.height_um()[0], atol=1e-6)


def test_a_voxel_relief(tmp_path: Path) -> None:
    read = read_back_stl(write_stl(tmp_path / "v.stl", voxel_triangles(PLAIN, 0.5)), (3, 4))
    np.testing.assert_array_equal(read.thickness_um, PLAIN)
    assert read.base_um == 1
    assert read.origin_um == (0, 0, 0)
    assert ids(read) == []
    assert read.tag is None


def test_heights_are_not_snapped(tmp_path: Path) -> None:
    odd = PLAIN + np.random.default_rng(0).normal(0, 1e-3, PLAIN.shape)
    read = read_back_stl(write_stl(tmp_path / "v.stl", voxel_triangles(odd, 0.5)), (3, 4))
    np.testing.assert_array_equal(read.thickness_um, odd.astype(np.float32))


def test_holes_are_named_with_their_place(tmp_path: Path) -> None:
    holed = PLAIN.copy()
    holed[1, 2] = 0
    read = read_back_stl(write_stl(tmp_path / "v.stl", voxel_triangles(holed, 0.5)), (3, 4))
    assert ids(read) == ["geometry.hole"]
    [place] = read.findings[0].places
    assert place.pixel == (1, 2)
    assert (place.x_um, place.y_um) == (0.25, 0)
    assert np.isnan(read.thickness_um[1, 2])


def test_a_heap_of_boxes_has_inner_walls(tmp_path: Path) -> None:
    i, j = np.indices(PLAIN.shape)
    low = np.stack([j * 0.5, i * 0.5, np.zeros(PLAIN.shape)], axis=-1).reshape(-1, 3)
    high = low + np.stack([np.full(12, 0.5), np.full(12, 0.5), PLAIN.ravel()], axis=1)
    read = read_back_stl(write_stl(tmp_path / "b.stl", boxes(low, high)), (3, 4))
    np.testing.assert_array_equal(read.thickness_um, PLAIN)
    assert "geometry.open" in ids(read)


def test_stacked_boxes_have_inner_faces(tmp_path: Path) -> None:
    low, high = np.array([[0.0, 0, 0], [0, 0, 1]]), np.array([[2.0, 2, 1], [1, 2, 3]])
    read = read_back_stl(write_stl(tmp_path / "b.stl", boxes(low, high)), (2, 2))
    assert "geometry.inner-face" in ids(read)


def test_two_bodies_are_counted(tmp_path: Path) -> None:
    low, high = np.array([[0.0, 0, 0], [1, 0, 2]]), np.array([[1.0, 1, 1], [2, 1, 3]])
    read = read_back_stl(write_stl(tmp_path / "b.stl", boxes(low, high)), (1, 2))
    [finding] = [finding for finding in read.findings if finding.id == "geometry.bodies"]
    assert finding.value == 2


def test_a_base_that_is_not_flat(tmp_path: Path) -> None:
    low, high = np.array([[0.0, 0, 0], [1, 0, 0.5]]), np.array([[1.0, 1, 1], [2, 1, 3]])
    read = read_back_stl(write_stl(tmp_path / "b.stl", boxes(low, high)), (1, 2))
    assert "geometry.base-not-flat" in ids(read)


def test_a_tilted_solid_is_named_with_its_angle(tmp_path: Path) -> None:
    triangles = voxel_triangles(PLAIN, 0.5)
    triangles[..., 2] += 0.01 * triangles[..., 0]
    read = read_back_stl(write_stl(tmp_path / "t.stl", triangles), (3, 4))
    [finding] = [finding for finding in read.findings if finding.id == "geometry.tilted"]
    assert finding.value == pytest.approx(np.arctan(0.01), rel=1e-4)


def test_geometry_finer_than_a_pixel_is_noticed(tmp_path: Path) -> None:
    low = np.array([[0.0, 0, 0], [0.1, 0.1, 1]])
    high = np.array([[1.0, 1, 1], [0.3, 0.3, 2]])
    read = read_back_stl(write_stl(tmp_path / "f.stl", boxes(low, high)), (1, 1))
    assert read.thickness_um.item() == 1  # the spike misses the centre
    assert {"geometry.off-lattice", "geometry.volume"} <= set(ids(read))


def test_no_square_lattice(tmp_path: Path) -> None:
    triangles = voxel_triangles(np.random.default_rng(0).uniform(1, 2, (9, 9)), 1.0)
    triangles[..., 0] = np.exp(triangles[..., 0] / 3)
    with pytest.raises(FileFormatError, match="no square lattice"):
        read_back_stl(write_stl(tmp_path / "c.stl", triangles))


def test_a_flat_sheet_is_refused(tmp_path: Path) -> None:
    triangles = voxel_triangles(PLAIN, 0.5) * [1, 1, 0]
    with pytest.raises(FileFormatError, match="no thickness"):
        read_back_stl(write_stl(tmp_path / "s.stl", triangles), (3, 4))


def test_one_moved_corner_is_found(tmp_path: Path) -> None:
    [path] = export_beside(make_design(5, layers=1, pixels=(8, 8)), tmp_path)
    header, triangles = read_triangles(path)
    triangles[100, 0, 2] += 0.05
    write_stl(path, triangles, header)
    assert "geometry.open" in ids(read_back_stl(path, (8, 8)))
