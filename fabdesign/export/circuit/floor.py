"""Where rows and lanes of a circuit lie: along x one after the other, along y at the pitch of the ports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fabdesign.chip.circuit import LANES_PER_PORT, Circuit, Row, Shifter
from fabdesign.export.circuit.guides import Guides

Side = Literal[1, -1]
"""Towards which edge of the chip a heater is wired: 1 the upper, −1 the lower."""


@dataclass(frozen=True)
class Place:
    """A heater in its row.

    Args:
        shifter: its phase.
        side: where its wires go.
        rank: how many heaters of its row lie between it and that edge.
    """

    shifter: Shifter
    side: Side
    rank: int


@dataclass(frozen=True)
class Strip:
    """A row with its place along x.

    Args:
        row: the row.
        x: where it begins.
        width: its extent.
        starting: lanes that begin in it with a taper.
        ending: lanes that end in it with a taper.
        heaters: those in it.
    """

    row: Row
    x: int
    width: int
    starting: tuple[int, ...] = ()
    ending: tuple[int, ...] = ()
    heaters: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Floor:
    """All rows of a chip, and the heights of its lanes.

    Args:
        strips: rows and, where lanes begin or end, the stretches between.
        width: extent of all along x, from 0.
        lanes: one more than the highest lane.
        lane_pitch: distance of lanes.
    """

    strips: tuple[Strip, ...]
    width: int
    lanes: int
    lane_pitch: int

    def y(self, lane: int) -> int:
        """Height of a lane; the middle between the lowest and the highest port is 0."""
        ports = -(-self.lanes // LANES_PER_PORT)
        return lane * self.lane_pitch - (ports - 1) * LANES_PER_PORT * self.lane_pitch // 2


def plan_floor(circuit: Circuit, guides: Guides) -> Floor:
    """Put the rows of a circuit one after the other."""
    strips: list[Strip] = []
    x = 0
    for strip in _rows(circuit, guides):
        strips.append(Strip(strip.row, x, strip.width, strip.starting, strip.ending, strip.heaters))
        x += strip.width
    return Floor(tuple(strips), x, circuit.lanes, guides.pitch // LANES_PER_PORT)


def _rows(circuit: Circuit, guides: Guides) -> Iterator[Strip]:
    taper = guides.sizes.exactly("waveguide.taper_um")
    before = circuit.inputs
    phases: Side = 1
    for row in circuit.rows:
        starting = tuple(lane for lane in row.lanes if lane not in before)
        ending = tuple(lane for lane in before if lane not in row.lanes)
        if starting or ending:
            both = tuple(sorted({*before, *row.lanes}))
            yield Strip(Row(both), 0, taper, starting, ending)
        if row.couplers:
            yield Strip(row, 0, guides.coupling(row.spread * guides.pitch // LANES_PER_PORT).width)
        else:
            heaters = _places(row, extra=phases)
            phases = -1 if phases > 0 else 1
            yield Strip(row, 0, phase_width(guides, heaters), heaters=heaters)
        before = row.lanes


def margin(guides: Guides, heaters: tuple[Place, ...]) -> int:
    """Room for the wires on either side of the heaters of a row."""
    if not heaters:
        return 0
    space = guides.sizes.exactly("metal.space_um")
    pitch = guides.sizes.even("metal.wire_um") + space
    return (max(place.rank for place in heaters) + 1) * pitch + space


def phase_width(guides: Guides, heaters: tuple[Place, ...]) -> int:
    """Extent of a row of phases along x."""
    sizes = guides.sizes
    ends = 2 * sizes.even("heater.contact_um")
    return sizes.exactly("heater.length_um") + ends + 2 * margin(guides, heaters)


def _places(row: Row, extra: Side) -> tuple[Place, ...]:
    """Half of the heaters of a row go to either side, a single one more by turns."""
    active = sorted((shifter for shifter in row.shifters if shifter.active), key=lambda each: each.lane)
    down = (len(active) + (extra < 0)) // 2
    found = [Place(shifter, -1, rank) for rank, shifter in enumerate(active[:down])]
    found += [Place(shifter, 1, len(active) - 1 - at) for at, shifter in enumerate(active) if at >= down]
    return tuple(found)
