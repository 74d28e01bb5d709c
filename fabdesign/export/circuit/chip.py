"""A whole chip as shapes: waveguides, heaters with their contacts, wires, pads, and where all of it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fabdesign.chip.circuit import Circuit, Shifter
from fabdesign.export.circuit.floor import Floor, Place, Side, Strip, margin, plan_floor
from fabdesign.export.circuit.guides import Guides
from fabdesign.export.circuit.shapes import Box, Shapes
from fabdesign.export.circuit.sizes import Sizes
from fabdesign.export.circuit.wiring import Wire, Wiring, lay_wires, wire_outline

_BACKWARDS = np.array([-1, 1], np.int64)
SIDES: tuple[Side, ...] = (-1, 1)
End = tuple[str, int]
"""A contact: the name of its phase, and 0 for its left end, 1 for its right one."""


@dataclass(frozen=True)
class Heater:
    """A heater as it is drawn.

    Args:
        shifter: its phase.
        box: the strip between its contacts.
        pads: numbers of the pads of its left and its right contact.
    """

    shifter: Shifter
    box: Box
    pads: tuple[int, int]


@dataclass(frozen=True)
class Passive:
    """A phase that is built in.

    Args:
        shifter: its phase.
        drawn_rad: the phase of its waveguide as it lies on the grid.
        box: extent of the lane that holds it.
    """

    shifter: Shifter
    drawn_rad: float
    box: Box


@dataclass(frozen=True)
class Pad:
    """A bond pad: its number, which is written beside it, and its box."""

    number: int
    box: Box
    label: Box


@dataclass(frozen=True, eq=False)
class Chip:
    """A chip, drawn.

    Args:
        circuit: what it is.
        floor: places of rows and lanes.
        shapes: the masks.
        heaters: in the order of the circuit.
        passives: likewise.
        pads: by number, from 1: along the lower edge from the left, then along the upper one.
        box: extent of waveguides and pads; the tips of the tapers lie on its left and right edge.
        mesh: extent of the rows, without tapers.
        straight_um: length of the straight part of the couplers, by distance of their lanes.
    """

    circuit: Circuit
    floor: Floor
    shapes: Shapes
    heaters: tuple[Heater, ...]
    passives: tuple[Passive, ...]
    pads: tuple[Pad, ...]
    box: Box
    mesh: Box
    guides: Guides

    @property
    def sizes(self) -> Sizes:
        """The process."""
        return self.guides.sizes


def draw_chip(circuit: Circuit, sizes: Sizes, least_width: int = 0) -> Chip:
    """Draw a circuit on a process.

    Args:
        circuit: the circuit.
        sizes: the process.
        least_width: of the chip, so that its marks fit.

    Raises:
        ConfigError: a number of the process is off its grid, or does not allow what is needed.
    """
    guides = Guides(sizes)
    floor = plan_floor(circuit, guides)
    shapes = Shapes(sizes)
    places = [(strip, place) for strip in floor.strips for place in strip.heaters]
    wirings = {side: _wiring(floor, guides, places, side) for side in SIDES}
    box = _extent(floor, guides, wirings, least_width)
    passives = tuple(_lanes(floor, guides, shapes))
    _edges(circuit, floor, guides, shapes, box)
    pads, numbers = _pads(floor, guides, shapes, wirings)
    heaters = []
    for strip, place in places:
        strip_box, ends = _heater(floor, guides, shapes, strip, place)
        heaters.append(Heater(place.shifter, strip_box, (numbers[ends[0]], numbers[ends[1]])))
    bottom, top = floor.y(0), floor.y(floor.lanes - 1)
    mesh = (0, bottom - guides.pitch // 2, floor.width, top + guides.pitch // 2)
    return Chip(circuit, floor, shapes, tuple(heaters), passives, pads, box, mesh, guides)


def _lanes(floor: Floor, guides: Guides, shapes: Shapes) -> Iterator[Passive]:
    """Draw the lanes of all rows; tell the built-in phases."""
    for strip in floor.strips:
        partner = {lane: at for pair in strip.row.couplers for at, lane in enumerate(pair)}
        static = {shifter.lane: shifter for shifter in strip.row.shifters if not shifter.active}
        for lane in strip.row.lanes:
            y = floor.y(lane)
            if strip.row.couplers:
                coupling = guides.coupling(strip.row.spread * floor.lane_pitch)
                upper = partner.get(lane) == 1
                shapes.polygon("waveguide", coupling.upper if upper else coupling.points, strip.x, y)
            elif lane in strip.starting:
                shapes.polygon("waveguide", guides.taper(strip.width), strip.x, y)
            elif lane in strip.ending:
                shapes.polygon("waveguide", guides.taper(strip.width) * _BACKWARDS, strip.x + strip.width, y)
            elif lane in static:
                span = guides.sizes.exactly("heater.length_um")
                points, drawn_rad = guides.longer(strip.width, static[lane].phase_rad, span)
                shapes.polygon("waveguide", points, strip.x, y)
                half = floor.lane_pitch // 4
                box = (strip.x, y - half, strip.x + strip.width, y + half)
                yield Passive(static[lane], drawn_rad, box)
            else:
                shapes.polygon("waveguide", guides.straight(strip.width), strip.x, y)


def _edges(circuit: Circuit, floor: Floor, guides: Guides, shapes: Shapes, box: Box) -> None:
    """Straight lanes from the rows to tapers whose tips lie on the edges of the chip."""
    taper = guides.sizes.exactly("waveguide.taper_um")
    outline = guides.taper(taper)
    for lane in circuit.inputs:
        shapes.polygon("waveguide", outline, box[0], floor.y(lane))
        shapes.polygon("waveguide", guides.straight(-box[0] - taper), box[0] + taper, floor.y(lane))
    for lane in circuit.outputs:
        shapes.polygon("waveguide", outline * _BACKWARDS, box[2], floor.y(lane))
        shapes.polygon("waveguide", guides.straight(box[2] - taper - floor.width), floor.width, floor.y(lane))


def _ends(floor: Floor, guides: Guides, strip: Strip, place: Place) -> tuple[Box, tuple[Box, Box], list[int]]:
    """The strip, its left and right contact, and the x at which their wires go up or down."""
    sizes = guides.sizes
    contact, half = sizes.even("heater.contact_um"), sizes.even("heater.width_um") // 2
    wire, space = sizes.even("metal.wire_um"), sizes.exactly("metal.space_um")
    y = floor.y(place.shifter.lane)
    left = strip.x + margin(guides, strip.heaters)
    right = left + contact + sizes.exactly("heater.length_um")
    contacts = [(x, y - contact // 2, x + contact, y + contact // 2) for x in (left, right)]
    away = space + wire // 2 + place.rank * (wire + space)
    return (
        (left + contact, y - half, right, y + half),
        (contacts[0], contacts[1]),
        [left - away, right + contact + away],
    )


def _heater(
    floor: Floor, guides: Guides, shapes: Shapes, strip: Strip, place: Place
) -> tuple[Box, tuple[End, End]]:
    """Draw a strip with its contacts and vias."""
    sizes = guides.sizes
    box, contacts, _ = _ends(floor, guides, strip, place)
    shapes.box("heater", *box)
    via = sizes.even("via.size_um")
    pitch = via + sizes.up(sizes.photonic.via.min_space_um.value)
    inside = max(sizes.photonic.heater.around_via_um.value, sizes.photonic.metal.around_via_um.value)
    room = sizes.even("heater.contact_um") - 2 * sizes.up(inside)
    count = (room - via) // pitch + 1
    for contact in contacts:
        shapes.box("heater", *contact)
        shapes.box("metal", *contact)
        first = [(contact[at] + contact[at + 2] - (count - 1) * pitch - via) // 2 for at in (0, 1)]
        for i in range(count):
            for j in range(count):
                x, y = first[0] + i * pitch, first[1] + j * pitch
                shapes.box("via", x, y, x + via, y + via)
    name = place.shifter.name
    return box, ((name, 0), (name, 1))


def _wiring(
    floor: Floor, guides: Guides, places: list[tuple[Strip, Place]], side: Side
) -> tuple[Wiring, list[End]]:
    """The wires of one side, seen as if it were the upper one, and whose ends they are."""
    starts: list[tuple[tuple[int, int], int]] = []
    names: list[End] = []
    for strip, place in places:
        if place.side != side:
            continue
        _, contacts, ways = _ends(floor, guides, strip, place)
        y = side * floor.y(place.shifter.lane)
        starts += [((contacts[0][0], y), ways[0]), ((contacts[1][2], y), ways[1])]
        names += [(place.shifter.name, 0), (place.shifter.name, 1)]
    order = sorted(range(len(starts)), key=lambda at: starts[at][1])
    return lay_wires(starts, guides.sizes), [names[at] for at in order]


def channel_y(floor: Floor, guides: Guides) -> int:
    """Where the wires begin to run sideways, above the highest lane and its bends."""
    return max(floor.y(floor.lanes - 1), -floor.y(0)) + guides.pitch


def pads_y(floor: Floor, guides: Guides, wiring: Wiring) -> int:
    """Where the first row of pads begins."""
    wire, space = guides.sizes.even("metal.wire_um"), guides.sizes.exactly("metal.space_um")
    return channel_y(floor, guides) + wiring.tracks * (wire + space) + wire + 2 * space


def _pads(
    floor: Floor,
    guides: Guides,
    shapes: Shapes,
    wirings: dict[Side, tuple[Wiring, list[End]]],
) -> tuple[tuple[Pad, ...], dict[End, int]]:
    """Draw wires and pads of both sides, and number the pads."""
    pads: list[Pad] = []
    numbers: dict[End, int] = {}
    for side in SIDES:
        wiring, names = wirings[side]
        for wire, name in zip(wiring.wires, names, strict=True):
            numbers[name] = len(pads) + 1
            box = _wire_and_pad(wiring, wire, side, floor=floor, guides=guides, shapes=shapes)
            pads.append(Pad(len(pads) + 1, box, _label_box(floor, guides, wiring, wire, side)))
    return tuple(pads), numbers


def _wire_and_pad(
    wiring: Wiring, wire: Wire, side: Side, *, floor: Floor, guides: Guides, shapes: Shapes
) -> Box:
    sizes = guides.sizes
    width, size = sizes.even("metal.wire_um"), sizes.even("pad.size_um")
    pitch, inside = sizes.even("pad.pitch_um"), sizes.exactly("pad.inside_um")
    line = channel_y(floor, guides) + wire.track * (width + sizes.exactly("metal.space_um")) + width // 2
    x = wiring.pad_x(wire)
    bottom = pads_y(floor, guides, wiring) + wiring.pad_row(wire) * pitch
    way = [wire.start, (wire.x, wire.start[1]), (wire.x, line), (x, line), (x, bottom)]
    shapes.polygon("metal", wire_outline([(at, side * up) for at, up in way], width))
    low, high = sorted((side * bottom, side * (bottom + size)))
    box = (x - size // 2, low, x + size // 2, high)
    shapes.box("metal", *box)
    shapes.box("pad", box[0] + inside, box[1] + inside, box[2] - inside, box[3] - inside)
    return box


def _label_box(floor: Floor, guides: Guides, wiring: Wiring, wire: Wire, side: Side) -> Box:
    """Room for a pad's number, beyond the last row."""
    x, half = wiring.pad_x(wire), wiring.slot_pitch // 2
    low, high = sorted(
        (side * pads_top(floor, guides, wiring), side * (pads_top(floor, guides, wiring) + half))
    )
    return (x - half, low, x + half, high)


