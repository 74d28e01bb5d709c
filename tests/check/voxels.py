"""A second way to make a relief's STL: all outer faces of voxels, written with struct, nothing of ours."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def voxel_triangles(
    thickness_um: NDArray[np.float64], pitch_um: float, *, base_um: float = 0.0
) -> NDArray[np.float64]:
    """Outer faces of columns cut at every height that occurs; closed but for diagonal contacts."""
    ny, nx = thickness_um.shape
    z = np.unique(np.concatenate([[0.0], [base_um], thickness_um.ravel()]))
    filled = thickness_um[None] >= z[1:, None, None]  # [slab, y, x]
    x = (np.arange(nx + 1) - nx / 2) * pitch_um
    y = (np.arange(ny + 1) - ny / 2) * pitch_um
    return outer_faces(filled, (z, y, x))


def outer_faces(filled: NDArray[np.bool_], axes: tuple[NDArray[np.float64], ...]) -> NDArray[np.float64]:
    """Outer faces of the filled voxels [z, y, x] between lines at `axes` (z, y, x)."""
    padded = np.pad(filled, 1)
    triangles = []
    for axis in range(3):
        for side in (0, 1):
            outside = np.roll(padded, 1 if side == 0 else -1, axis=axis)[1:-1, 1:-1, 1:-1]
            k, i, j = np.nonzero(filled & ~outside)
            triangles.append(_quads(np.stack([k, i, j]), axis, side, axes))
    return np.concatenate(triangles)


def _quads(
    cell: NDArray[np.int64], axis: int, side: int, axes: tuple[NDArray[np.float64], ...]
) -> NDArray[np.float64]:
    others = [a for a in range(3) if a != axis]
    corners = []
    for p, q in ((0, 0), (0, 1), (1, 1), (1, 0)):
        step = np.zeros(3, int)
        step[axis], step[others[0]], step[others[1]] = side, p, q
        zyx = [axes[a][cell[a] + step[a]] for a in range(3)]
        corners.append(np.stack(zyx[::-1], axis=-1))
    a, b, c, d = corners
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    # orient outwards: compare with the wanted normal (axes are z, y, x; columns x, y, z)
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])[:, 2 - axis]
    wrong = (normal > 0) != bool(side)
    triangles[wrong] = triangles[wrong][:, ::-1]
    return triangles


def write_stl(path: Path, triangles: NDArray[np.float64], header: bytes = b"") -> Path:
    """Binary STL with normals from the corners."""
    record = np.zeros(len(triangles), dtype=[("n", "<f4", 3), ("v", "<f4", (3, 3)), ("a", "<u2")])
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    record["n"] = normals / np.where(lengths == 0, 1, lengths)
    record["v"] = triangles
    path.write_bytes(header.ljust(80) + struct.pack("<I", len(triangles)) + record.tobytes())
    return path


def read_triangles(path: Path) -> tuple[bytes, NDArray[np.float64]]:
    """Header and corners of a binary STL, float64 [triangle, corner, xyz]."""
    data = path.read_bytes()
    record = np.frombuffer(data[84:], dtype=[("n", "<f4", 3), ("v", "<f4", (3, 3)), ("a", "<u2")])
    return data[:80], record["v"].astype(np.float64)


def boxes(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Axis-parallel boxes, twelve outward triangles each; low and high are [box, xyz]."""
    triangles = [
        voxel_triangles(np.array([[top - bottom]]), 1.0) * np.array([dx, dy, 1.0])
        + np.array([x + dx / 2, y + dy / 2, bottom])
        for (x, y, bottom), (dx, dy), top in zip(low, (high - low)[:, :2], high[:, 2], strict=True)
    ]
    return np.concatenate(triangles)
