"""Every vertex of a mesh has one number, and every number is a vertex of the mesh."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from fabdesign.relief import (
    VertexTable,
    count_vertices,
    floor,
    layer_lattice,
    merged_mesh,
    pixel_mesh,
    vertices,
)
from fabdesign.relief.lattice import STEPS
from tests.relief.solids import collect, level_maps, make, smooth_levels

MESHES = {"merged": merged_mesh, "pixels": pixel_mesh}


def assert_numbered(levels, kind: str) -> VertexTable:
    lattice = layer_lattice(make(levels), 0, exact=True)
    table = VertexTable(lattice, merged=kind == "merged")
    mesh = collect(MESHES[kind](lattice))
    index = table.index(mesh)
    assert np.array_equal(np.unique(index), np.arange(len(table)))
    places = np.concatenate([np.stack(batch) for batch in table.vertices()], axis=1)
    assert places.shape == (3, len(table))
    np.testing.assert_array_equal(places[:, index], [mesh.xi, mesh.yi, mesh.zi])
    assert len(np.unique(places, axis=1).T) == len(table)
    return table


@pytest.mark.parametrize("kind", MESHES)
@settings(max_examples=40, deadline=None)
@given(levels=level_maps())
def test_any_small_relief(kind, levels):
    assert_numbered(levels, kind)


def test_contact_between_equals_has_two_vertices_in_one_place():
    table = assert_numbered([[1, 0], [0, 1]], "merged")
    xi, yi, zi = next(table.vertices())
    top = (xi // STEPS == 1) & (yi // STEPS == 1) & (zi == 2)
    assert np.count_nonzero(top) == 2


def test_bands_and_batches_change_nothing(monkeypatch):
    levels = smooth_levels((29, 17), 4)
    lattice = layer_lattice(make(levels), 0, exact=True)
    whole = next(VertexTable(lattice, merged=True).vertices())
    monkeypatch.setattr(floor, "_ROWS_PER_BAND", 3)
    monkeypatch.setattr(vertices, "_CORNERS_AT_ONCE", 11)
    batches = list(VertexTable(lattice, merged=True).vertices())
    assert len(batches) > 10
    for axis in range(3):
        np.testing.assert_array_equal(np.concatenate([batch[axis] for batch in batches]), whole[axis])


def test_as_many_as_were_counted():
    lattice = layer_lattice(make(smooth_levels((40, 33), 5)), 0, exact=True)
    count = count_vertices(lattice)
    assert len(VertexTable(lattice, merged=True)) == count.true_corners
    assert len(VertexTable(lattice, merged=False)) == count.lattice_points


def test_foreign_vertex_is_noticed():
    lattice = layer_lattice(make(np.zeros((3, 3))), 0, exact=True)
    with pytest.raises(AssertionError, match="not in the table"):
        VertexTable(lattice, merged=True).index(collect(pixel_mesh(lattice)))
