"""Heights at pixel centres against brute force over every triangle and every centre."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fabdesign.check import raster
from fabdesign.check.raster import HeightMap
from fabdesign.errors import FileFormatError

SHAPE = (7, 9)
Floats = NDArray[np.float64]


def rasterise(corners: Floats, shape: tuple[int, int] = SHAPE) -> HeightMap:
    heights = HeightMap(shape)
    heights.add(*(np.ascontiguousarray(corners[..., axis].T) for axis in range(3)))
    return heights


def brute_force(corners: Floats, shape: tuple[int, int]) -> Floats:
    """Highest plane above each centre that lies in a triangle, by barycentric coordinates."""
    high = np.full(shape, -np.inf)
    for a, b, c in corners:
        for i in range(shape[0]):
            for j in range(shape[1]):
                system = np.array([[a[0], b[0], c[0]], [a[1], b[1], c[1]], [1, 1, 1]])
                weights = np.linalg.solve(system, [j, i, 1])
                if (weights >= -1e-9).all():
                    high[i, j] = max(high[i, j], weights @ [a[2], b[2], c[2]])
    return high


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), reach=st.floats(0.5, 12))
def test_random_triangles(seed: int, reach: float) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(-1, 1, (6, 3, 3)) * reach + [4, 3, 0]
    np.testing.assert_allclose(rasterise(corners).high, brute_force(corners, SHAPE), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("by_columns", [False, True])
def test_a_fan_over_a_large_rectangle(by_columns: bool) -> None:
    ny, nx = 40, 50
    edge = [(x, -0.5) for x in np.arange(nx + 1) - 0.5] + [(nx - 0.5, y) for y in np.arange(1, ny + 1) - 0.5]
    edge += [(x, ny - 0.5) for x in np.arange(nx)[::-1] - 0.5] + [
        (-0.5, y) for y in np.arange(1, ny)[::-1] - 0.5
    ]
    fan = np.array([[edge[0], edge[k], edge[k + 1]] for k in range(1, len(edge) - 1)])
    fan = np.concatenate([fan, np.full((*fan.shape[:2], 1), 2.5)], axis=2)
    shape = (ny, nx)
    if by_columns:
        fan, shape = fan[..., [1, 0, 2]], (nx, ny)
    seen = rasterise(fan, shape)
    assert (seen.high == 2.5).all()
    assert (seen.low == 2.5).all()


def test_a_diagonal_through_centres_leaves_no_hole() -> None:
    square = np.array(
        [[[-0.5, -0.5, 1], [4.5, -0.5, 1], [4.5, 4.5, 1]], [[-0.5, -0.5, 1], [4.5, 4.5, 1], [-0.5, 4.5, 1]]]
    )
    assert rasterise(square, (5, 5)).covered.all()


def test_highest_and_lowest_of_stacked_faces() -> None:
    face = np.array([[-1.0, -1, 0], [30, -1, 0], [-1, 30, 0]])
    seen = rasterise(np.stack([face, face + np.array([0, 0, 3])]))
    assert (seen.high == 3).all()
    assert (seen.low == 0).all()


def test_nothing_is_covered_beyond_the_triangle() -> None:
    seen = rasterise(np.array([[[0.6, 0.6, 1], [2.4, 0.6, 1], [0.6, 2.4, 1.0]]]))
    assert np.argwhere(seen.covered).tolist() == [[1, 1], [1, 2], [2, 1]] or seen.covered.sum() == 1
    assert seen.high[1, 1] == 1


def test_endless_overlap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "_AT_ONCE", 10)
    face = np.array([[-1.0, -1, 0], [30, -1, 0], [-1, 30, 0]])
    with pytest.raises(FileFormatError, match="more than 64 times"):
        rasterise(np.repeat(face[None], 1000, axis=0))
