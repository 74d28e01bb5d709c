"""Layout files read by gdstk and by KLayout: what two programs that are not ours find in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gdstk
import numpy as np
import pytest

Corners = dict[tuple[int, int], list[tuple[int, int, int, int]]]


@dataclass(frozen=True)
class Layout:
    """One cell: rectangles in database units by (layer, datatype), sorted; other polygons apart; texts."""

    library: str
    cell: str
    unit_um: float
    rectangles: Corners
    polygons: dict[tuple[int, int], list[np.ndarray]]
    texts: list[tuple[int, int, str]]


def by_gdstk(path: Path) -> Layout:
    """What gdstk reads."""
    read = gdstk.read_gds if path.suffix == ".gds" else gdstk.read_oas
    library = read(str(path))
    (cell,) = library.top_level()
    unit = library.precision / library.unit
    rectangles: Corners = {}
    polygons: dict[tuple[int, int], list[np.ndarray]] = {}
    for drawn in cell.polygons:
        for polygon in (drawn, *drawn.apply_repetition()):
            points = np.rint(polygon.points / unit).astype(np.int64)
            _sort_in(points, (polygon.layer, polygon.datatype), rectangles, polygons)
    texts = [(text.layer, text.texttype, text.text) for text in cell.labels]
    return Layout(
        library.name, cell.name, library.precision * 1e6, _sorted(rectangles), polygons, sorted(texts)
    )


def by_klayout(path: Path) -> Layout:
    """What KLayout reads; skips the test where it is not installed."""
    db = pytest.importorskip("klayout.db")
    layout = db.Layout()
    layout.read(str(path))
    cell = layout.top_cell()
    rectangles: Corners = {}
    polygons: dict[tuple[int, int], list[np.ndarray]] = {}
    texts = []
    for index in layout.layer_indexes():
        info = layout.get_info(index)
        for shape in cell.shapes(index).each():
            if shape.is_text():
                texts.append((info.layer, info.datatype, shape.text_string))
                continue
            points = np.array([(point.x, point.y) for point in shape.polygon.each_point_hull()])
            assert shape.polygon.holes() == 0
            _sort_in(points, (info.layer, info.datatype), rectangles, polygons)
    library = layout.meta_info_value("libname") or ""
    return Layout(library, cell.name, layout.dbu, _sorted(rectangles), polygons, sorted(texts))


def _sort_in(points, key, rectangles, polygons):
    low, high = points.min(0), points.max(0)
    if len(points) == 4 and all(((point == low) | (point == high)).all() for point in points):
        rectangles.setdefault(key, []).append((*low.tolist(), *high.tolist()))
    else:
        polygons.setdefault(key, []).append(points)


def _sorted(rectangles: Corners) -> Corners:
    return {key: sorted(corners) for key, corners in sorted(rectangles.items())}
