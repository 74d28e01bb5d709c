"""Marks around a chip: alignment, labels of ports and pads, an F, and the corners that a saw follows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fabdesign.chip.circuit import LANES_PER_PORT, Circuit
from fabdesign.export.circuit.chip import Chip
from fabdesign.export.circuit.shapes import MASKS, Box
from fabdesign.export.circuit.sizes import Sizes
from fabdesign.export.masks.marks import (
    Block,
    Mark,
    block_box,
    block_row,
    dicing_corner,
    global_mark,
    pair_mark,
)
from fabdesign.relief.glyphs import GLYPH_ADVANCE, label

ALIGNED = 4
"""Waveguides, heaters, vias and metal are aligned to one another; openings of pads need no fine marks."""
_METAL = MASKS.index("metal")
_CLEAR, _GAP = 20, 12


def mark_unit(sizes: Sizes) -> int:
    """The unit of the marks: no feature or gap of the aligned masks may be smaller."""
    keys = [f"{mask}.{rule}" for mask in MASKS[:ALIGNED] for rule in ("min_width_um", "min_space_um")]
    smallest_um = max([1.0, *(sizes.number(key).value for key in keys)])
    return sizes.up(2 * math.ceil(smallest_um / 2 - 1e-9))


def least_width(sizes: Sizes, lines: Sequence[str]) -> int:
    """How wide a chip must be for its marks."""
    u = mark_unit(sizes)
    corners = 2 * (_width(global_mark(u, ALIGNED)) + 2 * _CLEAR * u)
    return corners + max(_width(_verniers(u)), _width(_text(u, lines)))


def draw_sheet(chip: Chip, lines: Sequence[str]) -> tuple[list[Mark], Box]:
    """The marks of a chip, and the outline of its die.

    Args:
        chip: the chip; bands above and below it take the marks.
        lines: text beside the F.
    """
    u = mark_unit(chip.sizes)
    x0, y0, x1, y1 = chip.box
    half = block_box(global_mark(u, ALIGNED))[2]
    band = max(2 * half, *(_height(block) for block in (_verniers(u), _text(u, lines)))) + 2 * _CLEAR * u
    room = chip.pads[0].label[3] - chip.pads[0].label[1] if chip.pads else 0
    die = (x0, y0 - room - band, x1, y1 + room + band)
    marks: list[Mark] = []
    for x in (x0 + half + _CLEAR * u, x1 - half - _CLEAR * u):
        for y in (die[1] + band // 2, die[3] - band // 2):
            marks += [mark.moved(x, y) for mark in global_mark(u, ALIGNED)]
    marks += _centred(_verniers(u), x0, x1, die[3] - band // 2)
    marks += _centred(_text(u, lines), x0, x1, die[1] + band // 2)
    marks += [
        dicing_corner(u, 1, 1, 0).moved(die[0], die[1]),
        dicing_corner(u, 1, -1, 0).moved(die[0], die[3]),
        dicing_corner(u, -1, 1, 0).moved(die[2], die[1]),
        dicing_corner(u, -1, -1, 0).moved(die[2], die[3]),
    ]
    return [*marks, *_pad_numbers(chip, u), *_port_names(chip, chip.circuit, u)], die


def _verniers(u: int) -> Block:
    """A fine cross and two verniers for each mask against the waveguides."""
    step = max(1, u // 10)
    blocks = [pair_mark(u, k, step, f"{MASKS[0][0]}-{MASKS[k][0]}") for k in range(1, ALIGNED)]
    return block_row(blocks, _GAP * u)


def _text(u: int, lines: Sequence[str]) -> Block:
    """The F, and lines of text right of it."""
    text = [Mark("label", _METAL, label(line, u)) for line in reversed(lines)]
    lifted = [mark.moved(0, 10 * u * at) for at, mark in enumerate(text)]
    return block_row([[Mark("label", _METAL, label("F", 4 * u))], lifted], _GAP * u)


def _pad_numbers(chip: Chip, u: int) -> list[Mark]:
    marks = []
    for pad in chip.pads:
        text = str(pad.number)
        width = (GLYPH_ADVANCE * len(text) - 1) * u
        x0, y0, x1, y1 = pad.label
        mark = Mark("label", _METAL, label(text, u))
        marks.append(mark.moved((x0 + x1) // 2 - width // 2, (y0 + y1) // 2 - 7 * u // 2))
    return marks


def _port_names(chip: Chip, circuit: Circuit, u: int) -> list[Mark]:
    """IN 0, OUT 0, … above the lanes, just inside the edges."""
    marks = []
    for kind, lanes in (("IN", circuit.inputs), ("OUT", circuit.outputs)):
        for lane in lanes:
            text = f"{kind}{lane // LANES_PER_PORT}"
            width = GLYPH_ADVANCE * len(text) * u
            x = chip.box[0] + _CLEAR * u if kind == "IN" else chip.box[2] - _CLEAR * u - width
            marks.append(Mark("label", _METAL, label(text, u)).moved(x, chip.floor.y(lane) + 6 * u))
    return marks


def _centred(block: Block, x0: int, x1: int, y: int) -> Block:
    low_x, low_y, high_x, high_y = block_box(block)
    return [mark.moved((x0 + x1 - low_x - high_x) // 2, y - (low_y + high_y) // 2) for mark in block]


def _width(block: Block) -> int:
    x0, _, x1, _ = block_box(block)
    return x1 - x0


def _height(block: Block) -> int:
    _, y0, _, y1 = block_box(block)
    return y1 - y0
