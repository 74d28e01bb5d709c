"""Hatching: each run of pixels in a slice becomes parallel lines, formatted as text all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Runs:
    """Runs of set pixels, row by row: row, first column, one-past-last column."""

    row: NDArray[np.intp]
    first: NDArray[np.intp]
    end: NDArray[np.intp]


def find_runs(mask: NDArray[np.bool_]) -> Runs:
    """The runs of set pixels along the rows of a mask.

    >>> runs = find_runs(np.array([[1, 1, 0, 1]], dtype=bool))
    >>> runs.first.tolist(), runs.end.tolist()
    ([0, 3], [2, 4])
    """
    framed = np.zeros((mask.shape[0], mask.shape[1] + 2), np.int8)
    framed[:, 1:-1] = mask
    step = np.diff(framed, axis=1)
    row, first = np.nonzero(step > 0)
    return Runs(row, first, np.nonzero(step < 0)[1])


def line_offsets_pm(pitch_pm: int, hatch_pm: int) -> list[int]:
    """Where the lines of a pixel lie above its lower edge: evenly, at nearly the hatch distance.

    >>> line_offsets_pm(400, 100)
    [50, 150, 250, 350]
    """
    count = max(1, (2 * pitch_pm + hatch_pm) // (2 * hatch_pm))
    return [(2 * k + 1) * pitch_pm // (2 * count) for k in range(count)]


def format_um(length_pm: int) -> str:
    """A length in µm, exact, without trailing zeros.

    >>> format_um(-1_250_000), format_um(0)
    ('-1.25', '0')
    """
    whole, rest = divmod(abs(length_pm), 1_000_000)
    digits = f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return f"-{digits}" if length_pm < 0 else digits


def text_table(lengths_pm: Sequence[int]) -> Bytes:
    """Lengths in µm as ASCII of one width, uint8 [length, character], padded with spaces at the left."""
    texts = [format_um(length) for length in lengths_pm]
    width = max(map(len, texts))
    joined = "".join(text.rjust(width) for text in texts).encode("ascii")
    return np.frombuffer(joined, np.uint8).reshape(len(texts), width)


def hatch_slice(mask: NDArray[np.bool_], along: Bytes, across: Bytes, z_pm: int, *, swap: bool) -> bytes:
    """The lines of one slice of one field.

    Args:
        mask: bool [row, column], pixels that the slice holds; lines run along the columns.
        along: text of the column borders, [columns + 1, character].
        across: text of the line positions, [rows × lines of a pixel, character].
        z_pm: height of the lines.
        swap: columns are y and rows are x.

    Returns:
        two points and ``Write`` for each line.
    """
    runs = find_runs(mask)
    if not len(runs.row):
        return b""
    run, line = _order(runs, len(across) // len(mask), len(mask))
    across_text, height = across[line], format_um(z_pm).encode()
    pieces: list[Bytes | bytes] = []
    for border in (runs.first[run], runs.end[run]):
        point: list[Bytes | bytes] = (
            [across_text, b" ", along[border]] if swap else [along[border], b" ", across_text]
        )
        pieces += [*point, b" ", height, b"\n"]
    return _columns([*pieces, b"Write\n"], len(run))


def _order(runs: Runs, lines: int, rows: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Run and line of each stroke: row by row, line by line, run by run."""
    count = np.bincount(runs.row, minlength=rows)
    start = np.cumsum(count) - count
    strokes = count * lines
    row = np.repeat(np.arange(rows), strokes)
    local = np.arange(len(row)) - np.repeat(start * lines, strokes)
    within, place = np.divmod(local, count[row])
    return start[row] + place, row * lines + within


def _columns(pieces: Sequence[Bytes | bytes], rows: int) -> bytes:
    widths = [len(piece) if isinstance(piece, bytes) else piece.shape[1] for piece in pieces]
    text = np.empty((rows, sum(widths)), np.uint8)
    at = 0
    for piece, width in zip(pieces, widths, strict=True):
        text[:, at : at + width] = np.frombuffer(piece, np.uint8) if isinstance(piece, bytes) else piece
        at += width
    return text.tobytes()
