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

    def part(self, part: slice) -> Joining:
        """Some of them."""
        return Joining(self.vertex[part], self.slot[part], self.side[part], self.strict[part])


@dataclass(frozen=True, eq=False)
class Places:
    """Where vertices are on the plane of the sweep.

    Args:
        across: float64 [vertex], exact position along the sweep line.
        along: float64 [vertex], exact position in the direction of the sweep; lines are 1 apart.
        rounded: float64 [2][vertex], both as a file with 32-bit numbers will have them, in any unit.
        error: largest difference that rounding makes to either, in the units of the exact ones.
    """

    across: Floats
    along: Floats
    rounded: tuple[Floats, Floats]
    error: tuple[float, float]


class Chains:
    """Chains of vertices as doubly linked lists in arrays.

    Vertex NONE stands for "no vertex" in all arrays: it is the last one, has no place, and follows itself.

    A triangle is cut off only where it is turned the right way both exactly and after rounding: the file then
    has no triangle turned over, and no sliver where exact points are in line and rounded ones are not.

    Args:
        places: where the vertices are.
        slots: number of chains.
    """

    def __init__(self, places: Places, slots: int) -> None:
        self.slots = slots
        self.vertices = len(places.across) + 1
        self.place = _with_nowhere(places.across), _with_nowhere(places.along)
        self.rounded = _with_nowhere(places.rounded[0]), _with_nowhere(places.rounded[1])
        self.inner = np.full((2, self.vertices), NONE, dtype=np.intp)
        self.end = np.full((2, slots), NONE, dtype=np.intp)
        spans = [float(np.ptp(place)) if len(place) else 0.0 for place in (places.across, places.along)]
        self._flat = _ROUNDING * spans[0] * spans[1]
        self._doubtful = self._flat + 4 * (places.error[0] * spans[1] + places.error[1] * spans[0])
        self._found: list[tuple[Index, Index, Index, Floats]] = []

    def push(self, joining: Joining) -> None:
        """Let one vertex join each of some chains."""
        vertex, slot, side = joining.vertex, joining.slot, joining.side
        inner, end = self.inner.reshape(-1), self.end.reshape(-1)
        at = side * self.slots + slot
        offset = side * self.vertices
        near = end.take(at)
        self._cut_off(joining, near, offset)
        inner[offset + vertex] = near
        inner[self.vertices - offset + near] = vertex
        self.inner[:, NONE] = NONE
        end[at] = vertex
        fresh = (near == NONE).nonzero()[0]
        if len(fresh):
            end[(self.slots - at + 2 * slot)[fresh]] = vertex[fresh]

    def _cut_off(self, joining: Joining, near: Index, offset: Index) -> None:
        """Cut off what new vertices make convex, and move `near` on to those that stay next to them."""
        inner, along = self.inner.reshape(-1), self.place[1]
        new, base, strict = joining.vertex, near, joining.strict
        sign: Floats = np.where(joining.side == LEFT, 1.0, -1.0)
        far = inner.take(offset + base)
        rows: Index | None = None
        while True:
            area = _areas(self.place, new, base, far, sign)
            convex = area > self._flat
            if strict.any():
                convex &= ~(strict & (along.take(far) > along.take(new) - _SAME_LINE))
            doubtful = (convex & (area < self._doubtful)).nonzero()[0]
            if len(doubtful):
                few = new.take(doubtful), base.take(doubtful), far.take(doubtful)
                convex[doubtful] = _areas(self.rounded, *few, sign.take(doubtful)) > 0
            keep = convex.nonzero()[0]
            if not len(keep):
                return
            new, base, far, sign = new.take(keep), base.take(keep), far.take(keep), sign.take(keep)
            strict, offset = strict.take(keep), offset.take(keep)
            rows = keep if rows is None else rows.take(keep)
            self._found.append((new, base, far, sign))
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
        new, base, far, sign = (np.concatenate(column) for column in zip(*self._found, strict=True))
        self._found = []
        from_left = sign > 0
        return np.stack([new, np.where(from_left, base, far), np.where(from_left, far, base)], axis=1)


def _with_nowhere(values: Floats) -> Floats:
    return np.append(values, np.nan)


def _areas(place: tuple[Floats, Floats], new: Index, base: Index, far: Index, sign: Floats) -> Floats:
    """Twice the area of the triangles that new vertices cut off, negative where they are not convex."""
    across, along = place
    middle_across, middle_along = across.take(base), along.take(base)
    area = (middle_across - across.take(new)) * (along.take(far) - middle_along)
    area -= (middle_along - along.take(new)) * (across.take(far) - middle_across)
    area *= sign
    return area
