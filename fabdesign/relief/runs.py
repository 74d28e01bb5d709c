"""Every run of a mask along x and y: exact widths and gaps of shapes on a pixel grid, in linear time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Kind = Literal["solid", "space"]


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of one kind in one direction.

    Attributes:
        kind: "solid" for set pixels, "space" for clear pixels between two set ones.
        along_y: whether they run along y.
        line: int [n], the row that each lies in, or the column where they run along y.
        start: int [n], its first pixel.
        length: int [n], its pixels.
    """

    kind: Kind
    along_y: bool
    line: NDArray[np.int64]
    start: NDArray[np.int64]
    length: NDArray[np.int64]

    def middles(self) -> NDArray[np.float64]:
        """Middle of each run as (row, column) in pixels, [n, 2]."""
        along = self.start + (self.length - 1) / 2
        pair = (along, self.line) if self.along_y else (self.line, along)
        return np.stack([np.asarray(axis, np.float64) for axis in pair], axis=1)


@dataclass(frozen=True, eq=False)
class RunSurvey:
    """The runs of a mask that are too short, and the shortest of all.

    Attributes:
        shortest_solid: pixels of the shortest feature; None where nothing is set.
        shortest_space: pixels of the narrowest gap; None where there is none.
        short: the runs below the limits asked for, by kind and direction.
    """

    shortest_solid: int | None
    shortest_space: int | None
    short: tuple[Runs, ...]

    def count(self, kind: Kind) -> int:
        """How many runs of a kind are too short."""
        return sum(len(runs.length) for runs in self.short if runs.kind == kind)

    def middles(self, kind: Kind) -> NDArray[np.float64]:
        """Middles of the runs of a kind that are too short, (row, column), [n, 2]."""
        found = [runs.middles() for runs in self.short if runs.kind == kind]
        return np.concatenate([np.empty((0, 2)), *found])


def survey_runs(mask: Mask, *, solid: int = 1, space: int = 1) -> RunSurvey:
    """Find the runs of a mask that are shorter than they may be.

    A clear run counts only between two set pixels: the open field around the mask is no gap.

    Args:
        mask: bool [y, x].
        solid: least pixels of a feature.
        space: least pixels of a gap.

    >>> survey_runs(np.array([[1, 1, 0, 1]] * 2, dtype=bool), solid=2).middles("solid").tolist()
    [[0.0, 3.0], [1.0, 3.0]]
    """
    least = {"solid": solid, "space": space}
    shortest: dict[Kind, int] = {}
    short = []
    for kind, along_y, starts, ends, wide in _all_runs(mask):
        length = ends - starts
        if len(length) == 0:
            continue
        smallest = int(length.min())
        shortest[kind] = min(smallest, shortest.get(kind, smallest))
        if smallest < least[kind]:
            at = length < least[kind]
            line, start = np.divmod(starts[at], wide)
            short.append(Runs(kind, along_y, line, start, length[at]))
    return RunSurvey(shortest.get("solid"), shortest.get("space"), tuple(short))


Ends = NDArray[np.int64]


def _all_runs(mask: Mask) -> Iterator[tuple[Kind, bool, Ends, Ends, int]]:
    """First and one-past-last positions of runs in rows framed by a clear pixel each, and that width."""
    for along_y, view in ((False, mask), (True, np.ascontiguousarray(mask.T))):
        wide = view.shape[1] + 1
        framed = np.zeros((view.shape[0], wide), bool)
        framed[:, :-1] = view
        flat = framed.ravel()
        edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
        if flat[0]:
            edges = np.concatenate([[0], edges])
        starts, ends = edges[::2], edges[1::2]
        yield "solid", along_y, starts, ends, wide
        same_line = starts[1:] // wide == ends[:-1] // wide
        yield "space", along_y, ends[:-1][same_line], starts[1:][same_line], wide
