"""Shapes as areas, by KLayout: the same mask may be cut into polygons in many ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def klayout_found() -> bool:
    """Whether KLayout is installed."""
    try:
        import klayout.db  # noqa: F401, PLC0415  (optional)
    except ImportError:
        return False
    return True


def joined(polygons: Iterable[Ints]) -> list[Ints]:
    """Polygons joined where they touch; needs KLayout.

    Args:
        polygons: corners, [n, 2] each.
    """
    return [_points(polygon) for polygon in _region(polygons).merged().each()]


def difference(first: Iterable[Ints], second: Iterable[Ints]) -> list[tuple[float, float]]:
    """Middles of the areas that one covers and the other does not; needs KLayout.

    Slivers as thin as two database units are left out: cutting a slanted edge moves the cut onto the grid.

    Args:
        first: corners, [n, 2] each.
        second: likewise.
    """
    places = (shape.bbox().center() for shape in (_region(first) ^ _region(second)).sized(-1).each())
    return [(float(place.x), float(place.y)) for place in places]


def _region(polygons: Iterable[Ints]) -> Any:
    from klayout import db  # noqa: PLC0415  (optional)

    region = db.Region()
    for points in polygons:
        region.insert(db.Polygon([db.Point(x, y) for x, y in points.tolist()]))
    return region


def _points(polygon: Any) -> Ints:
    return np.array([(point.x, point.y) for point in polygon.each_point_hull()], np.int64)
