"""One measurement in a process of its own: CPU time, memory, and what the file holds, as JSON.

python -m benchmarks.stl.measure METHOD CASE SIDE PATH PROVE
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.masks.cases import CASES
from benchmarks.stl.methods import METHODS, relief_of
from benchmarks.stl.proof import prove, triangles

_NEEDS = {
    "numpy_stl_boxes": ("stl",),
    "trimesh_boxes": ("trimesh", "trimesh.creation", "trimesh.exchange.export"),
    "trimesh_voxels": ("trimesh", "trimesh.voxel", "trimesh.exchange.export"),
    "manifold3d_simplify": ("manifold3d", "trimesh", "trimesh.exchange.export"),
}


def peak_mb() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(method: str, case: str, side: int, path: Path, *, proving: bool) -> dict[str, Any]:
    """Measure a method, with imports and data made beforehand."""
    from fabdesign.export.to import stl, threemf  # noqa: F401  (so that their import is not counted)
    from fabdesign.relief import count_vertices, layer_lattice

    for module in _NEEDS.get(method, ()):
        importlib.import_module(module)
    levels = CASES[case](side)
    before, start = peak_mb(), time.process_time()
    said = METHODS[method](levels, path)
    row = {"cpu_s": time.process_time() - start, "peak_mb": peak_mb(), "before_mb": before}
    relief = relief_of(levels)
    count = triangles(path)
    floor = count_vertices(layer_lattice(relief, 0)).floor
    row |= {"bytes": path.stat().st_size, "triangles": count, "floor": floor, "per_floor": count / floor}
    if proving:
        row |= _compare(prove(path), relief.volume_pm3(0) / 1e18, said)
    return row


def _compare(found: dict[str, Any], exact_um3: float, said: dict[str, Any]) -> dict[str, Any]:
    """Volume against the sum of heights, and against what the method itself says it wrote."""
    volume = found["volume_um3"]
    row = {"open_edges": found["open_edges"], "volume_error": volume / exact_um3 - 1}
    if "volume_um3" in said:
        row["volume_error_to_derived"] = volume / said["volume_um3"] - 1
    return row


if __name__ == "__main__":
    method, case, side, path, proving = sys.argv[1:]
    print(json.dumps(measure(method, case, int(side), Path(path), proving=proving == "prove")))
