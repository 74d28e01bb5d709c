"""The shapes of lanes: through a coupler, along a phase, and the taper at either end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.export.circuit.curves import (
    Curve,
    Points,
    bump,
    bump_excess_um,
    drawn_length_um,
    s_bend,
    sides,
    straight,
    strip,
)
from fabdesign.export.circuit.sizes import Sizes

_TRIALS = 400
_TRIAL_UM = 2e-5
_TURN = 2 * np.pi
_DOWN = np.array([1, -1], np.int64)


@dataclass(frozen=True, eq=False)
class Coupling:
    """The way of a lane through a row of couplers.

    Args:
        points: outline of a lower lane from (0, 0), which rises to its partner and falls back.
        width: extent of the row along x.
        length: of the straight part.
    """

    points: Points
    width: int
    length: int

    @cached_property
    def upper(self) -> Points:
        """Outline of an upper lane: the same upside down, so that both ways are equally long."""
        return self.points * _DOWN


class Guides:
    """Outlines of waveguides on a process's grid, each kind made once."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.width = sizes.even("waveguide.width_um")
        self.width_um = self.width * sizes.unit_um
        self.pitch = sizes.even("port_pitch_um")
        if self.pitch % (4 * sizes.step):
            raise ConfigError(
                f"{sizes.profile.name}: a quarter of photonic.port_pitch_um must lie on the grid; "
                f"got {sizes.number('port_pitch_um').value:g} um."
            )
        self._couplings: dict[int, Coupling] = {}

    def coupling(self, distance: int) -> Coupling:
        """The shape for lanes at a distance in database units."""
        if distance not in self._couplings:
            self._couplings[distance] = self._coupling(distance)
        return self._couplings[distance]

    def _coupling(self, distance: int) -> Coupling:
        sizes, chip = self.sizes, self.sizes.photonic
        height = (distance - self.width - sizes.exactly("coupler.gap_um")) // 2
        height -= height % sizes.step
        radius_um = chip.waveguide.radius_min_um.value
        rise = s_bend(height * sizes.unit_um, radius_um)
        kappa = chip.coupler.coupling_rad_per_um.value
        _, inner = sides(rise, self.width_um, sizes.unit_um, sizes.step)
        length_um = np.pi / 4 / kappa - 2 * bend_length_um(inner * sizes.unit_um, chip.coupler.decay_um.value)
        if length_um <= 0:
            raise ConfigError(
                f"{sizes.profile.name}: bends alone couple more than half of the light: the straight part of "
                f"a coupler would be {length_um:.3g} um long.",
                hint="Widen coupler.gap_um, or lower coupler.coupling_rad_per_um.",
            )
        length = sizes.nearest(length_um)
        lead = sizes.up(float(rise.end[0]))
        spare_um = lead * sizes.unit_um - float(rise.end[0])
        there = straight(spare_um).then(rise) if spare_um > 1e-9 else rise
        middle = there.then(straight(length * sizes.unit_um)).then(rise.mirrored())
        way = middle.then(straight(spare_um)) if spare_um > 1e-9 else middle
        return Coupling(strip(way, self.width_um, sizes.unit_um, sizes.step), 2 * lead + length, length)

    def straight(self, length: int) -> Points:
        """A straight lane."""
        half = self.width // 2
        return np.array([[0, -half], [length, -half], [length, half], [0, half]], np.int64)

    def longer(self, length: int, phase_rad: float, span: int) -> tuple[Points, float]:
        """A lane with a bump in its middle that lengthens it by a phase.

        The lane is measured as it comes to lie on the grid, as the mean of its two sides, and the bump chosen
        among nearby ones so that this length is right to about a hundredth of a nanometre.

        Args:
            length: of the lane along x.
            phase_rad: by which it is to be longer, in [0, 2π).
            span: extent of the bump along x.

        Returns:
            the outline, and the phase that it has as drawn.

        Raises:
            ConfigError: the bump would be tighter than the process allows.
        """
        sizes, guide = self.sizes, self.sizes.photonic.waveguide
        wave_um = sizes.photonic.wavelength_um.value / guide.effective_index.value
        excess_um = phase_rad / _TURN * wave_um
        if excess_um <= 0:
            return self.straight(length), 0.0
        span_um = span * sizes.unit_um
        lead = straight((length - span) // 2 // sizes.step * sizes.step * sizes.unit_um)
        rest = straight(length * sizes.unit_um - span_um - lead.length_um)

        def lane(height_um: float) -> Curve:
            return lead.then(bump(height_um, span_um)).then(rest)

        middle_um = _height_um(excess_um, span_um)
        _check_radius(middle_um, span_um, sizes)
        heights_um = np.maximum(middle_um + _TRIAL_UM * (np.arange(_TRIALS) - _TRIALS // 2), 0)
        wanted_um = length * sizes.unit_um + excess_um
        best_um, found_um = middle_um, np.inf
        for height_um in _nearest_first(heights_um, middle_um):
            drawn_um = drawn_length_um(lane(height_um), self.width_um, sizes.unit_um, sizes.step)
            if abs(drawn_um - wanted_um) < abs(found_um - wanted_um):
                best_um, found_um = float(height_um), drawn_um
            if abs(found_um - wanted_um) < 1e-5 * wave_um:
                break
        points = strip(lane(best_um), self.width_um, sizes.unit_um, sizes.step)
        return points, (found_um - length * sizes.unit_um) / wave_um * _TURN

    def taper(self, length: int) -> Points:
        """An inverse taper from its tip, at the origin, to the full width."""
        tip, half = self.sizes.even("waveguide.tip_width_um") // 2, self.width // 2
        return np.array([[0, -tip], [length, -half], [length, half], [0, tip]], np.int64)


def bend_length_um(inner_um: NDArray[Any], decay_um: float) -> float:
    """How much straight coupler one bend is worth: ∫ exp(−2 y/decay) dx, with y from where the gap is narrow.

    Args:
        inner_um: the side of a waveguide that comes to face the other one, as it lies on the grid, [n, 2].
        decay_um: by how much more gap coupling falls to 1/e.
    """
    x, y = inner_um.T
    depth = 2 * np.abs(y[-1] - y) / decay_um
    weight, fall = np.exp(-depth), np.diff(depth)
    flat = np.abs(fall) < 1e-9
    mean = np.where(flat, weight[1:], -np.diff(weight) / np.where(flat, 1.0, fall))
    return float(np.sum(mean * np.diff(x)))


def _height_um(excess_um: float, span_um: float) -> float:
    """Height of a bump that is longer than its span by so much."""
    height_um = 2 * np.sqrt(span_um * excess_um) / np.pi
    for _ in range(20):
        height_um *= np.sqrt(excess_um / bump_excess_um(height_um, span_um))
    return float(height_um)


def _check_radius(height_um: float, span_um: float, sizes: Sizes) -> None:
    radius_um = span_um**2 / (2 * np.pi**2 * height_um)
    least_um = sizes.photonic.waveguide.radius_min_um.value
    if radius_um < least_um:
        raise ConfigError(
            f"{sizes.profile.name}: a waveguide longer by one wave needs a bend of {radius_um:.3g} um; the "
            f"process allows {least_um:g} um.",
            hint="Lengthen heater.length_um, over which the waveguide swells.",
        )


def _nearest_first(values: NDArray[np.float64], middle: float) -> NDArray[np.float64]:
    return values[np.argsort(np.abs(values - middle), kind="stable")]
