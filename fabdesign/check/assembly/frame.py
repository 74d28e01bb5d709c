"""Where the apertures of a print lie: one in the middle of a stack, or one in the middle of each plate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.lattice import Lattice
from fabdesign.check.mesh_file import MeshFile
from fabdesign.check.raster import Floats
from fabdesign.check.solid import Solid, by_axis
from fabdesign.errors import FileFormatError
from fabdesign.relief.assembly.outline import most_pixels

_WHOLE = 5e-3
_LEVEL_UM = 1e-4


def lattice_over(
    box_um: NDArray[np.float64], pixels: tuple[int, int], pitch_um: float, path: object
) -> tuple[Lattice, tuple[slice, slice]]:
    """The pixels over a box with an aperture in its middle, and the aperture's place among them.

    Args:
        box_um: float64 [2, xy], smallest and largest.
        pixels: (ny, nx) of the aperture.
        pitch_um: side of a pixel.
        path: named in the message.

    Raises:
        FileFormatError: the box is not whole pixels wide, as it is in every file that fabdesign writes.
    """
    width, depth = (box_um[1] - box_um[0]) / pitch_um
    nx, ny = round(width), round(depth)
    margins = nx - pixels[1], ny - pixels[0]
    whole = max(abs(width - nx), abs(depth - ny)) <= _WHOLE
    if not whole or min(margins) < 0 or margins[0] % 2 or margins[1] % 2 or nx * ny > most_pixels(pixels):
        raise FileFormatError(
            f"{path} does not hold the design's pixels: its frame is {width:.6g} × {depth:.6g} pixels of "
            f"{pitch_um:g} um around {pixels[1]} × {pixels[0]}.",
            hint="It was scaled or belongs to another design; export the design again.",
        )
    lattice = Lattice((ny, nx), (float(box_um[0, 0]), float(box_um[0, 1])), pitch_um, pitch_um)
    rows, columns = (slice(m // 2, m // 2 + n) for m, n in zip(margins[::-1], pixels, strict=True))
    return lattice, (rows, columns)


def stack_box(solid: Solid) -> NDArray[np.float64]:
    """The box of a mesh seen from above, [2, xy]."""
    return np.stack([solid.minimum_um[:2], solid.maximum_um[:2]])


def plate_boxes(file: MeshFile, solid: Solid) -> list[NDArray[np.float64]]:
    """The boxes of plates that lie in rows and columns, row by row from the smallest y, [2, xy] each."""
    low, high = _bottoms(file, float(solid.minimum_um[2]))
    columns, rows = _runs(low[0], high[0]), _runs(low[1], high[1])
    boxes = []
    for y in rows:
        for x in columns:
            box = np.array([[x[0], y[0]], [x[1], y[1]]])
            inside = (low[0] >= x[0]) & (high[0] <= x[1]) & (low[1] >= y[0]) & (high[1] <= y[1])
            if inside.any():
                boxes.append(box)
    return boxes


def _bottoms(file: MeshFile, bottom_um: float) -> tuple[Floats, Floats]:
    """Boxes of the level faces at the lowest height, smallest and largest [xy, face]."""
    low, high = [np.zeros((2, 0))], [np.zeros((2, 0))]
    for piece in file.corners():
        points = by_axis(piece)
        flat = (points[2] <= bottom_um + _LEVEL_UM).all(axis=0)
        low.append(points[:2, :, flat].min(axis=1))
        high.append(points[:2, :, flat].max(axis=1))
    return np.concatenate(low, axis=1), np.concatenate(high, axis=1)


def _runs(low: Floats, high: Floats) -> list[tuple[float, float]]:
    """Intervals joined where they overlap or touch, rising."""
    order = np.argsort(low)
    runs: list[tuple[float, float]] = []
    for a, b in zip(low[order].tolist(), high[order].tolist(), strict=True):
        if runs and a <= runs[-1][1]:
            runs[-1] = runs[-1][0], max(runs[-1][1], b)
        else:
            runs.append((a, b))
    return runs
