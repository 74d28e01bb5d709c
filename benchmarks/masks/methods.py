"""Ways to write three masks: each takes bool masks and a path, and returns how many shapes it wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.masks.cases import PITCH_NM

Masks = list[NDArray[np.bool_]]
PITCH_UM = PITCH_NM / 1e3


def _ours(masks: Masks, path: Path, write: Callable[..., None]) -> int:
    from fabdesign.formats.drawing import Drawing, Rectangles
    from fabdesign.relief.rectangles import merged_rectangles

    count = 0

    def shapes() -> Iterator[Rectangles]:
        nonlocal count
        for k, mask in enumerate(masks):
            corners = merged_rectangles(mask)
            corners *= PITCH_NM
            count += len(corners)
            yield Rectangles(k + 1, 0, corners)

    write(path, Drawing("BENCH", "BENCH", 1e-3, shapes()))
    return count


def fabdesign_gds(masks: Masks, path: Path) -> int:
    """fabdesign: run-merged rectangles, GDSII records from arrays."""
    from fabdesign.formats.gdsii import write_gdsii

    return _ours(masks, path, write_gdsii)


def fabdesign_oasis(masks: Masks, path: Path) -> int:
    """fabdesign: the same rectangles, OASIS repetitions by size."""
    from fabdesign.formats.oasis import write_oasis

    return _ours(masks, path, write_oasis)


def fabdesign_export(masks: Masks, path: Path) -> int:
    """fabdesign: the whole export: coding, marks, layer table with CD and corner touches, SHA-256."""
    from fabdesign.export import find_exporter
    from fabdesign.relief import Relief

    levels = sum(
        (mask.astype(np.uint8) << k for k, mask in enumerate(masks)), np.zeros_like(masks[0], np.uint8)
    )
    heights = np.arange(8)[None] * np.int64(216_375)
    relief = Relief(7 - levels[None], heights, 10**6, PITCH_NM * 1000, "0" * 64, path.stem)
    exporter = find_exporter("gds")
    side = path.with_suffix(".csv"), path.with_suffix(".lyp")
    report = exporter.write(relief, (path, *side), {"tone": "etch"})
    return int(report["layers"][0]["polygons"])


def _gdstk_cell() -> Any:
    import gdstk

    library = gdstk.Library(unit=1e-6, precision=1e-9)
    return gdstk, library, library.new_cell("BENCH")


def gdstk_pixels(masks: Masks, path: Path) -> int:
    """gdstk: one rectangle for each pixel."""
    gdstk, library, cell = _gdstk_cell()
    for k, mask in enumerate(masks):
        for i, j in np.argwhere(mask).tolist():
            corner = j * PITCH_UM, i * PITCH_UM
            cell.add(gdstk.rectangle(corner, (corner[0] + PITCH_UM, corner[1] + PITCH_UM), layer=k + 1))
    library.write_gds(str(path))
    return len(cell.polygons)


def row_runs(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Runs of each row as rectangles."""
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    return np.stack([starts, rows, np.nonzero(edges == -1)[1], rows + 1], axis=1)


def gdstk_runs(masks: Masks, path: Path) -> int:
    """gdstk: one rectangle for each run of a row."""
    gdstk, library, cell = _gdstk_cell()
    for k, mask in enumerate(masks):
        for x0, y0, x1, y1 in (row_runs(mask) * PITCH_UM).tolist():
            cell.add(gdstk.rectangle((x0, y0), (x1, y1), layer=k + 1))
    library.write_gds(str(path))
    return len(cell.polygons)


def gdstk_boolean(masks: Masks, path: Path) -> int:
    """gdstk: union of the runs."""
    gdstk, library, cell = _gdstk_cell()
    for k, mask in enumerate(masks):
        runs = [gdstk.rectangle(row[:2], row[2:]) for row in (row_runs(mask) * PITCH_UM).tolist()]
        cell.add(*gdstk.boolean(runs, [], "or", layer=k + 1))
    library.write_gds(str(path), max_points=4000)
    return len(cell.polygons)


