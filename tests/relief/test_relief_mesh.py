"""Every mesh of every relief is one closed, outward surface that holds exactly the volume it should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from fabdesign.relief import (
    CornerVolume,
    Relief,
    count_vertices,
    layer_lattice,
    merged_mesh,
    merged_tops,
    merged_walls,
    mesh_pixels,
    pixel_mesh,
)
from tests.relief.solids import (
    HASH,
    assert_closed_sphere,
    assert_no_overlap,
    collect,
    exact_volume_pm3,
    lens_levels,
    level_maps,
    make,
    smooth_levels,
)

MESHES = {"merged": merged_mesh, "pixels": pixel_mesh}
FEWEST = {"merged": lambda count: count.floor, "pixels": lambda count: count.conforming}

CASES = {
    "single pixel": np.zeros((1, 1)),
    "flat": np.ones((3, 4)),
    "row": np.array([[0, 2, 2, 1, 0, 3]]),
    "column": np.array([[0], [2], [2], [1]]),
    "checkerboard": np.indices((5, 6)).sum(axis=0) % 2,
    "steep checkerboard": (np.indices((6, 5)).sum(axis=0) % 2) * np.arange(1, 6),
    "hole": np.pad(np.zeros((2, 3)), 2, constant_values=3),
    "island": np.pad(np.ones((2, 3)), 2),
    "frames": np.minimum.reduce([*np.indices((9, 8)), *(np.indices((9, 8))[:, ::-1, ::-1])]),
    "random": np.random.default_rng(3).integers(0, 8, (17, 23)),
    "lens": lens_levels(31),
    "smooth": smooth_levels((40, 33), 5),
}


def assert_right(levels, kind: str) -> None:
    relief = make(levels)
    lattice = layer_lattice(relief, 0)
    count = count_vertices(lattice)
    removed = CornerVolume(lattice)
    batches = list(MESHES[kind](lattice))
    for batch in batches:
        removed.add(batch)
    mesh = collect(batches)
    vertices = assert_closed_sphere(mesh)
    assert len(mesh) == 2 * (vertices - 2) == FEWEST[kind](count)
    assert_no_overlap(lattice, mesh)
    assert exact_volume_pm3(lattice, mesh) == relief.volume_pm3(0) - removed.removed_pm3
    assert (removed.removed_pm3 > 0) == (lattice.contacts > 0)


@pytest.mark.parametrize("kind", MESHES)
@pytest.mark.parametrize("levels", CASES.values(), ids=CASES)
def test_known_reliefs(levels, kind):
    assert_right(levels, kind)


@pytest.mark.parametrize("kind", MESHES)
@settings(max_examples=120, deadline=None)
@given(levels=level_maps())
def test_any_small_relief(kind, levels):
    assert_right(levels, kind)


@pytest.mark.parametrize("kind", MESHES)
def test_bands_join_without_a_seam(kind, monkeypatch):
    levels = smooth_levels((37, 20), 8)
    whole = collect(MESHES[kind](layer_lattice(make(levels), 0)))
    for module in (mesh_pixels, merged_tops, merged_walls):
        monkeypatch.setattr(module, "_PIXELS_PER_BAND", 3 * 20)
    batches = list(MESHES[kind](layer_lattice(make(levels), 0)))
    assert len(batches) > 10
    assert_closed_sphere(collect(batches))
    assert len(collect(batches)) == len(whole)


def test_checkerboard_volume_by_hand():
    """A corner pulled in by (eps, eps) takes eps/3 times the area of the wall triangles that meet in it.

    Each of its two walls is one rectangle of two triangles, of which one or both meet there.
    """
    relief = make([[1, 0], [0, 1]], pitch_pm=1_024_000, step_pm=300_000, base_pm=1_000_000)
    lattice = layer_lattice(relief, 0)
    assert (lattice.contacts, lattice.tied_contacts, lattice.eps_pm) == (1, 1, 1000)
    removed = CornerVolume(lattice)
    for batch in pixel_mesh(lattice):
        removed.add(batch)
    triangle_pm2 = 1_024_000 * 300_000 // 2
    assert removed.removed_pm3 * 3 / (1000 * triangle_pm2) in {2, 3, 4}


def test_plate_of_one_colour_is_a_box():
    assert len(collect(merged_mesh(layer_lattice(make(np.full((30, 40), 2)), 0)))) == 12


@pytest.mark.parametrize("seed", range(3))
def test_plateaus_with_many_holes(seed):
    """Few levels and a sparse pattern: long runs that split and join many times on a line."""
    rng = np.random.default_rng(seed)
    assert_right((rng.random((21, 34)) < 0.2 + 0.2 * seed).astype(int), "merged")


def test_dots_and_their_inverse():
    dots = np.zeros((9, 13), dtype=int)
    dots[1::2, 1::2] = 1
    assert_right(dots, "merged")
    assert_right(1 - dots, "merged")
    assert_right(1 - dots.T, "merged")


@pytest.mark.parametrize("kind", MESHES)
@pytest.mark.parametrize("pitch_pm", [316_400, 1_500_000, 1_234_567])
def test_uneven_heights_and_odd_pitches(kind, pitch_pm):
    rng = np.random.default_rng(pitch_pm)
    relief = Relief(
        rng.integers(0, 5, (1, 14, 11)).astype(np.uint8),
        np.array([[0, 1_003, 250_001, 250_777, 1_999_999]]),
        2_000_003,
        pitch_pm,
        HASH,
        "x",
    )
    lattice = layer_lattice(relief, 0)
    mesh = collect(MESHES[kind](lattice))
    assert_closed_sphere(mesh)
    assert_no_overlap(lattice, mesh)


@pytest.mark.parametrize("kind", MESHES)
def test_meshes_are_the_same_every_time(kind):
    levels = smooth_levels((25, 31), 2)
    first, second = (collect(MESHES[kind](layer_lattice(make(levels), 0))) for _ in range(2))
    for name in ("xi", "yi", "zi", "axis"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


@pytest.mark.parametrize("kind", MESHES)
@settings(max_examples=60, deadline=None)
@given(levels=level_maps())
def test_exact_lattice_is_split_by_index_alone(kind, levels):
    """No corner is moved, and still every edge has two faces, by the integers of the vertices."""
    relief = make(levels)
    lattice = layer_lattice(relief, 0, exact=True)
    mesh = collect(MESHES[kind](lattice))
    assert_closed_sphere(mesh)
    assert_no_overlap(lattice, mesh)
    assert exact_volume_pm3(lattice, mesh) == relief.volume_pm3(0)
