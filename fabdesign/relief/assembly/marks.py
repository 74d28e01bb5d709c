"""Marks engraved into the frame of a plate: an F, the number of its layer, and a cross at each corner."""

from __future__ import annotations

import numpy as np

from fabdesign.errors import ConfigError
from fabdesign.relief.assembly.outline import Outline
from fabdesign.relief.assembly.storey import Mask
from fabdesign.relief.glyphs import GLYPH_ADVANCE, GLYPH_HEIGHT, GLYPH_WIDTH, glyph

_BORDER = 1
"""Cells of frame around every mark."""


def ring_cells() -> int:
    """Width of a frame that takes a line of text, in cells.

    >>> ring_cells()
    9
    """
    return GLYPH_HEIGHT + 2 * _BORDER


def engraved(outline: Outline, layer: int, cell: int) -> Mask:
    """Pixels of the frame that marks take away, bool [y, x].

    The number stands in the middle of the side of smallest y, the F in the middle of the opposite one.

    Args:
        outline: the plate; its ring is `ring_cells` cells wide.
        layer: number to engrave.
        cell: side of a cell of a mark, in pixels.

    Raises:
        ConfigError: the plate is too small for its marks.
    """
    mask = np.zeros(outline.shape, dtype=np.bool_)
    ny, nx = outline.shape
    ring = outline.ring
    cross = _cross()
    for i in (0, ny - ring):
        for j in (0, nx - ring):
            _engrave(mask, cross, (i + _BORDER * cell, j + _BORDER * cell), cell)
    for text, i in ((str(layer), 0), ("F", ny - ring)):
        cells = _line(text)
        width = cells.shape[1] * cell
        if width > nx - 2 * ring:
            raise ConfigError(
                f"The plate must be wide enough for its marks: {width} pixels between its corners; it has "
                f"{nx - 2 * ring}.",
                hint="State a larger clearance: -o clearance_um=30, say.",
            )
        _engrave(mask, cells, (i + _BORDER * cell, (nx - width) // 2), cell)
    return mask


def _line(text: str) -> Mask:
    cells = np.zeros((GLYPH_HEIGHT, GLYPH_ADVANCE * len(text) - 1), dtype=np.bool_)
    for place, character in enumerate(text):
        cells[:, place * GLYPH_ADVANCE : place * GLYPH_ADVANCE + GLYPH_WIDTH] = glyph(character)
    return cells


def _cross() -> Mask:
    cells = np.zeros((GLYPH_HEIGHT, GLYPH_HEIGHT), dtype=np.bool_)
    cells[GLYPH_HEIGHT // 2] = cells[:, GLYPH_HEIGHT // 2] = True
    return cells


def _engrave(mask: Mask, cells: Mask, corner: tuple[int, int], cell: int) -> None:
    large = np.kron(cells, np.ones((cell, cell), dtype=np.bool_))
    (i, j), (ny, nx) = corner, large.shape
    mask[i : i + ny, j : j + nx] |= large
