"""The floor of triangles, against counts by hand and by another way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from fabdesign.relief import count_vertices, layer_lattice
from tests.relief.solids import level_maps, make


def count(levels):
    return count_vertices(layer_lattice(make(levels), 0))


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (4, 3)])
def test_a_block_has_eight_corners(shape):
    assert count(np.zeros(shape)).floor == 12


def test_an_island_adds_eight_corners():
    assert count(np.pad(np.ones((2, 2)), 1)).true_corners == 16


def test_a_step_adds_four_corners():
    assert count([[0, 1], [0, 1]]).true_corners == 12


def test_tied_contact_counts_twice():
    """Plate of 2 × 2 with a full diagonal: 4 corners below, 4 × 1 outside, and the rest by hand.

    At each of the 4 edge midpoints the step has 2 corners; in the middle the low level once, the high twice.
    """
    assert count([[1, 0], [0, 1]]).true_corners == 4 + 4 + 4 * 2 + 3


def corners_one_by_one(levels) -> int:
    """True corners counted point by point from voxels: another way to the same number."""
    voxels = np.pad(np.asarray(levels, dtype=int) + 1, 1)
    total = 0
    for i, j in itertools.product(range(voxels.shape[0] - 1), range(voxels.shape[1] - 1)):
        square = voxels[i : i + 2, j : j + 2]
        for z in {int(value) for value in square.ravel()}:
            solid = np.stack([(square >= z) & (z > 0), square > z])
            straight = any((solid == np.flip(solid, axis)).all() for axis in range(3))
            total += not straight
        (a, b), (c, d) = square.tolist()
        total += (a == d > max(b, c)) or (b == c > max(a, d))
    return total


@settings(max_examples=60, deadline=None)
@given(levels=level_maps())
def test_floor_agrees_with_voxels(levels):
    assert count(levels).true_corners == corners_one_by_one(levels)
