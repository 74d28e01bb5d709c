"""Tops as few triangles as can be: each plateau is triangulated as it is, holes and all.

The sweep goes row by row. A *run* is a stretch of one row in one height; where runs of equal height overlap
across a lattice line they share a *chord*. A run with two chords above it splits its chain, one with two
chords below it joins two. What happens on the lines of a band is worked out for all of them at once
(`relief.events`); only the chains themselves go line by line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.chains import LEFT, NONE, RIGHT, Index, Joining, Places
from fabdesign.relief.events import row_events
from fabdesign.relief.lattice import Lattice, rounded_to_float32, rounding_error
from fabdesign.relief.mesh import PLUS_Z, Triangles
from fabdesign.relief.rows import read_rows
from fabdesign.relief.sweep import Chains

_PIXELS_PER_BAND = 32_768

Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class _Open:
    """Chains that reach from one band into the next.

    Args:
        xi, yi, zi: int32 [vertex], their vertices.
        inner: intp [2, vertex], the next vertex to the right and to the left.
        end: intp [2, run], first and last vertex of the chain of each run.
        peak: intp [run], a vertex inside the chain that may be the one met last.
    """

    xi: Ints
    yi: Ints
    zi: Ints
    inner: Index
    end: Index
    peak: Index


def merged_tops(lattice: Lattice) -> Iterator[Triangles]:
    """Mesh all tops, in batches of bounded size."""
    ny, nx = lattice.pixels
    lines = max(1, _PIXELS_PER_BAND // nx)
    no_vertex, nothing = np.zeros(0, dtype=np.int32), np.full((3, 1), NONE, dtype=np.intp)
    carried = _Open(no_vertex, no_vertex, no_vertex, nothing[:2, :0], nothing[:2], nothing[2])
    for first in range(0, ny + 1, lines):
        band = _Band(lattice, first, min(first + lines, ny + 1), carried)
        band.sweep()
        batch = band.triangles()
        if len(batch):
            yield batch
        carried = band.carry()


class _Band:
    """The sweep over some lines; its vertices are those carried along and those of events."""

    def __init__(self, lattice: Lattice, first: int, last: int, carried: _Open) -> None:
        self._rows = read_rows(lattice, first, last)
        self._events = events = row_events(lattice, self._rows)
        old, new = len(carried.xi), len(events.slot)
        self._xi = np.concatenate([carried.xi, events.xi])
        self._yi = np.concatenate([carried.yi, events.yi])
        self._zi = np.concatenate([carried.zi, events.zi])
        self._joining = Joining(np.arange(old, old + new), events.slot, events.side, events.strict)
        places = Places(
            lattice.lines(self._xi),
            lattice.lines(self._yi),
            (rounded_to_float32(lattice.x_um)[self._xi], rounded_to_float32(lattice.y_um)[self._yi]),
            (
                rounding_error(lattice.x_um) / lattice.pitch_um,
                rounding_error(lattice.y_um) / lattice.pitch_um,
            ),
        )
        slots = 2 * len(self._rows.column)
        self._chains = Chains(places, slots, int(np.count_nonzero(events.split != NONE)))
        self._chains.arrays.inner[:, :old] = carried.inner
        self._peak = np.full(slots, NONE, dtype=np.intp)
        self._run_end, self._run_peak = carried.end, carried.peak

    def sweep(self) -> None:
        """Go over all lines of the band."""
        rows, events, end = self._rows, self._events, self._chains.arrays.end
        group = 0
        for line, groups in enumerate(events.groups):
            main = rows.main[rows.lower_run[line] : rows.lower_run[line + 1]]
            end[:, main] = self._run_end
            self._peak[main] = self._run_peak
            for _ in range(groups):
                self._push(slice(events.bounds[group], events.bounds[group + 1]))
                group += 1
            self._join(slice(rows.joints[line], rows.joints[line + 1]))
            upper = slice(rows.upper_run[line], rows.upper_run[line + 1])
            left, right = rows.first_chain[upper], rows.last_chain[upper]
            self._run_end = np.stack([end[LEFT].take(left), end[RIGHT].take(right)])
            self._run_peak = self._peak.take(right)

    def _push(self, part: slice) -> None:
        joining, child = self._joining.part(part), self._events.split[part]
        at = (child != NONE).nonzero()[0]
        if len(at):
            main = joining.slot[at]
            self._chains.split(main, child[at], joining.vertex[at], self._peak[main])
        self._chains.push(joining)

    def _join(self, part: slice) -> None:
        left, right = self._rows.joint_left[part], self._rows.joint_right[part]
        if len(left):
            self._chains.link(left, right)
            self._peak[right] = self._chains.arrays.end[LEFT, right]

    def triangles(self) -> Triangles:
        """What the band has found."""
        corners = self._chains.take()
        axis = np.full(len(corners), PLUS_Z, dtype=np.int8)
        return Triangles(self._xi[corners], self._yi[corners], self._zi[corners], axis)

    def carry(self) -> _Open:
        """The chains that go on above the band, with only the vertices they still need."""
        kept = np.flatnonzero(self._reachable())
        new = np.full(self._chains.arrays.vertices, NONE, dtype=np.intp)
        new[kept] = np.arange(len(kept))
        inner = new[self._chains.arrays.inner[:, kept]]
        end, peak = new[self._run_end], new[self._run_peak]
        at = self._chains.arrays.origin[kept]
        return _Open(self._xi[at], self._yi[at], self._zi[at], inner, end, peak)

    def _reachable(self) -> NDArray[np.bool_]:
        alive = np.zeros(self._chains.arrays.vertices, dtype=np.bool_)
        at = self._run_end[LEFT]
        while len(at := at[at != NONE]):
            alive[at] = True
            at = self._chains.arrays.inner[LEFT, at]
        return alive
