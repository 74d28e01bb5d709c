"""The order in which the vertices on lattice lines join the chains of the sweep over rows.

On a line, ceilings of lower runs come before floors of upper ones. Along a ceiling the vertices join from the
left as far as the last chord, cutting off a chain for each chord on the way, and then from the right. The
vertices of a floor join going away from the chords.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.chains import LEFT, NONE, RIGHT, Bools, Index
from fabdesign.relief.contacts import LOWER_LEFT, LOWER_RIGHT, PULL_X, PULL_Y, UPPER_LEFT, UPPER_RIGHT
from fabdesign.relief.lattice import STEPS, Lattice
from fabdesign.relief.rows import Ranks, Rows

Ints = NDArray[np.int32]

_CEILING, _FLOOR = 0, 1


@dataclass(frozen=True, eq=False)
class Events:
    """Vertices in the order in which they join chains, in groups that touch each chain once.

    Args:
        slot, side: intp [event], chain, and the end to join at.
        split: intp [event], slot of the chain to cut off first; NONE for none.
        strict: bool [event], see `sweep.Joining`.
        xi, yi, zi: int32 [event], lattice integers.
        bounds: [group + 1], number of events before each group.
        groups: [line], number of groups.
    """

    slot: Index
    side: Index
    split: Index
    strict: Bools
    xi: Ints
    yi: Ints
    zi: Ints
    bounds: list[int]
    groups: list[int]


@dataclass(frozen=True, eq=False)
class _List:
    """Events before they are put in order.

    Args:
        phase: ceiling or floor.
        at: intp [event], breakpoint.
        place: intp [event], place among the events of its run.
        slot, side, split, strict: as in `Events`.
        rank: uint16 [event], height.
        pixel: intp [event], the pixel whose corner this is, seen from the lattice corner; 0 if none.
    """

    phase: int
    at: Index
    place: Index
    slot: Index
    side: Index
    split: Index
    strict: Bools
    rank: Ranks
    pixel: Index


def row_events(lattice: Lattice, rows: Rows) -> Events:
    """List what happens on the lines of `rows`, in an order that `sweep.Chains.push` can follow."""
    lists = [*_ceilings(rows), *_floors(rows)]
    names = ("at", "place", "slot", "side", "split", "strict", "rank", "pixel")
    at, place, slot, side, split, strict, rank, pixel = (
        np.concatenate([getattr(part, name) for part in lists]) for name in names
    )
    phase = np.repeat([part.phase for part in lists], [len(part.at) for part in lists])
    line, column = rows.line[at], rows.column[at]
    key = ((line - rows.line[0]) * 2 + phase) * (int(place.max(initial=0)) + 1) + place
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    code = lattice.pull[line, column]
    code = np.where(code == pixel, code, 0)[order]
    return Events(
        slot[order],
        side[order],
        split[order],
        strict[order],
        (STEPS * column[order] + 1 + PULL_X[code]).astype(np.int32),
        (STEPS * line[order] + 1 + PULL_Y[code]).astype(np.int32),
        rank[order].astype(np.int32),
        [*starts.tolist(), len(order)],
        np.bincount(line[order][starts] - rows.line[0], minlength=len(rows.joints) - 1).tolist(),
    )


def _ceilings(rows: Rows) -> tuple[_List, _List]:
    """Vertices at the upper border of lower runs, and those at its right end.

    A run without a chord ends here: first its right end joins, then the rest from the left.
    """
    runs, ends = rows.below, rows.below.alone
    here = runs.solid[runs.of] & ~rows.last_of_line & rows.is_vertex(np.arange(len(rows.line)), rows.lr)
    right = runs.solid & rows.is_vertex(runs.last, rows.ll[runs.last])
    before = _number_before(here)
    from_left = np.where(ends, 0, before[runs.last_chord + 1] - before[runs.first])
    total = before[runs.last] - before[runs.first] + right

    at = np.flatnonzero(here)
    run = runs.of[at]
    goes_left = ends[run] | (at <= runs.last_chord[run])
    place = np.where(
        goes_left,
        before[at] - before[runs.first[run]] + ends[run],
        from_left[run] + right[run] + before[runs.last[run]] - before[at] - 1,
    )
    inside = at != runs.first[run]
    divides = inside & goes_left & ~ends[run] & rows.chord[at - 1]
    along = _List(
        _CEILING,
        at,
        place,
        rows.main[run],
        np.where(goes_left, LEFT, RIGHT),
        np.where(divides, at - 1, NONE),
        (~goes_left | ends[run]) & (place < total[run] - 1),
        rows.lr[at],
        np.where(inside, 0, LOWER_RIGHT),
    )
    run = np.flatnonzero(right)
    at, place, same = runs.last[run], from_left[run], np.ones_like(run)
    strict = ~ends[run] & (place < total[run] - 1)
    slot = rows.main[run]
    return along, _List(
        _CEILING, at, place, slot, same * RIGHT, same * NONE, strict, rows.ll[at], same * LOWER_LEFT
    )


def _floors(rows: Rows) -> tuple[_List, _List]:
    """Vertices at the lower border of upper runs that are not at chords, and those at its right end.

    A run without a chord starts here: all of its vertices join from left to right.
    """
    runs, starts, size = rows.above, rows.above.alone, len(rows.line)
    after_chord = np.zeros(size, dtype=np.bool_)
    after_chord[1:] = rows.chord[:-1] & (runs.of[1:] == runs.of[:-1])
    here = runs.solid[runs.of] & ~rows.last_of_line & ~rows.chord & ~after_chord
    here &= rows.is_vertex(np.arange(size), rows.ur)
    right = runs.solid & (starts | (runs.last_chord + 1 != runs.last))
    right &= rows.is_vertex(runs.last, rows.ul[runs.last])
    before = _number_before(here)
    to_left = np.where(starts, 0, before[runs.first_chord] - before[runs.first])
    chord_before = np.maximum.accumulate(np.where(rows.chord, np.arange(size), NONE))

    at = np.flatnonzero(here)
    run = runs.of[at]
    goes_left = ~starts[run] & (at < runs.first_chord[run])
    origin = np.where(starts[run], runs.first[run], chord_before[at])
    place = np.where(
        goes_left,
        before[runs.first_chord[run]] - before[at] - 1,
        to_left[run] + before[at] - before[origin],
    )
    along = _List(
        _FLOOR,
        at,
        place,
        np.where(starts[run], size + origin, np.where(goes_left, runs.first_chord[run], origin)),
        np.where(goes_left, LEFT, RIGHT),
        np.full(len(at), NONE),
        np.zeros(len(at), dtype=np.bool_),
        rows.ur[at],
        np.where(at == runs.first[run], UPPER_RIGHT, 0),
    )
    run = np.flatnonzero(right)
    at, same = runs.last[run], np.ones_like(run)
    origin = np.where(starts[run], runs.first[run], runs.last_chord[run])
    place = to_left[run] + before[at] - before[origin]
    slot, free = rows.last_chain[run], np.zeros(len(run), dtype=np.bool_)
    return along, _List(
        _FLOOR, at, place, slot, same * RIGHT, same * NONE, free, rows.ul[at], same * UPPER_LEFT
    )


def _number_before(here: Bools) -> Index:
    """How many are set before each index, and in all."""
    return np.concatenate([[0], np.cumsum(here)])
