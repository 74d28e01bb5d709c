"""Merged polygons instead of rectangles: fewer shapes, for tools that want them, cut to a corner limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

Points = NDArray[np.int64]


def merged_polygons(corners: NDArray[np.integer[Any]], max_vertices: int) -> list[Points]:
    """Join rectangles that share an edge into polygons without holes.

    Polygons that meet in a corner alone stay apart: joined ones were overexposed by an e-beam writer
    (github.com/heitzmann/gdstk/issues/41). Needs KLayout, because the time of gdstk's union grows with the
    square of the number of rectangles. The area is compared afterwards, since cutting to a corner limit has
    filled holes before (github.com/KLayout/klayout/issues/718).

    Args:
        corners: int [n, 4], (x0, y0, x1, y1), which don't overlap.
        max_vertices: most corners of a polygon, at least 8.

    Raises:
        ConfigError: KLayout is not installed, or its polygons don't have the area of the rectangles.
    """
    db = _klayout()
    region = db.Region()
    for x0, y0, x1, y1 in corners.tolist():
        region.insert(db.Box(x0, y0, x1, y1))
    region.min_coherence = True
    polygons = [_points(polygon) for polygon in _simple(db, list(region.each_merged()), max_vertices)]
    polygons.sort(key=lambda points: (int(points[0, 1]), int(points[0, 0]), len(points)))
    wide, high = (corners[:, 2:] - corners[:, :2]).astype(np.int64).T
    drawn, asked = sum(twice_area(points) for points in polygons), 2 * int((wide * high).sum())
    if drawn != asked:
        raise ConfigError(
            f"KLayout's merged polygons have {drawn / 2:g} square units, the rectangles {asked / 2:g}.",
            hint="Export rectangles instead.",
        )
    return polygons


def twice_area(points: Points) -> int:
    """Twice the area of a simple polygon, by the shoelace formula on integers.

    >>> twice_area(np.array([[0, 0], [0, 2], [3, 2], [3, 0]]))
    12
    """
    x, y = points.T.astype(object)
    total = sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
    return abs(int(total))


def _simple(db: Any, polygons: list[Any], max_vertices: int) -> Iterator[Any]:
    """Split polygons until none has a hole or too many corners."""
    while polygons:
        polygon = polygons.pop()
        if polygon.holes() == 0 and polygon.num_points() <= max_vertices:
            yield polygon
        else:
            polygons.extend(_cut(db, polygon))


def _cut(db: Any, polygon: Any) -> list[Any]:
    """Cut a polygon in two where it has corners, so that no corner comes to lie off their grid."""
    box = polygon.bbox()
    points = [point for hole in range(polygon.holes()) for point in polygon.each_point_hole(hole)]
    points = points or list(polygon.each_point_hull())
    cuts = [(abs(2 * p.x - box.left - box.right), p.x, True) for p in points if box.left < p.x < box.right]
    cuts += [(abs(2 * p.y - box.bottom - box.top), p.y, False) for p in points if box.bottom < p.y < box.top]
    _, at, upright = min(cuts)
    first, second = (
        (db.Box(box.left, box.bottom, at, box.top), db.Box(at, box.bottom, box.right, box.top))
        if upright
        else (db.Box(box.left, box.bottom, box.right, at), db.Box(box.left, at, box.right, box.top))
    )
    parts = []
    for half in (first, second):
        region = db.Region(polygon) & db.Region(half)
        region.min_coherence = True
        parts += list(region.each_merged())
    return parts


def _points(polygon: Any) -> Points:
    return np.array([(point.x, point.y) for point in polygon.each_point_hull()], np.int64)


def _klayout() -> Any:
    try:
        from klayout import db  # noqa: PLC0415  (optional)
    except ImportError as error:
        raise ConfigError(
            "Merged polygons need KLayout, which is not installed.",
            hint="pip install klayout, or export rectangles, which every writer takes.",
        ) from error
    return db
