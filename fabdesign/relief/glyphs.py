"""A block font as rectangles: labels that every writer can draw, since most ignore text records.

Strokes are one cell wide, gaps are at least one cell, and no two cells touch at a corner alone, so nothing in
a label is smaller than its cell.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.relief.rectangles import merged_rectangles

GLYPH_WIDTH, GLYPH_HEIGHT, GLYPH_ADVANCE = 5, 7, 6

_ROWS = """
0 ##### #...# #...# #...# #...# #...# #####
1 ..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.
2 ##### ....# ....# ##### #.... #.... #####
3 ##### ....# ....# .#### ....# ....# #####
4 #...# #...# #...# ##### ....# ....# ....#
5 ##### #.... #.... ##### ....# ....# #####
6 #.... #.... #.... ##### #...# #...# #####
7 ##### ....# ....# ...## ...#. ...#. ...#.
8 ##### #...# #...# ##### #...# #...# #####
9 ##### #...# #...# ##### ....# ....# ....#
A .###. ##.## #...# ##### #...# #...# #...#
B ####. #..#. #..#. ##### #...# #...# #####
C ##### #.... #.... #.... #.... #.... #####
D ####. #..## #...# #...# #...# #..## ####.
E ##### #.... #.... ####. #.... #.... #####
F ##### #.... #.... ####. #.... #.... #....
G ##### #.... #.... #.### #...# #...# #####
H #...# #...# #...# ##### #...# #...# #...#
I .###. ..#.. ..#.. ..#.. ..#.. ..#.. .###.
J ....# ....# ....# ....# #...# #...# #####
K #...# #..## #.##. ###.. #.##. #..## #...#
L #.... #.... #.... #.... #.... #.... #####
M ##.## ##### #.#.# #.#.# #...# #...# #...#
N #...# ##..# ###.# #.### #..## #...# #...#
O .###. ##.## #...# #...# #...# ##.## .###.
P ##### #...# #...# ##### #.... #.... #....
Q ##### #...# #...# #...# #.#.# #.### #####
R ##### #...# #...# ##### ###.. #.##. #..##
S .#### ##... #.... ##### ....# ...## ####.
T ##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..
U #...# #...# #...# #...# #...# #...# #####
V #...# #...# #...# ##.## .###. .###. ..#..
W #...# #...# #...# #.#.# #.#.# ##### ##.##
X #...# ##.## .###. ..#.. .###. ##.## #...#
Y #...# #...# ##### ..#.. ..#.. ..#.. ..#..
Z ##### ...## ..##. .##.. ##... #.... #####
- ..... ..... ..... .###. ..... ..... .....
. ..... ..... ..... ..... ..... ..... ..#..
/ ....# ....# ...## .###. ##... #.... #....
_ ..... ..... ..... ..... ..... ..... #####
+ ..... ..#.. ..#.. ##### ..#.. ..#.. .....
"""


def glyph(character: str) -> NDArray[np.bool_]:
    """The cells of one character, bool [7, 5], row 0 at the bottom.

    Raises:
        ConfigError: the font has no such character.

    >>> print("\\n".join("".join(".#"[int(cell)] for cell in row) for row in glyph("F")[::-1]))
    #####
    #....
    #....
    ####.
    #....
    #....
    #....
    """
    try:
        return _font()[character.upper()]
    except KeyError:
        raise ConfigError(
            f"The label font has A to Z, 0 to 9, space and - . / _ +; got {character!r}."
        ) from None


def label(text: str, cell: int) -> NDArray[np.int64]:
    """Rectangles of a line of text, int64 [n, 4], its lower left corner at the origin.

    Args:
        text: letters (upper or lower case become capitals), digits, space and ``-./_+``.
        cell: side of a font cell in database units; a character is 5 wide, 7 high and 6 apart.

    Raises:
        ConfigError: the font has no such character.
    """
    cells = np.zeros((GLYPH_HEIGHT, GLYPH_ADVANCE * len(text)), bool)
    for place, character in enumerate(text):
        cells[:, place * GLYPH_ADVANCE : place * GLYPH_ADVANCE + GLYPH_WIDTH] = glyph(character)
    return merged_rectangles(cells).astype(np.int64) * cell


def printable(text: str) -> str:
    """A text with every character that the font lacks replaced by a dash.

    >>> printable("digits 785µm")
    'DIGITS 785-M'
    """
    return "".join(letter if letter in _font() else "-" for letter in text.upper())


@cache
def _font() -> dict[str, NDArray[np.bool_]]:
    font = {" ": np.zeros((GLYPH_HEIGHT, GLYPH_WIDTH), bool)}
    for line in _ROWS.strip().splitlines():
        name, *rows = line.split()
        font[name] = np.array([[cell == "#" for cell in row] for row in rows[::-1]])
    return font
