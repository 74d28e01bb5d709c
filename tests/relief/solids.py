"""Small reliefs, and an exact check of any mesh of them on the integer lattice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fabdesign.relief import Lattice, Relief, Triangles
from fabdesign.relief.lattice import rounded_to_float32
from fabdesign.relief.mesh import join

HASH = "0123456789abcdef" * 4


def make(levels, *, pitch_pm=400_000, step_pm=123_457, base_pm=5_000_000, name="x") -> Relief:
    """A relief of one layer (2-D levels) or more (3-D), level k at k steps."""
    levels = np.asarray(levels, dtype=np.uint8)
    levels = levels[None] if levels.ndim == 2 else levels
    heights = np.arange(int(levels.max()) + 1, dtype=np.int64) * step_pm
    return Relief(levels, np.tile(heights, (len(levels), 1)), base_pm, pitch_pm, HASH, name)


def level_maps(largest: int = 7, levels: int = 4):
    """Arrays of small integers, of any small shape."""
    shapes = st.tuples(st.integers(1, largest), st.integers(1, largest))
    tops = st.integers(0, levels - 1)
    return tops.flatmap(lambda top: hnp.arrays(np.uint8, shapes, elements=st.integers(0, top)))


def smooth_levels(shape, seed: int, levels: int = 8, width: float = 0.08):
    """Low-pass random phase, wrapped and quantised, like a trained layer."""
    rng = np.random.default_rng(seed)
    fy, fx = (np.fft.fftfreq(n) for n in shape)
    spectrum = np.fft.fft2(rng.standard_normal(shape) + 1j * rng.standard_normal(shape))
    phase = np.angle(np.fft.ifft2(spectrum * np.exp(-(fy[:, None] ** 2 + fx**2) / (2 * width**2))))
    return (np.rint(phase / (2 * np.pi) * levels).astype(int) % levels).astype(np.uint8)


def lens_levels(n: int, levels: int = 8):
    """A quantised lens, undersampled at the rim."""
    c = (np.arange(n) - (n - 1) / 2) * 0.5
    phase = -2 * np.pi / 0.532 * (np.sqrt(c[:, None] ** 2 + c**2 + (0.75 * n) ** 2) - 0.75 * n)
    return (np.rint(phase / (2 * np.pi) * levels).astype(int) % levels).astype(np.uint8)


def collect(batches: Iterable[Triangles]) -> Triangles:
    """All batches as one."""
    return join(list(batches))


def vertex_ids(mesh: Triangles) -> np.ndarray:
    """One integer per distinct lattice vertex, int64 [triangle, corner]."""
    triples = np.stack([mesh.xi, mesh.yi, mesh.zi], axis=2).reshape(-1, 3)
    return np.unique(triples, axis=0, return_inverse=True)[1].reshape(-1, 3)


def assert_closed_sphere(mesh: Triangles) -> int:
    """Every edge in two faces that run it in opposite ways, one body, no handle; returns the vertex count."""
    ids = vertex_ids(mesh)
    directed = Counter(edge for a, b, c in ids.tolist() for edge in ((a, b), (b, c), (c, a)))
    assert all(count == 1 for count in directed.values()), "an edge is run twice in one direction"
    assert all((b, a) in directed for a, b in directed), "an edge has only one face"
    vertices = int(ids.max()) + 1
    assert vertices - len(directed) // 2 + len(mesh) == 2
    assert _bodies(ids, vertices) == 1
    return vertices


def _bodies(ids: np.ndarray, vertices: int) -> int:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows, columns = ids[:, [0, 1]].ravel(), ids[:, [1, 2]].ravel()
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(vertices, vertices))
    return int(connected_components(graph, directed=False)[0])


def exact_volume_pm3(lattice: Lattice, mesh: Triangles) -> Fraction:
    """Signed volume by determinants in Python integers."""
    x = lattice.lateral_pm(1).astype(object)[mesh.xi]
    y = lattice.lateral_pm(0).astype(object)[mesh.yi]
    z = lattice.z_pm.astype(object)[mesh.zi]
    (x0, x1, x2), (y0, y1, y2), (z0, z1, z2) = x.T, y.T, z.T
    det = x0 * (y1 * z2 - y2 * z1) - y0 * (x1 * z2 - x2 * z1) + z0 * (x1 * y2 - x2 * y1)
    return Fraction(int(det.sum()), 6)


def assert_no_overlap(lattice: Lattice, mesh: Triangles) -> None:
    """No triangle is flat or turned over, seen along its outward direction, with 32-bit coordinates.

    Together with closedness this proves that the faces in each plane tile it without overlap.
    """
    x, y, z = (
        rounded_to_float32(table)[index]
        for table, index in ((lattice.x_um, mesh.xi), (lattice.y_um, mesh.yi), (lattice.z_um, mesh.zi))
    )
    planes = {0: (y, z, 1), 1: (y, z, -1), 2: (z, x, 1), 3: (z, x, -1), 4: (x, y, 1), 5: (x, y, -1)}
    for axis, (u, v, sign) in planes.items():
        (u0, u1, u2), (v0, v1, v2) = u[mesh.axis == axis].T, v[mesh.axis == axis].T
        assert (sign * ((u1 - u0) * (v2 - v0) - (u2 - u0) * (v1 - v0)) > 0).all()
