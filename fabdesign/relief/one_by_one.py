"""The sweep's operations on single chains: quicker than array operations where there are only a few."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from fabdesign.relief.chains import LEFT, NONE, RIGHT, SAME_LINE, ChainArrays, Floats, Index


class OneByOne:
    """Pushes and splits single chains.

    Args:
        chains: the chains; their arrays are changed in place.
    """

    def __init__(self, chains: ChainArrays) -> None:
        self._chains = chains
        self._inner = chains.inner.reshape(-1).data
        self._end = chains.end.reshape(-1).data
        self._place = _views(chains.place)
        self._rounded = _views(chains.rounded)
        self._found: list[tuple[int, int, int, float]] = []

    def push(self, vertex: int, slot: int, side: int, strict: bool) -> None:
        """As `sweep.Chains.push`."""
        chains, inner, end, along = self._chains, self._inner, self._end, self._place[1]
        at, offset = side * chains.slots + slot, side * chains.vertices
        near = end[at]
        sign = 1.0 if side == LEFT else -1.0
        line = along[vertex] - SAME_LINE if strict else math.inf
        while near != NONE:
            far = inner[offset + near]
            area = sign * _area(self._place, vertex, near, far)
            if not area > chains.flat or along[far] > line:
                break
            if area < chains.doubtful and not sign * _area(self._rounded, vertex, near, far) > 0:
                break
            self._found.append((vertex, near, far, sign))
            near = far
        inner[offset + vertex] = near
        if near == NONE:
            end[chains.slots - at + 2 * slot] = vertex
        else:
            inner[chains.vertices - offset + near] = vertex
        end[at] = vertex

    def split(self, main: int, child: int, vertex: int, peak: int) -> None:
        """As `sweep.Chains.split`."""
        chains, inner, end, along = self._chains, self._inner, self._end, self._place[1]
        head, tail = end[main], end[chains.slots + main]
        at = head if along[head] >= along[tail] else tail
        at = peak if along[peak] > along[at] else at
        twin, following = chains.twin_of_one(at), inner[at]
        inner[twin], inner[at] = following, NONE
        if following != NONE:
            inner[chains.vertices + following] = twin
        end[child], end[chains.slots + child] = head, at
        end[main], end[chains.slots + main] = twin, (twin if at == tail else tail)
        self.push(chains.twin_of_one(vertex), child, RIGHT, False)

    def take(self) -> tuple[Index, Index, Index, Floats]:
        """The triangles found so far, in columns; forgotten here."""
        new, base, far, sign = zip(*self._found, strict=True) if self._found else ((), (), (), ())
        self._found = []
        index = np.array([new, base, far], dtype=np.intp)
        return index[0], index[1], index[2], np.array(sign, dtype=np.float64)


def _views(place: tuple[Floats, Floats]) -> tuple[memoryview[float], memoryview[float]]:
    return cast("memoryview[float]", place[0].data), cast("memoryview[float]", place[1].data)


def _area(place: tuple[memoryview[float], memoryview[float]], new: int, base: int, far: int) -> float:
    across, along = place
    return (across[base] - across[new]) * (along[far] - along[base]) - (along[base] - along[new]) * (
        across[far] - across[base]
    )
