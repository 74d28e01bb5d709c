"""The mesh of a 3MF that fabdesign wrote, from its text alone, without fabdesign's own reader."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_LINES = 100_000
_VALUE = re.compile(rb'"([^"]*)"')


def read_mesh(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Coordinates [vertex, xyz] and vertex numbers [triangle, corner]."""
    vertices, triangles = [np.zeros((0, 3))], [np.zeros((0, 3), dtype=np.int64)]
    for name, values in _values(path):
        if name == b"<vertex":
            vertices.append(np.fromstring(values, sep=" ").reshape(-1, 3))
        else:
            triangles.append(np.fromstring(values, dtype=np.int64, sep=" ").reshape(-1, 3))
    return np.concatenate(vertices), np.concatenate(triangles)


def count_triangles(path: Path) -> int:
    """How many triangles a 3MF holds."""
    with zipfile.ZipFile(path) as package, package.open("3D/3dmodel.model") as model:
        return sum(line.startswith(b"<triangle ") for line in model)


def _values(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Numbers of many vertices or of many triangles, separated by spaces."""
    with zipfile.ZipFile(path) as package, package.open("3D/3dmodel.model") as model:
        kind, lines = b"", []
        for line in model:
            name = line.partition(b" ")[0]
            if lines and (name != kind or len(lines) == _LINES):
                yield kind, b" ".join(_VALUE.findall(b"".join(lines)))
                lines = []
            if name in (b"<vertex", b"<triangle"):
                kind = name
                lines.append(line)
