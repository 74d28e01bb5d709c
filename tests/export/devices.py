"""Small designs to export, and the heights that a file gives back, read without our own code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import stl
import trimesh

from fabdesign.design import Design, parse_physical

F_SHAPE = np.array(
    [
        [0, 2, 0, 0, 0],
        [0, 2, 0, 0, 0],
        [0, 2, 2, 2, 0],
        [0, 2, 0, 0, 0],
        [0, 2, 2, 2, 2],
        [0, 0, 0, 0, 1],
    ],
    dtype=np.uint8,
)
"""An F as seen from +z with y upwards (row 0 is at the bottom), with one odd pixel at the upper right."""


def make_design(levels, *, pitch_um=0.4, step_um=0.123457, base_um=5.0, count=8) -> Design:
    """A design with level k at k steps, from levels [y, x] or [layer, y, x]."""
    levels = np.asarray(levels, dtype=np.uint8)
    levels = levels[None] if levels.ndim == 2 else levels
    gap = {"what": "gap", "thickness_um": 50.0, "index": 1.0}
    base = {"what": "base", "thickness_um": base_um, "index": 1.5429}
    record = {
        "wavelength_um": 0.785,
        "pitch_um": pitch_um,
        "medium": {"name": "air", "index": 1.00027},
        "material": {"name": "ip-dip", "index": 1.5429},
        "process": "2pp-63x-ip-dip",
        "spaces": [[gap, base]] * len(levels) + [[gap]],
    }
    heights = np.round(np.arange(count) * step_um, 6)
    return Design(levels, np.tile(heights, (len(levels), 1)), parse_physical(record))


def heights_by_rays(path: Path, pitch_um: float, shape: tuple[int, int]) -> np.ndarray:
    """Height of each pixel's middle: the highest upward triangle whose shadow holds it, read by numpy-stl."""
    mesh = stl.mesh.Mesh.from_file(str(path), calculate_normals=False)
    tops = mesh.vectors[mesh.normals[:, 2] > 0.5].astype(np.float64)
    ny, nx = shape
    heights = np.full(shape, np.nan)
    off_grid = np.array([0.013, 0.007]) * pitch_um
    for triangle in tops:
        xy, z = triangle[:, :2], triangle[0, 2]
        low = np.floor(xy.min(axis=0) / pitch_um + np.array([nx, ny]) / 2 - 0.5).astype(int)
        high = np.ceil(xy.max(axis=0) / pitch_um + np.array([nx, ny]) / 2 + 0.5).astype(int)
        for i in range(max(low[1], 0), min(high[1], ny)):
            for j in range(max(low[0], 0), min(high[0], nx)):
                centre = (np.array([j - (nx - 1) / 2, i - (ny - 1) / 2])) * pitch_um + off_grid
                edges = np.roll(xy, -1, axis=0) - xy
                to = centre - xy
                if (edges[:, 0] * to[:, 1] - edges[:, 1] * to[:, 0] > 0).all():
                    heights[i, j] = z
    return heights


def load(path: Path) -> trimesh.Trimesh:
    """The file as a slicer would load it: equal coordinates become one vertex."""
    return trimesh.load_mesh(path, file_type="stl")
