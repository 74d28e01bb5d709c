"""Heaters from shapes: which lane a strip covers, and which pads its two contacts reach through metal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.circuit.guides import Lane
from fabdesign.check.circuit.metal import boxes_of, groups, touching

Ints = NDArray[np.int64]
Box = tuple[int, int, int, int]
Polygons = Mapping[str, Sequence[Ints]]


@dataclass(frozen=True)
class FoundHeater:
    """A piece of the heater layer, with all that hangs on it.

    Args:
        box: its extent.
        lanes: numbers of the lanes that it covers along its whole length.
        pads: boxes of the openings that its contacts reach, by contact from the left; one each as designed.
        shorted: whether its metal also leads to another heater.
    """

    box: Box
    lanes: tuple[int, ...]
    pads: tuple[tuple[Box, ...], ...]
    shorted: bool


def find_heaters(polygons: Polygons, lanes: Sequence[Lane]) -> tuple[list[FoundHeater], list[str]]:
    """All heaters of a chip.

    Args:
        polygons: shapes of "heater", "via", "metal" and "pad", [n, 2] each.
        lanes: the waveguides.

    Returns:
        the heaters from the left, and names of layers with edges neither upright nor level.
    """
    cut = {name: boxes_of(polygons[name]) for name in ("heater", "via", "metal", "pad")}
    slanted = [name for name, (_, _, other) in cut.items() if other]
    strips, bodies = _bodies(*cut["heater"][:2])
    wires, nets = _bodies(*cut["metal"][:2])
    vias, _ = _bodies(*cut["via"][:2])
    openings, pads = _bodies(*cut["pad"][:2])
    pads_of = _lookup(touching(wires, openings), nets, pads)
    strips_of_via = _lookup(touching(vias, strips), np.arange(len(vias)), bodies)
    nets_of_via = _lookup(touching(vias, wires), np.arange(len(vias)), nets)
    bodies_of_net: dict[int, set[int]] = {}
    contacts: dict[int, dict[int, list[int]]] = {}
    for via, found in strips_of_via.items():
        for body in found:
            for net in nets_of_via.get(via, ()):
                bodies_of_net.setdefault(net, set()).add(body)
                contacts.setdefault(body, {}).setdefault(net, []).append(int(vias[via, 0]))
    heaters = []
    for body in np.unique(bodies).tolist():
        own = strips[bodies == body]
        low, high = own[:, :2].min(axis=0).tolist(), own[:, 2:].max(axis=0).tolist()
        ends = sorted(contacts.get(body, {}).items(), key=lambda each: min(each[1]))
        reached = tuple(
            tuple(_box(openings[pads == pad]) for pad in sorted(pads_of.get(net, ()))) for net, _ in ends
        )
        shorted = any(bodies_of_net[net] != {body} for net, _ in ends)
        box = (low[0], low[1], high[0], high[1])
        heaters.append(FoundHeater(box, _covered(box, lanes), reached, shorted))
    return sorted(heaters, key=lambda heater: heater.box[:2]), slanted


def _bodies(boxes: Ints, owner: Ints) -> tuple[Ints, Ints]:
    """Rectangles, and for each the number of the connected piece that it belongs to."""
    if not len(boxes):
        return boxes, owner
    same = np.stack([np.arange(len(owner)), np.searchsorted(owner, owner)], axis=1)
    return boxes, groups(len(boxes), np.concatenate([same, touching(boxes, boxes)]))


def _lookup(pairs: Ints, left: Ints, right: Ints) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for first, second in pairs.tolist():
        found.setdefault(int(left[first]), set()).add(int(right[second]))
    return found


def _box(boxes: Ints) -> Box:
    low, high = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return low[0], low[1], high[0], high[1]


def _covered(box: Box, lanes: Sequence[Lane]) -> tuple[int, ...]:
    """Lanes whose middle lies under both ends and the middle of a strip."""
    x = (box[0], (box[0] + box[2]) / 2, box[2])
    return tuple(
        number
        for number, lane in enumerate(lanes)
        if lane.begin[0] <= box[0]
        and box[2] <= lane.end[0]
        and all(box[1] <= lane.middle_at(at) <= box[3] for at in x)
    )