def pads_top(floor: Floor, guides: Guides, wiring: Wiring) -> int:
    """Where the last row of pads ends."""
    sizes = guides.sizes
    rows = (wiring.rows - 1) * sizes.even("pad.pitch_um") + sizes.even("pad.size_um")
    return pads_y(floor, guides, wiring) + rows


def _extent(
    floor: Floor,
    guides: Guides,
    wirings: dict[Side, tuple[Wiring, list[End]]],
    least_width: int,
) -> Box:
    """The box of tapers, pads and their numbers."""
    sizes = guides.sizes
    pads = [wiring.pad_x(wire) for wiring, _ in wirings.values() for wire in wiring.wires]
    beyond = sizes.exactly("waveguide.taper_um") + guides.pitch
    half = sizes.even("pad.size_um") // 2 + guides.pitch
    x0, x1 = min([-beyond, *(x - half for x in pads)]), max([floor.width + beyond, *(x + half for x in pads)])
    short = max(0, least_width - (x1 - x0))
    x0, x1 = x0 - sizes.up(short / 2 * sizes.unit_um), x1 + sizes.up(short / 2 * sizes.unit_um)
    top = {
        side: pads_top(floor, guides, wiring) if wiring.wires else channel_y(floor, guides)
        for side, (wiring, _) in wirings.items()
    }
    return (x0, -top[-1], x1, top[1])
