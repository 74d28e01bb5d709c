"""Ways to write one relief as STL or 3MF: each takes levels and a path, and says what is in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.masks.cases import LEVELS, PITCH_NM

Levels = NDArray[np.uint8]
Said = dict[str, Any]

PITCH_UM = PITCH_NM / 1e3
BASE_UM, STEP_UM = 1.0, 0.125


def relief_of(levels: Levels) -> Any:
    """The relief that all methods write: dyadic lengths, so that 32-bit numbers hold them exactly."""
    from fabdesign.relief import Relief

    heights = np.arange(LEVELS, dtype=np.int64)[None] * round(STEP_UM * 1e6)
    return Relief(levels[None], heights, round(BASE_UM * 1e6), PITCH_NM * 1000, "0" * 64, "bench")


def _fabdesign(levels: Levels, path: Path, mesh: str) -> Said:
    from fabdesign.export.to.stl import write_layer

    with path.open("w+b") as stream:
        return write_layer(relief_of(levels), 0, stream, {"mesh": mesh})


def fabdesign_merged(levels: Levels, path: Path) -> Said:
    """fabdesign, mesh=merged (default): whole coplanar faces, only true corners, contacts split."""
    return _fabdesign(levels, path, "merged")


def fabdesign_pixels(levels: Levels, path: Path) -> Said:
    """fabdesign, mesh=pixels: two triangles a pixel and conforming walls, contacts split."""
    return _fabdesign(levels, path, "pixels")


def _fabdesign_3mf(levels: Levels, path: Path, mesh: str) -> Said:
    from fabdesign.export.to.threemf import write_layer

    with path.open("w+b") as stream:
        return write_layer(relief_of(levels), 0, stream, {"mesh": mesh, "contacts": "split"})


def fabdesign_3mf_merged(levels: Levels, path: Path) -> Said:
    """fabdesign 3MF, mesh=merged (default): exact, contacts split by vertex number, compressed."""
    return _fabdesign_3mf(levels, path, "merged")


def fabdesign_3mf_pixels(levels: Levels, path: Path) -> Said:
    """fabdesign 3MF, mesh=pixels: exact, contacts split by vertex number, compressed."""
    return _fabdesign_3mf(levels, path, "pixels")


def numpy_stl_boxes(levels: Levels, path: Path) -> Said:
    """numpy-stl: a box of 12 triangles for each pixel, as the usual scripts do, but vectorised."""
    from stl import mesh

    ny, nx = levels.shape
    corners = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], dtype=np.float32)
    faces = np.array([
        [0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4],
        [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6], [1, 3, 5], [3, 7, 5],
    ])  # fmt: skip
    box = mesh.Mesh(np.zeros(ny * nx * 12, dtype=mesh.Mesh.dtype), remove_empty_areas=False)
    i, j = (grid.ravel()[:, None] for grid in np.mgrid[0:ny, 0:nx].astype(np.float32))
    height = (BASE_UM + STEP_UM * levels.ravel()[:, None]).astype(np.float32)
    x = (j + corners[:, 0] - nx / 2) * np.float32(PITCH_UM)
    y = (i + corners[:, 1] - ny / 2) * np.float32(PITCH_UM)
    vertices = np.stack([x, y, corners[:, 2] * height], axis=2)
    box.vectors[:] = vertices[:, faces].reshape(-1, 3, 3)
    box.save(str(path))
    return {}


def trimesh_boxes(levels: Levels, path: Path) -> Said:
    """trimesh: a box for each pixel, joined into one mesh without a boolean."""
    import trimesh

    ny, nx = levels.shape
    boxes = []
    for i, j in np.ndindex(ny, nx):
        height = BASE_UM + STEP_UM * int(levels[i, j])
        box = trimesh.creation.box((PITCH_UM, PITCH_UM, height))
        box.apply_translation(((j + 0.5 - nx / 2) * PITCH_UM, (i + 0.5 - ny / 2) * PITCH_UM, height / 2))
        boxes.append(box)
    trimesh.util.concatenate(boxes).export(path, file_type="stl")
    return {}


def trimesh_voxels(levels: Levels, path: Path) -> Said:
    """trimesh: a voxel grid of one level step, written as boxes."""
    import trimesh

    base = round(BASE_UM / STEP_UM)
    depth = base + LEVELS - 1
    filled = np.arange(depth) < base + levels.T[:, :, None]
    scale = np.diag([PITCH_UM, PITCH_UM, STEP_UM, 1.0])
    trimesh.voxel.VoxelGrid(filled, transform=scale).as_boxes().export(path, file_type="stl")
    return {}


def manifold3d_simplify(levels: Levels, path: Path) -> Said:
    """manifold3d: fabdesign's conforming mesh, simplified with a tolerance of pitch/4096."""
    import manifold3d
    import trimesh

    vertices, faces = _indexed(levels)
    mesh = manifold3d.Mesh(vert_properties=vertices, tri_verts=faces)
    simple = manifold3d.Manifold(mesh).simplify(PITCH_UM / 4096).to_mesh()
    solid = trimesh.Trimesh(simple.vert_properties[:, :3], simple.tri_verts, process=False)
    solid.export(path, file_type="stl")
    return {}


def _indexed(levels: Levels) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    from fabdesign.relief import layer_lattice, pixel_mesh
    from fabdesign.relief.mesh import join

    lattice = layer_lattice(relief_of(levels), 0)
    mesh = join(list(pixel_mesh(lattice)))
    width, depth = len(lattice.x_um), len(lattice.z_um)
    key = (mesh.yi.astype(np.int64) * width + mesh.xi) * depth + mesh.zi
    found, faces = np.unique(key, return_inverse=True)
    rest, z = np.divmod(found, depth)
    y, x = np.divmod(rest, width)
    vertices = np.stack([lattice.x_um[x], lattice.y_um[y], lattice.z_um[z]], axis=1).astype(np.float32)
    return vertices, faces.reshape(-1, 3).astype(np.uint32)


METHODS = {
    method.__name__: method
    for method in (
        fabdesign_merged,
        fabdesign_pixels,
        fabdesign_3mf_merged,
        fabdesign_3mf_pixels,
        numpy_stl_boxes,
        trimesh_boxes,
        trimesh_voxels,
        manifold3d_simplify,
    )
}
SUFFIX = {"fabdesign_3mf_merged": ".3mf", "fabdesign_3mf_pixels": ".3mf"}
"""Of the files of methods that write no STL."""
LARGEST = {"numpy_stl_boxes": 2000, "trimesh_boxes": 256, "trimesh_voxels": 256, "manifold3d_simplify": 1000}
"""Largest side that a method is run at: beyond it, it takes more memory or time than a bench has."""
