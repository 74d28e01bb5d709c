"""What layout files hold, as plain integers in database units: rectangles, polygons and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

INT32 = 2**31 - 1

Key = tuple[int, int]
"""Layer and datatype."""


@dataclass(frozen=True, eq=False)
class Rectangles:
    """Rectangles of one layer: int [n, 4], corners (x0, y0, x1, y1) with x0 < x1 and y0 < y1."""

    layer: int
    datatype: int
    corners: NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Polygon:
    """A simple polygon, int [k, 2], without the first point repeated at the end."""

    layer: int
    datatype: int
    points: NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Note:
    """A text for people; no machine writes it."""

    layer: int
    texttype: int
    text: str
    x: int
    y: int


Shape = Rectangles | Polygon | Note


@dataclass(frozen=True)
class Drawing:
    """One top cell.

    Args:
        library: name of the file's library.
        cell: name of the top cell.
        unit_um: length of the database unit.
        shapes: in the order in which they are written; may be a generator, and is then used up.
    """

    library: str
    cell: str
    unit_um: float
    shapes: Iterable[Shape]


@dataclass(frozen=True, eq=False)
class Contents:
    """What a file of one cell holds, in database units, as its reader found it.

    Attributes:
        library: name of the library; that of the cell where the format has none.
        cell: name of the only cell.
        unit_um: length of the database unit.
        rectangles: int32 [n, 4] by (layer, datatype), corners (x0, y0, x1, y1).
        polygons: int32 [k, 2] each, by (layer, datatype), that are no such rectangles.
        notes: texts in the order of the file.
    """

    library: str
    cell: str
    unit_um: float
    rectangles: Mapping[Key, NDArray[np.int32]]
    polygons: Mapping[Key, list[NDArray[np.int32]]]
    notes: tuple[Note, ...]


def check_range(coordinates: NDArray[np.integer[Any]], where: str) -> None:
    """Refuse coordinates that a signed 32-bit integer can't hold: readers would wrap them silently.

    Raises:
        ConfigError: naming the coordinate and the range.
    """
    if coordinates.size == 0:
        return
    least, most = int(coordinates.min()), int(coordinates.max())
    if least < -INT32 or most > INT32:
        worst = most if most > INT32 else least
        raise ConfigError(
            f"{where}: coordinates must lie within ±{INT32} database units; got {worst}.",
            hint="Use a coarser database unit, or fewer or smaller pixels.",
        )
