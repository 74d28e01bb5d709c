"""Triangulates many polygons at once with a sweep line, without adding a vertex.

Each polygon keeps a *chain*: the border between what is triangulated already and what is not, from its left
border to its right one. Seen from the untriangulated side, no inner vertex of a chain is convex. A new vertex
on the sweep line joins a chain at its left or right end and cuts off, by one triangle each, the vertices that
it makes convex (Hertel and Mehlhorn, Fast triangulation of simple polygons, 1983). What is done here for one
chain is done for many chains by one array operation.
"""

from __future__ import annotations

import numpy as np

from fabdesign.relief.chains import (
    LEFT,
    NONE,
    RIGHT,
    SAME_LINE,
    ChainArrays,
    Floats,
    Index,
    Joining,
    Places,
)
from fabdesign.relief.one_by_one import OneByOne

_FEW = 16


class Chains:
    """Chains that grow as the sweep goes on, and the triangles that they cut off.

    A triangle is cut off only where it is turned the right way both exactly and after rounding: the file then
    has no triangle turned over, and no sliver where exact points are in line and rounded ones are not.

    Args:
        places: where the vertices are.
        slots: number of chains.
        splits: how many times a chain will be divided.
    """

    def __init__(self, places: Places, slots: int, splits: int = 0) -> None:
        self.arrays = ChainArrays(places, slots, splits)
        self._found: list[tuple[Index, Index, Index, Floats]] = []
        self._one_by_one = OneByOne(self.arrays)

    def push(self, joining: Joining) -> None:
        """Let one vertex join each of some chains."""
        if len(joining.vertex) <= _FEW:
            for row in joining.rows():
                self._one_by_one.push(*row)
            return
        vertex, slot, side = joining.vertex, joining.slot, joining.side
        inner, end = self.arrays.inner.reshape(-1), self.arrays.end.reshape(-1)
        at = side * self.arrays.slots + slot
        offset = side * self.arrays.vertices
        near = end.take(at)
        self._cut_off(joining, near, offset)
        inner[offset + vertex] = near
        inner[self.arrays.vertices - offset + near] = vertex
        self.arrays.inner[:, NONE] = NONE
        end[at] = vertex
        fresh = (near == NONE).nonzero()[0]
        if len(fresh):
            end[(self.arrays.slots - at + 2 * slot)[fresh]] = vertex[fresh]

    def _cut_off(self, joining: Joining, near: Index, offset: Index) -> None:
        """Cut off what new vertices make convex, and move `near` on to those that stay next to them."""
        inner, along = self.arrays.inner.reshape(-1), self.arrays.place[1]
        new, base, strict = joining.vertex, near, joining.strict
        sign: Floats = np.where(joining.side == LEFT, 1.0, -1.0)
        far = inner.take(offset + base)
        rows: Index | None = None
        while True:
            area = _areas(self.arrays.place, new, base, far, sign)
            convex = area > self.arrays.flat
            if strict.any():
                convex &= ~(strict & (along.take(far) > along.take(new) - SAME_LINE))
            doubtful = (convex & (area < self.arrays.doubtful)).nonzero()[0]
            if len(doubtful):
                few = new.take(doubtful), base.take(doubtful), far.take(doubtful)
                convex[doubtful] = _areas(self.arrays.rounded, *few, sign.take(doubtful)) > 0
            keep = convex.nonzero()[0]
            if not len(keep):
                return
            new, base, far, sign = new.take(keep), base.take(keep), far.take(keep), sign.take(keep)
            strict, offset = strict.take(keep), offset.take(keep)
            rows = keep if rows is None else rows.take(keep)
            self._found.append((new, base, far, sign))
            near[rows] = base = far
            far = inner.take(offset + base)

    def split(self, main: Index, child: Index, vertex: Index, peak: Index) -> None:
        """Divide chains at the vertex that was met last, which all of the sweep line sees.

        Args:
            main: slots of the chains; they keep the right parts.
            child: slots for the left parts, where twins of the new vertices join at the right.
            vertex: new vertices, one for each chain.
            peak: a vertex inside each chain that may have been met last, or NONE.
        """
        if len(main) <= _FEW:
            for row in zip(main.tolist(), child.tolist(), vertex.tolist(), peak.tolist(), strict=True):
                self._one_by_one.split(*row)
            return
        inner, end, along = self.arrays.inner, self.arrays.end, self.arrays.place[1]
        head, tail = end[LEFT, main], end[RIGHT, main]
        at = np.where(along[head] >= along[tail], head, tail)
        at = np.where(along[peak] > along[at], peak, at)
        twin, following = self.arrays.twin(at), inner[LEFT, at]
        inner[LEFT, twin], inner[RIGHT, twin] = following, NONE
        inner[RIGHT, following] = twin
        inner[LEFT, at] = NONE
        inner[:, NONE] = NONE
        end[LEFT, child], end[RIGHT, child] = head, at
        end[LEFT, main], end[RIGHT, main] = twin, np.where(at == tail, twin, tail)
        free = np.zeros(len(main), dtype=np.bool_)
        self.push(Joining(self.arrays.twin(vertex), child, np.full(len(main), RIGHT), free))

    def link(self, left: Index, right: Index) -> None:
        """Join two chains of each pair at their facing ends.

        Args:
            left, right: slots whose right end and left end become neighbours.
        """
        tails, heads = self.arrays.end[RIGHT, left], self.arrays.end[LEFT, right]
        self.arrays.inner[LEFT, tails] = heads
        self.arrays.inner[RIGHT, heads] = tails

    def take(self) -> Index:
        """The triangles found so far, [triangle, 3], counter-clockwise in (across, along); forgotten here."""
        found = [self._one_by_one.take(), *self._found]
        new, base, far, sign = (np.concatenate(column) for column in zip(*found, strict=True))
        self._found = []
        from_left = sign > 0
        corners = np.stack([new, np.where(from_left, base, far), np.where(from_left, far, base)], axis=1)
        origins: Index = self.arrays.origin[corners]
        return origins


def _areas(place: tuple[Floats, Floats], new: Index, base: Index, far: Index, sign: Floats) -> Floats:
    """Twice the area of the triangles that new vertices cut off, negative where they are not convex."""
    across, along = place
    middle_across, middle_along = across.take(base), along.take(base)
    area = (middle_across - across.take(new)) * (along.take(far) - middle_along)
    area -= (middle_along - along.take(new)) * (across.take(far) - middle_across)
    area *= sign
    return area
