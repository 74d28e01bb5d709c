"""One measurement in a process of its own: write, then report CPU time, memory, bytes and shapes as JSON.

python -m benchmarks.masks.measure METHOD CASE SIDE PATH
python -m benchmarks.masks.measure check CASE SIDE PATH
python -m benchmarks.masks.measure rules CASE SIDE
python -m benchmarks.masks.measure klayout-rules CASE SIDE
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.masks.cases import CASES, PITCH_NM, binary_masks
from benchmarks.masks.methods import METHODS, row_runs
from fabdesign.export import exporters

_WARM = ("gdstk", "klayout.db", "fabdesign.export", "fabdesign.export.to.gds", "fabdesign.formats.oasis")


def peak_mb() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(method: str, case: str, side: int, path: Path) -> dict[str, Any]:
    """Measure a method, with every import and the masks made beforehand."""
    for module in _WARM:
        importlib.import_module(module)
    exporters()
    masks = binary_masks(CASES[case](side))
    before, start = peak_mb(), time.process_time()
    shapes = METHODS[method](masks, path)
    seconds = time.process_time() - start
    row = {"cpu_s": seconds, "memory_mb": peak_mb() - before, "bytes": path.stat().st_size, "shapes": shapes}
    return {**row, **check(masks, path)}


def check(masks: list[NDArray[np.bool_]], path: Path) -> dict[str, Any]:
    """Whether KLayout finds the exact area on each layer, and (up to 512 pixels a side) no difference."""
    from klayout import db

    side = len(masks[0])
    layout = db.Layout()
    layout.read(str(path))
    centred = layout.top_cell().bbox().left < 0
    area = difference = True
    for k, mask in enumerate(masks):
        found = db.Region(layout.top_cell().shapes(layout.layer(k + 1, 0)))
        if centred:
            found.move(side * PITCH_NM // 2, side * PITCH_NM // 2)
        drawn = sum(polygon.area() for polygon in found.each())
        area &= drawn == int(np.count_nonzero(mask)) * PITCH_NM**2
        if side <= 512:
            wanted = db.Region()
            for row in (row_runs(mask) * PITCH_NM).tolist():
                wanted.insert(db.Box(*row))
            difference &= (found ^ wanted).is_empty()
    return {"area": area, "same": difference if side <= 512 else None}


def rules(case: str, side: int) -> dict[str, Any]:
    """CPU time of the shortest runs and corner touches of one mask."""
    from fabdesign.relief.rectangles import count_corner_touches, shortest_runs

    masks = binary_masks(CASES[case](side))
    start = time.process_time()
    found = [(shortest_runs(mask), count_corner_touches(mask)) for mask in masks]
    seconds = (time.process_time() - start) / len(masks)
    return {"cpu_s": seconds, "narrow": any((least or 2) < 2 for runs, _ in found for least in runs)}


def rules_of_klayout(case: str, side: int) -> dict[str, Any]:
    """CPU time of KLayout's width and space checks against two pixels, of one mask."""
    from klayout import db

    masks = binary_masks(CASES[case](side))
    regions = []
    for mask in masks:
        region = db.Region()
        for row in (row_runs(mask) * PITCH_NM).tolist():
            region.insert(db.Box(*row))
        regions.append(region)
    start = time.process_time()
    found = [
        check(2 * PITCH_NM).count()
        for region in regions
        for check in (region.width_check, region.space_check)
    ]
    return {"cpu_s": (time.process_time() - start) / len(masks), "narrow": any(found)}


_RULES = {"rules": rules, "klayout-rules": rules_of_klayout}


if __name__ == "__main__":
    what, which, pixels, *rest = sys.argv[1:]
    side = int(pixels)
    found = _RULES[what](which, side) if what in _RULES else write(what, which, side, Path(rest[0]))
    print(json.dumps(found))
