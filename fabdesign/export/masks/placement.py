"""Where pixels lie in a layout file: whole database units, on the manufacturing grid, within 32 bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.formats.drawing import INT32
from fabdesign.relief.moved_walls import moved_lines

UNIT_PM = 1000
"""Default database unit and manufacturing grid: 1 nm."""


@dataclass(frozen=True)
class PixelPlacement:
    """A centred grid of square pixels in database units; pixel (i, j) begins at (x + j pitch, y + i pitch).

    Attributes:
        rows: pixels along y.
        columns: pixels along x.
        pitch: side of a pixel.
        x: left edge of column 0.
        y: lower edge of row 0.
        unit_pm: the database unit.
        grid: the manufacturing grid, in database units.
    """

    rows: int
    columns: int
    pitch: int
    x: int
    y: int
    unit_pm: int
    grid: int

    @property
    def unit_um(self) -> float:
        """The database unit in µm."""
        return self.unit_pm / 1e6

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The optic, (x0, y0, x1, y1)."""
        return self.x, self.y, self.x + self.columns * self.pitch, self.y + self.rows * self.pitch

    def place_moved(self, corners: NDArray[np.int32], shift: int) -> NDArray[np.int32]:
        """Turn rectangles on the cells of moved walls (`relief.moved_walls`) into database units.

        Args:
            corners: [n, 4] on the lines of the cells.
            shift: how far walls are moved in, in database units.
        """
        x = moved_lines(self.columns, self.pitch, shift) + self.x
        y = moved_lines(self.rows, self.pitch, shift) + self.y
        lines = (x, y, x, y)
        moved = np.stack([line[corners[:, k]] for k, line in enumerate(lines)], axis=1)
        return moved.astype(np.int32)

    def shift_units(self, shift_pm: int) -> int:
        """A shift of walls in database units.

        Raises:
            ConfigError: moved walls would be off the manufacturing grid.
        """
        step = self.grid * self.unit_pm
        if shift_pm % step:
            below = shift_pm // step * step
            fitting = " or ".join(f"{_nm(2 * shift)} nm" for shift in (below, below + step))
            raise ConfigError(
                f"An edge bias of {_nm(2 * shift_pm)} nm moves walls off the manufacturing grid of "
                f"{_nm(step)} nm.",
                hint=f"A bias of {fitting} fits, or a finer grid.",
            )
        return shift_pm // self.unit_pm

    def place(self, corners: NDArray[np.int32]) -> NDArray[np.int32]:
        """Turn rectangles on the pixel grid, [n, 4], into database units; in place, to save memory."""
        corners *= np.int32(self.pitch)
        corners += np.array([self.x, self.y, self.x, self.y], np.int32)
        return corners


def place_pixels(
    pixels: tuple[int, int], pitch_pm: int, *, unit_pm: int = UNIT_PM, grid_pm: int | None = None
) -> PixelPlacement:
    """Centre the pixels on the origin and refuse what the file can't hold exactly.

    Args:
        pixels: (ny, nx).
        pitch_pm: side of a pixel in pm.
        unit_pm: database unit in pm.
        grid_pm: manufacturing grid in pm, on which every corner must lie; the database unit if None.

    Raises:
        ConfigError: a corner would be off the grid or beyond 32 bits.

    >>> place_pixels((4, 5), 1_500_000).box
    (-3750, -3000, 3750, 3000)
    """
    grid_pm = unit_pm if grid_pm is None else grid_pm
    if unit_pm < 1 or grid_pm < 1 or grid_pm % unit_pm:
        raise ConfigError(
            "The manufacturing grid must be a multiple of the database unit; "
            f"got {_nm(grid_pm)} and {_nm(unit_pm)} nm."
        )
    _check_on_grid(pixels, pitch_pm, grid_pm)
    rows, columns = pixels
    span = max(pixels) * pitch_pm // unit_pm
    if span > INT32:
        raise ConfigError(
            f"A layer of {columns} x {rows} pixels of {_nm(pitch_pm)} nm spans {span} database units; "
            f"GDSII and many OASIS readers hold {INT32}.",
            hint="Use a coarser database unit, or fewer or smaller pixels.",
        )
    x, y = -columns * pitch_pm // (2 * unit_pm), -rows * pitch_pm // (2 * unit_pm)
    return PixelPlacement(rows, columns, pitch_pm // unit_pm, x, y, unit_pm, grid_pm // unit_pm)


def _check_on_grid(pixels: tuple[int, int], pitch_pm: int, grid_pm: int) -> None:
    step = 2 * grid_pm if any(count % 2 for count in pixels) else grid_pm
    if pitch_pm % step == 0:
        return
    below = pitch_pm // step * step
    fitting = " or ".join(f"{_nm(pitch)} nm" for pitch in (below, below + step) if pitch)
    odd = " (an odd count of pixels puts edges at half a pitch)" if step != grid_pm else ""
    raise ConfigError(
        f"Pixels of {_nm(pitch_pm)} nm don't fall on the manufacturing grid of {_nm(grid_pm)} nm{odd}.",
        hint=f"A pitch of {fitting} fits, or a finer grid.",
    )


def _nm(length_pm: int) -> str:
    return f"{length_pm / 1e3:.10g}"
