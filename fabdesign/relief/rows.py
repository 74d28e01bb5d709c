"""What a sweep over rows meets on each lattice line, worked out for many lines at once.

On a line, *breakpoints* are the corners where the row below or the row above changes height; between them lie
*intervals*, each below one run of the upper row and above one run of the lower. An interval with the same
height on both sides is a chord. Breakpoint k is the left end of interval k; the last one of a line has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.chains import NONE, Index
from fabdesign.relief.floor import true_corner_mask
from fabdesign.relief.lattice import Lattice

Ranks = NDArray[np.uint16]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of the lower or of the upper rows of some lines, in order.

    Args:
        of: intp [breakpoint], run of the interval; at the last breakpoint of a line, the run before.
        first, last: intp [run], breakpoints at its left and right end.
        first_chord, last_chord: intp [run], its outermost chords; NONE if it has none.
        solid: bool [run], whether it is a part of the plate and not the outside.
    """

    of: Index
    first: Index
    last: Index
    first_chord: Index
    last_chord: Index
    solid: Bools

    @property
    def alone(self) -> Bools:
        """Which runs have no chord."""
        alone: Bools = self.first_chord == NONE
        return alone


@dataclass(frozen=True, eq=False)
class Rows:
    """Breakpoints, runs and chains of some lines.

    A chain has a slot: k for the chord of interval k or for a run that ends there, and k + the number of
    breakpoints for a run that starts at breakpoint k.

    Args:
        line, column: intp [breakpoint], lattice corner.
        below, above: runs under and over the lines.
        chord: bool [breakpoint], whether interval k is a chord.
        last_of_line: bool [breakpoint].
        ll, lr, ul, ur: uint16 [breakpoint], height ranks of the pixels around.
        lower_run, upper_run: [line + 1], number of runs before each line.
        main: intp [lower run], slot of its chain.
        first_chain, last_chain: intp [upper run], slots whose outer ends are the ends of its chain.
        joint_left, joint_right: intp [joint], slots that are joined.
        joints: [line + 1], number of joints before each line.
    """

    line: Index
    column: Index
    below: Runs
    above: Runs
    chord: Bools
    last_of_line: Bools
    ll: Ranks
    lr: Ranks
    ul: Ranks
    ur: Ranks
    lower_run: list[int]
    upper_run: list[int]
    main: Index
    first_chain: Index
    last_chain: Index
    joint_left: Index
    joint_right: Index
    joints: list[int]

    def is_vertex(self, at: Index, rank: Ranks) -> Bools:
        """Whether the points over breakpoints, at the heights of some of their pixels, are true corners."""
        return true_corner_mask(self.ll[at], self.lr[at], self.ul[at], self.ur[at], rank)


def read_rows(lattice: Lattice, first: int, last: int) -> Rows:
    """Find breakpoints, runs and chains of lines first…last-1."""
    nx = lattice.pixels[1]
    lower, upper = lattice.rank[first:last], lattice.rank[first + 1 : last + 1]
    breaks = (lower[:, :-1] != lower[:, 1:]) | (upper[:, :-1] != upper[:, 1:])
    breaks[:, 0] = breaks[:, nx] = True
    row, column = np.nonzero(breaks)
    ll, lr, ul, ur = (half[row, column + step] for half in (lower, upper) for step in (0, 1))
    last_of_line = column == nx
    chord = (lr == ur) & (lr > 0) & ~last_of_line
    edge = column == 0
    below = _runs(((ll != lr) | edge) & ~last_of_line, last_of_line, chord, lr)
    above = _runs(((ul != ur) | edge) & ~last_of_line, last_of_line, chord, ur)
    new = len(row) + above.first
    chords = np.flatnonzero(chord)
    same = above.of[chords[1:]] == above.of[chords[:-1]]
    lines = np.arange(last - first + 1)
    joint_right = chords[1:][same]
    return Rows(
        row + first,
        column,
        below,
        above,
        chord,
        last_of_line,
        ll,
        lr,
        ul,
        ur,
        np.searchsorted(row[below.first], lines).tolist(),
        np.searchsorted(row[above.first], lines).tolist(),
        np.where(below.alone, below.first, below.last_chord),
        np.where(above.alone, new, above.first_chord),
        np.where(above.alone, new, above.last_chord),
        chords[:-1][same],
        joint_right,
        np.searchsorted(row[joint_right], lines).tolist(),
    )


def _runs(start: Bools, last_of_line: Bools, chord: Bools, rank: NDArray[np.uint16]) -> Runs:
    of = np.cumsum(start) - 1
    first = np.flatnonzero(start)
    stop = np.flatnonzero(start | last_of_line)
    last = stop[np.searchsorted(stop, first) + 1]
    chords = np.flatnonzero(chord)
    first_chord, last_chord = (np.full(len(first), NONE, dtype=np.intp) for _ in range(2))
    first_chord[of[chords[::-1]]] = chords[::-1]
    last_chord[of[chords]] = chords
    return Runs(of, first, last, first_chord, last_chord, rank[first] > 0)
