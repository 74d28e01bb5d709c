"""Triangulates many polygons at once with a sweep line, without adding a vertex.

Each polygon keeps a *chain*: the border between what is triangulated already and what is not, from its left
border to its right one. Seen from the untriangulated side, no inner vertex of a chain is convex. A new vertex
on the sweep line joins a chain at its left or right end and cuts off, by one triangle each, the vertices that
it makes convex (Hertel and Mehlhorn, Fast triangulation of simple polygons, 1983). What is done here for one
chain is done for many chains by one array operation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEFT, RIGHT = 0, 1
NONE = -1
_SAME_LINE = 0.5
_ROUNDING = 2.0**-50

Index = NDArray[np.intp]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Joining:
    """New vertices and where they join.

    Args:
        vertex: intp [n], new vertices.
        slot: intp [n], a chain for each; a push takes a part in which all are different.
        side: intp [n], the end to join at.
        strict: bool [n], where no triangle may have its far vertex on the line of the new one, because more
            vertices between the two are to come.
    """

    vertex: Index
    slot: Index
    side: Index
    strict: Bools


class Chains:
    """Chains of vertices as doubly linked lists in arrays.

    Vertex NONE stands for "no vertex" in all arrays: it is the last one, has no place, and follows itself.

    Args:
        across: exact position along the sweep line, float64 [vertex].
        along: exact position in the direction of the sweep, in units of the distance of lines.
        rounded: both positions as a file with 32-bit numbers will have them, in any unit.
        slots: number of chains.

    A triangle is cut off only where it is turned the right way in both: the file then has no triangle turned
    over, and no slivers where exact points are in line and rounded ones are not.
    """

    def __init__(self, across: Floats, along: Floats, rounded: tuple[Floats, Floats], slots: int) -> None:
        self.slots = slots
        self.vertices = len(across) + 1
        self.place = _with_nowhere(across), _with_nowhere(along)
        self.rounded = _with_nowhere(rounded[0]), _with_nowhere(rounded[1])
        self.inner = np.full((2, self.vertices), NONE, dtype=np.intp)
        self.end = np.full((2, slots), NONE, dtype=np.intp)
        self._flat = _ROUNDING * float(np.ptp(across) * np.ptp(along)) if len(across) else 0.0
        self._found: list[tuple[Index, Index, Index, Index]] = []

    def push(self, joining: Joining, part: slice) -> None:
        """Let one vertex join each of some chains."""
        vertex, slot, side = joining.vertex[part], joining.slot[part], joining.side[part]
        inner, end = self.inner.reshape(-1), self.end.reshape(-1)
        at = side * self.slots + slot
        offset = side * self.vertices
        near = end.take(at)
        self._cut_off(vertex, near, offset, side, joining.strict[part])
        inner[offset + vertex] = near
        inner[self.vertices - offset + near] = vertex
        self.inner[:, NONE] = NONE
        end[at] = vertex
        fresh = (near == NONE).nonzero()[0]
        if len(fresh):
            end[(self.slots - at + 2 * slot)[fresh]] = vertex[fresh]

    def _cut_off(self, vertex: Index, near: Index, offset: Index, side: Index, strict: Bools) -> None:
        """Cut off what new vertices make convex, and move `near` on to the vertices that they stay next to."""
        inner, along = self.inner.reshape(-1), self.place[1]
        rows = np.arange(len(vertex))
        new, base, turn = vertex, near, side
        far = inner.take(offset + base)
        while len(rows):
            convex = _turns(self.place, new, base, far, turn) > self._flat
            if strict.any():
                convex &= ~(strict & (along.take(far) > along.take(new) - _SAME_LINE))
            keep = convex.nonzero()[0]
            new, base, far, turn = new.take(keep), base.take(keep), far.take(keep), turn.take(keep)
            sure = (_turns(self.rounded, new, base, far, turn) > 0).nonzero()[0]
            if len(sure) < len(keep):
                keep = keep.take(sure)
                new, base, far, turn = new.take(sure), base.take(sure), far.take(sure), turn.take(sure)
            rows, strict, offset = rows.take(keep), strict.take(keep), offset.take(keep)
            self._found.append((new, base, far, turn))
            near[rows] = base = far
            far = inner.take(offset + base)

    def link(self, left: Index, right: Index) -> None:
        """Join two chains of each pair at their facing ends.

        Args:
            left, right: slots whose right end and left end become neighbours.
        """
        tails, heads = self.end[RIGHT, left], self.end[LEFT, right]
        self.inner[LEFT, tails] = heads
        self.inner[RIGHT, heads] = tails

    def take(self) -> Index:
        """The triangles found so far, [triangle, 3], counter-clockwise in (across, along); forgotten here."""
        if not self._found:
            return np.zeros((0, 3), dtype=np.intp)
        new, base, far, turn = (np.concatenate(column) for column in zip(*self._found, strict=True))
        self._found = []
        return np.stack([new, np.where(turn == LEFT, base, far), np.where(turn == LEFT, far, base)], axis=1)


def _with_nowhere(values: Floats) -> Floats:
    return np.append(values, np.nan)


def _turns(place: tuple[Floats, Floats], new: Index, base: Index, far: Index, side: Index) -> Floats:
    """Twice the area of the triangles that new vertices cut off, negative where they are not convex."""
    across, along = place
    middle_across, middle_along = across.take(base), along.take(base)
    area = (middle_across - across.take(new)) * (along.take(far) - middle_along)
    area -= (middle_along - along.take(new)) * (across.take(far) - middle_across)
    area *= 1 - 2 * side
    return area