def _gdstk_by_size(masks: Masks) -> tuple[Any, int]:
    from fabdesign.relief.rectangles import merged_rectangles

    gdstk, library, cell = _gdstk_cell()
    count = 0
    for k, mask in enumerate(masks):
        corners = merged_rectangles(mask).astype(np.int64)
        count += len(corners)
        size = corners[:, 2:] - corners[:, :2]
        order = np.lexsort((size[:, 1], size[:, 0]))
        starts = np.flatnonzero(np.append(True, (np.diff(size[order], axis=0) != 0).any(1)))
        for group in np.split(order, starts[1:]):
            first, offsets = (
                corners[group[0]] * PITCH_UM,
                (corners[group, :2] - corners[group[0], :2]) * PITCH_UM,
            )
            shape = gdstk.rectangle(first[:2], first[2:], layer=k + 1)
            if len(group) > 1:
                shape.repetition = gdstk.Repetition(offsets=offsets[1:])
            cell.add(shape)
    return library, count


def gdstk_repetition_gds(masks: Masks, path: Path) -> int:
    """gdstk: our rectangles as one shape and a Repetition for each size, written as GDSII."""
    library, count = _gdstk_by_size(masks)
    library.write_gds(str(path))
    return count


def gdstk_repetition_oasis(masks: Masks, path: Path) -> int:
    """gdstk: our rectangles as one shape and a Repetition for each size, written as OASIS."""
    library, count = _gdstk_by_size(masks)
    library.write_oas(str(path))
    return count


def _klayout(masks: Masks, path: Path, *, merge: bool) -> int:
    from klayout import db

    from fabdesign.relief.rectangles import merged_rectangles

    layout = db.Layout()
    layout.dbu = 1e-3
    cell = layout.create_cell("BENCH")
    for k, mask in enumerate(masks):
        region = db.Region()
        shapes = cell.shapes(layout.layer(k + 1, 0))
        target = region if merge else shapes
        for x0, y0, x1, y1 in (merged_rectangles(mask) * PITCH_NM).tolist():
            target.insert(db.Box(x0, y0, x1, y1))
        if merge:
            shapes.insert(region.merged())
    layout.write(str(path))
    return sum(cell.shapes(index).size() for index in layout.layer_indexes())


def klayout_boxes_gds(masks: Masks, path: Path) -> int:
    """KLayout: our rectangles as boxes, GDSII."""
    return _klayout(masks, path, merge=False)


def klayout_boxes_oasis(masks: Masks, path: Path) -> int:
    """KLayout: our rectangles as boxes, OASIS."""
    return _klayout(masks, path, merge=False)


def klayout_merge_gds(masks: Masks, path: Path) -> int:
    """KLayout: merged polygons, GDSII."""
    return _klayout(masks, path, merge=True)


def klayout_merge_oasis(masks: Masks, path: Path) -> int:
    """KLayout: merged polygons, OASIS."""
    return _klayout(masks, path, merge=True)


METHODS: dict[str, Callable[[Masks, Path], int]] = {
    method.__name__: method
    for method in (
        fabdesign_gds,
        fabdesign_export,
        gdstk_repetition_gds,
        gdstk_runs,
        gdstk_pixels,
        gdstk_boolean,
        klayout_boxes_gds,
        klayout_merge_gds,
        fabdesign_oasis,
        gdstk_repetition_oasis,
        klayout_boxes_oasis,
        klayout_merge_oasis,
    )
}
LARGEST = {"gdstk_boolean": 256, "gdstk_pixels": 2000}
"""Sides above which a method takes longer than anyone would wait; the others have no limit."""


def suffix(name: str) -> str:
    """The file suffix of a method's format."""
    return ".oas" if name.endswith("oasis") else ".gds"
