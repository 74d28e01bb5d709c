"""Curved waveguides: clothoid bends, S-bends, bumps that lengthen a lane, and strips of constant width.

A curve is a fine polyline with its direction at each point; it begins at the origin and goes along +x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fresnel

Floats = NDArray[np.float64]
Points = NDArray[np.int64]

_SAG_UM = 1e-3
"""Farthest that a chord lies from its curve. Lengths and couplings are taken from shapes as drawn."""
QUARTER_TURN = np.pi / 2
_HALVINGS = 60


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve in µm.

    Args:
        points: [n, 2].
        heading_rad: direction at each point, [n].
        length_um: along the curve.
    """

    points: Floats
    heading_rad: Floats
    length_um: float

    @property
    def end(self) -> Floats:
        """The last point."""
        last: Floats = self.points[-1]
        return last

    def then(self, other: Curve) -> Curve:
        """Another curve that begins where this one ends, in its direction."""
        turn = self.heading_rad[-1]
        cos, sin = np.cos(turn), np.sin(turn)
        moved = other.points @ np.array([[cos, sin], [-sin, cos]]) + self.end
        points = np.concatenate([self.points, moved[1:]])
        heading = np.concatenate([self.heading_rad, other.heading_rad[1:] + turn])
        return Curve(points, heading, self.length_um + other.length_um)

    def mirrored(self) -> Curve:
        """The curve upside down."""
        return Curve(self.points * [1, -1], -self.heading_rad, self.length_um)


def straight(length_um: float) -> Curve:
    """A straight piece."""
    return Curve(np.array([[0.0, 0.0], [length_um, 0.0]]), np.zeros(2), length_um)


def bend(angle_rad: float, radius_um: float) -> Curve:
    """A bend to the left whose curvature rises evenly from 0 to 1/radius and falls evenly to 0.

    Args:
        angle_rad: by how much it turns.
        radius_um: smallest radius of curvature; the bend is 2·angle·radius long.

    >>> corner = bend(np.pi / 2, 10.0)
    >>> round(corner.length_um, 3), corner.end.round(3).tolist()
    (31.416, [18.701, 18.701])
    """
    half = angle_rad * radius_um
    count = max(8, int(np.ceil(half / np.sqrt(8 * _SAG_UM * radius_um))) + 1)
    s = np.linspace(0.0, half, count)
    scale = np.sqrt(np.pi * radius_um * half)
    sine, cosine = fresnel(s / scale)
    first = Curve(scale * np.stack([cosine, sine], axis=1), s**2 / (2 * radius_um * half), half)
    turn = first.heading_rad[-1] * 2
    axis = np.array([[np.cos(turn), np.sin(turn)], [np.sin(turn), -np.cos(turn)]])
    mirrored = (first.points[-1] - first.points[::-1]) @ axis + first.points[-1]
    heading = np.concatenate([first.heading_rad, (turn - first.heading_rad[::-1])[1:]])
    return Curve(np.concatenate([first.points, mirrored[1:]]), heading, 2 * half)


def s_bend(height_um: float, radius_um: float) -> Curve:
    """Up by a height: two bends by up to a quarter turn, with a straight piece between where there is room.

    >>> s_bend(100.0, 10.0).end.round(6).tolist()[1]
    100.0
    """

    def joined(angle_rad: float, between_um: float) -> Curve:
        first = bend(angle_rad, radius_um)
        middle = first.then(straight(between_um)) if between_um > 0 else first
        return middle.then(first.mirrored())

    corner_um = float(bend(QUARTER_TURN, radius_um).end[1])
    if height_um >= 2 * corner_um:
        return joined(QUARTER_TURN, height_um - 2 * corner_um)

    low, high = 0.0, QUARTER_TURN
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_low = float(joined(middle, 0.0).end[1]) < height_um
        low, high = (middle, high) if too_low else (low, middle)
    return joined(high, 0.0)


def bump(height_um: float, span_um: float) -> Curve:
    """A lane that swells to one side and back: h/2·(1 − cos(2πx/span))."""
    radius_um = span_um**2 / (2 * np.pi**2 * max(height_um, 1e-9))
    count = int(np.ceil(span_um / np.sqrt(8 * _SAG_UM * radius_um))) + 8
    x = np.linspace(0.0, span_um, count)
    slope = np.pi * height_um / span_um * np.sin(2 * np.pi * x / span_um)
    y = height_um / 2 * (1 - np.cos(2 * np.pi * x / span_um))
    length_um = span_um + bump_excess_um(height_um, span_um)
    return Curve(np.stack([x, y], axis=1), np.arctan(slope), length_um)


def bump_excess_um(height_um: float, span_um: float) -> float:
    """How much longer than its span a bump is, by the trapezoidal rule, which is exact for a period.

    >>> round(bump_excess_um(7.0, 200.0), 4)
    0.6031
    """
    x = np.arange(256) / 256
    slope = np.pi * height_um / span_um * np.sin(2 * np.pi * x)
    return float(span_um * np.mean(slope**2 / (1 + np.sqrt(1 + slope**2))))


def strip(curve: Curve, width_um: float, unit_um: float, step: int) -> Points:
    """The outline of a waveguide: its right side forwards, then its left side backwards.

    Args:
        curve: the middle line.
        width_um: of the waveguide.
        unit_um: database unit.
        step: manufacturing grid in database units.

    Returns:
        corners in database units, int64 [n, 2], counter-clockwise.
    """
    right, left = sides(curve, width_um, unit_um, step)
    return np.concatenate([right, left[::-1]])


def sides(curve: Curve, width_um: float, unit_um: float, step: int) -> tuple[Points, Points]:
    """Both sides of a waveguide on the grid, right and left, without points that fall on one another."""
    normal = np.stack([-np.sin(curve.heading_rad), np.cos(curve.heading_rad)], axis=1)
    grid_um = unit_um * step
    both = [
        np.rint((curve.points + side * width_um / 2 * normal) / grid_um).astype(np.int64) * step
        for side in (-1, 1)
    ]
    right, left = (points[_changed(points)] for points in both)
    return right, left


def side_length_um(points: Points, unit_um: float) -> float:
    """Length of one side."""
    steps = np.diff(points, axis=0).astype(np.float64)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum() * unit_um)


def drawn_length_um(curve: Curve, width_um: float, unit_um: float, step: int) -> float:
    """Length of a waveguide as it is drawn on the grid: the mean of its two sides."""
    right, left = sides(curve, width_um, unit_um, step)
    return (side_length_um(right, unit_um) + side_length_um(left, unit_um)) / 2


def _changed(points: Points) -> NDArray[np.bool_]:
    changed = np.ones(len(points), bool)
    changed[1:] = (points[1:] != points[:-1]).any(axis=1)
    return changed
