"""Chains of vertices in arrays: what a sweep knows of the polygons that it is triangulating."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEFT, RIGHT = 0, 1
NONE = -1
SAME_LINE = 0.5
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

    def rows(self) -> Iterator[tuple[int, int, int, bool]]:
        """Vertex, slot, side and strictness of each."""
        return zip(
            self.vertex.tolist(), self.slot.tolist(), self.side.tolist(), self.strict.tolist(), strict=True
        )


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


class ChainArrays:
    """Chains of vertices as doubly linked lists in arrays.

    Vertex NONE stands for "no vertex" in all arrays: it is the last one, has no place, and follows itself.
    `inner` [2, vertex] holds the next vertex to the right and to the left, `end` [2, slot] the first and the
    last vertex of each chain, `origin` the vertex that a twin was made from.

    Args:
        places: where the vertices are.
        slots: number of chains.
        splits: how many times a chain will be divided.
    """

    def __init__(self, places: Places, slots: int, splits: int = 0) -> None:
        count = len(places.across)
        self.slots = slots
        self.vertices = count + 2 * splits + 1
        self.place = self._with_room(places.across), self._with_room(places.along)
        self.rounded = self._with_room(places.rounded[0]), self._with_room(places.rounded[1])
        self.origin = np.arange(self.vertices)
        self.inner = np.full((2, self.vertices), NONE, dtype=np.intp)
        self.end = np.full((2, slots), NONE, dtype=np.intp)
        spans = [float(np.ptp(place)) if count else 0.0 for place in (places.across, places.along)]
        self.flat = _ROUNDING * spans[0] * spans[1]
        self.doubtful = self.flat + 4 * (places.error[0] * spans[1] + places.error[1] * spans[0])
        self._next_spare = count

    def _with_room(self, values: Floats) -> Floats:
        return np.concatenate([values, np.full(self.vertices - len(values), np.nan)])

    def twin(self, like: Index) -> Index:
        """New vertices at the places of others."""
        new = np.arange(self._next_spare, self._next_spare + len(like))
        self._next_spare += len(like)
        for values in (*self.place, *self.rounded):
            values[new] = values[like]
        self.origin[new] = self.origin[like]
        return new

    def twin_of_one(self, like: int) -> int:
        """A new vertex at the place of another."""
        new = self._next_spare
        self._next_spare += 1
        for values in (*self.place, *self.rounded, self.origin):
            values[new] = values[like]
        return new
