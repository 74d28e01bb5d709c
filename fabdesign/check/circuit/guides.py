"""Waveguides from polygons: a strip has two ends and two sides; strips that meet end to end are one lane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CORNER_RAD = np.pi / 4
"""A turn by more than this is a corner of an end; the chords of a bend turn far less."""


@dataclass(frozen=True, eq=False)
class Guide:
    """One polygon of waveguide, from its end at smaller x to the other.

    Args:
        lower: side to the right of the light, [n, 2], in database units.
        upper: side to the left, [m, 2].
    """

    lower: Ints
    upper: Ints

    @property
    def begin(self) -> tuple[int, int, int]:
        """x and both y of its first end."""
        return int(self.lower[0, 0]), int(self.lower[0, 1]), int(self.upper[0, 1])

    @property
    def end(self) -> tuple[int, int, int]:
        """x and both y of its last end."""
        return int(self.lower[-1, 0]), int(self.lower[-1, 1]), int(self.upper[-1, 1])


class NoGuideError(ValueError):
    """A polygon is no strip with two upright ends; its first corner."""

    def __init__(self, points: Ints) -> None:
        super().__init__("no strip")
        self.x, self.y = int(points[0, 0]), int(points[0, 1])


@dataclass(frozen=True, eq=False)
class Lane:
    """Guides that meet end to end.

    Args:
        guides: in the order of the light.
    """

    guides: tuple[Guide, ...]

    @cached_property
    def lower(self) -> Ints:
        """The whole side to the right of the light."""
        return _joined([guide.lower for guide in self.guides])

    @cached_property
    def upper(self) -> Ints:
        """The whole side to the left."""
        return _joined([guide.upper for guide in self.guides])

    @cached_property
    def _lengths(self) -> tuple[Floats, Floats]:
        return _along(self.lower), _along(self.upper)

    @property
    def length(self) -> float:
        """Length of the lane: the mean of its sides."""
        return float(self._lengths[0][-1] + self._lengths[1][-1]) / 2

    def way_to(self, x: float) -> float:
        """Length of the lane up to an x at which it runs along x: the mean of its sides."""
        sides = ((self.lower, self._lengths[0]), (self.upper, self._lengths[1]))
        return sum(float(np.interp(x, side[:, 0], along)) for side, along in sides) / 2

    def middle_at(self, x: float) -> float:
        """Height of the middle line at an x."""
        return sum(float(np.interp(x, side[:, 0], side[:, 1])) for side in (self.lower, self.upper)) / 2

    @property
    def begin(self) -> tuple[int, int, int]:
        """x and both y of its first end."""
        return self.guides[0].begin

    @property
    def end(self) -> tuple[int, int, int]:
        """x and both y of its last end."""
        return self.guides[-1].end


def guide_of(points: Ints) -> Guide:
    """The strip that a polygon is.

    Args:
        points: corners of a simple polygon, [n, 2], either way round.

    Raises:
        NoGuideError: it does not have four corners, or its ends are not upright.
    """
    points = _plain(points)
    if _twice_area(points) < 0:
        points = points[::-1]
    steps = (np.roll(points, -1, axis=0) - points).astype(np.float64)
    heading = np.arctan2(steps[:, 1], steps[:, 0])
    turn = np.angle(np.exp(1j * (heading - np.roll(heading, 1))))
    corners = np.flatnonzero(turn > _CORNER_RAD)
    if len(corners) != 4 or (turn < -_CORNER_RAD).any():
        raise NoGuideError(points)
    chains = [
        np.take(
            points, range(first, last + 1 if last > first else last + 1 + len(points)), axis=0, mode="wrap"
        )
        for first, last in zip(corners, np.roll(corners, -1), strict=True)
    ]
    upright = [len(chain) == 2 and chain[0, 0] == chain[1, 0] for chain in chains]
    for at in (0, 1):
        if upright[at] and upright[at + 2] and not (upright[1 - at] and upright[(3 - at) % 4]):
            sides = chains[1 - at], chains[(3 - at) % 4]
            forwards = [side if side[0, 0] < side[-1, 0] else side[::-1] for side in sides]
            lower, upper = sorted(forwards, key=lambda side: int(side[0, 1]))
            return Guide(lower, upper)
    raise NoGuideError(points)


def lanes_of(guides: Iterable[Guide]) -> tuple[list[Lane], list[tuple[int, int]]]:
    """Join guides where the end of one is the beginning of another.

    Returns:
        the lanes, from below by where they begin, and places where more than two ends meet.
    """
    known = list(guides)
    starts: dict[tuple[int, int, int], list[int]] = {}
    stops: dict[tuple[int, int, int], list[int]] = {}
    for at, guide in enumerate(known):
        starts.setdefault(guide.begin, []).append(at)
        stops.setdefault(guide.end, []).append(at)
    tangled = [key[:2] for key in starts if len(starts[key]) > 1]
    tangled += [key[:2] for key in stops if len(stops[key]) > 1]
    lanes = []
    for key in sorted(key for key in starts if key not in stops):
        chain = [known[starts[key][0]]]
        while (following := starts.get(chain[-1].end)) and len(chain) <= len(known):
            chain.append(known[following[0]])
        lanes.append(Lane(tuple(chain)))
    return sorted(lanes, key=lambda lane: (lane.begin[1], lane.begin[0])), tangled


def _joined(sides: Sequence[Ints]) -> Ints:
    return np.concatenate([sides[0], *(side[1:] for side in sides[1:])])


def _along(side: Ints) -> Floats:
    steps = np.diff(side, axis=0).astype(np.float64)
    return np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])


def _plain(points: Ints) -> Ints:
    """Without corners that lie on one another."""
    kept = (points != np.roll(points, 1, axis=0)).any(axis=1)
    plain: Ints = points[kept].astype(np.int64)
    return plain


def _twice_area(points: Ints) -> int:
    x, y = points.T
    return int(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
