"""What an STL or 3MF really holds, from its bytes alone: closedness, orientation and volume."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.stl.model import count_triangles, read_mesh

_RECORD = np.dtype([("normal", "<f4", 3), ("vertices", "<f4", (3, 3)), ("attribute", "<u2")])
_CHUNK = 500_000


def prove(path: Path) -> dict[str, Any]:
    """Edges that don't have exactly one face on either side, and the signed volume in µm³.

    Vertices of an STL are one where they lie in one place, those of a 3MF where they have one number.
    """
    if path.suffix == ".3mf":
        places, corners = read_mesh(path)
        return {"open_edges": _open_edges(corners), "volume_um3": _volume(places[corners])}
    vertices = np.memmap(path, dtype=_RECORD, mode="r", offset=84)["vertices"]
    return {"open_edges": _open_edges(_vertex_ids(vertices)), "volume_um3": _volume(vertices)}


def triangles(path: Path) -> int:
    """How many triangles a file holds; the size of a binary STL tells."""
    if path.suffix == ".3mf":
        return count_triangles(path)
    return (path.stat().st_size - 84) // _RECORD.itemsize


def _vertex_ids(vertices: NDArray[np.float32]) -> NDArray[np.int64]:
    """One integer per distinct place, [triangle, corner]."""
    ids = np.zeros(vertices.shape[:2], dtype=np.int64)
    for axis in range(3):
        values = np.ascontiguousarray(vertices[:, :, axis])
        places = np.unique(values)
        ids *= len(places)
        ids += np.searchsorted(places, values)
    return ids


def _open_edges(ids: NDArray[np.int64]) -> int:
    """Edges that are not run exactly once each way."""
    count = int(ids.max()) + 1
    if count < 2**31:
        small = ids
    else:
        places, small = np.unique(ids, return_inverse=True)
        small, count = small.reshape(ids.shape), len(places)
    from_, to = small, np.roll(small, -1, axis=1)
    low, high = np.minimum(from_, to).ravel(), np.maximum(from_, to).ravel()
    key = (low * count + high) * 2 + (from_ > to).ravel()
    del from_, to, low, high
    key.sort()
    first = np.flatnonzero(np.diff(key >> 1, prepend=-1))
    runs = np.diff(first, append=len(key))
    good = (runs == 2) & (key[first] & 1 == 0)
    good &= key[np.minimum(first + 1, len(key) - 1)] & 1 == 1
    return int(np.count_nonzero(~good))


def _volume(vertices: NDArray[np.floating[Any]]) -> float:
    total = 0.0
    for start in range(0, len(vertices), _CHUNK):
        a, b, c = np.moveaxis(vertices[start : start + _CHUNK].astype(np.float64), 1, 0)
        total += float(np.einsum("ij,ij->", a, np.cross(b, c)))
    return total / 6
