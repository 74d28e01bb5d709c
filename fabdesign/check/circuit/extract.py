"""A circuit from the polygons of a file: lanes, couplers, heaters, and what they do to light."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.circuit.couplers import Coupler, find_couplers
from fabdesign.check.circuit.guides import Guide, Lane, NoGuideError, guide_of, lanes_of
from fabdesign.check.circuit.heaters import FoundHeater, find_heaters
from fabdesign.process.photonic import Photonic

Ints = NDArray[np.int64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Extracted:
    """What the masks of a chip are.

    Args:
        lanes: waveguides from end to end.
        couplers: where two lanes mix, in the order of x.
        heaters: pieces of the heater layer, from the left.
        inputs: numbers of the lanes that begin on the left edge of the die, from below.
        outputs: numbers of the lanes that end on the right edge, from below.
        odd: places of shapes on the waveguide layer that are no waveguides.
        tangled: places where more than two waveguides meet.
        slanted: masks whose connections could not be followed.
        unit_um: database unit.
    """

    lanes: list[Lane]
    couplers: list[Coupler]
    heaters: list[FoundHeater]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    odd: list[tuple[int, int]]
    tangled: list[tuple[int, int]]
    slanted: list[str]
    unit_um: float

    def matrix(self, process: Photonic, phase_of: Callable[[FoundHeater], float]) -> Complexes:
        """Amplitudes at the outputs for each input, [output, input], without loss.

        Light of each lane travels by its measured length; couplers act in their middle, heaters in theirs.

        Args:
            process: index of the waveguides and wavelength.
            phase_of: the phase of each heater.
        """
        beta = 2 * np.pi * process.waveguide.effective_index.value / process.wavelength_um.value
        field = np.zeros((len(self.lanes), len(self.inputs)), dtype=np.complex128)
        field[list(self.inputs), range(len(self.inputs))] = 1
        reached = np.zeros(len(self.lanes))

        def travel(lane: int, way: float) -> None:
            field[lane] *= np.exp(1j * beta * (way - reached[lane]) * self.unit_um)
            reached[lane] = way

        for event in self.events():
            if isinstance(event, Coupler):
                for lane in event.lanes:
                    travel(lane, self.lanes[lane].way_to(event.x))
                field[list(event.lanes)] = _mixing(event.kappa_rad) @ field[list(event.lanes)]
            else:
                for lane in event.lanes:
                    field[lane] *= np.exp(1j * phase_of(event))
        for number, whole in enumerate(self.lanes):
            travel(number, whole.length)
        matrix: Complexes = field[list(self.outputs)]
        return matrix

    def events(self) -> list[Coupler | FoundHeater]:
        """Couplers and heaters in the order of x, which is that of the light."""
        events: list[tuple[float, int, Coupler | FoundHeater]] = []
        events += [(coupler.x, at, coupler) for at, coupler in enumerate(self.couplers)]
        events += [
            ((heater.box[0] + heater.box[2]) / 2, at, heater) for at, heater in enumerate(self.heaters)
        ]
        return [event for _, _, event in sorted(events, key=lambda each: each[:2])]


def extract(polygons: Mapping[str, Sequence[Ints]], process: Photonic, unit_um: float) -> Extracted:
    """Recognise a circuit.

    Args:
        polygons: shapes of "waveguide", "heater", "via", "metal" and "pad", corners [n, 2] in database units.
        process: how the coupling of lanes falls off with their gap.
        unit_um: database unit.
    """
    guides: list[Guide] = []
    odd: list[tuple[int, int]] = []
    for points in polygons["waveguide"]:
        try:
            guides.append(guide_of(points))
        except NoGuideError as error:
            odd.append((error.x, error.y))
    lanes, tangled = lanes_of(guides)
    couplers = sorted(find_couplers(lanes, process.coupler, unit_um), key=lambda each: (each.x, each.lanes))
    heaters, slanted = find_heaters(polygons, lanes)
    left = min((lane.begin[0] for lane in lanes), default=0)
    right = max((lane.end[0] for lane in lanes), default=0)
    inputs = [number for number, lane in enumerate(lanes) if lane.begin[0] == left]
    outputs = [number for number, lane in enumerate(lanes) if lane.end[0] == right]
    inputs.sort(key=lambda number: lanes[number].begin[1])
    outputs.sort(key=lambda number: lanes[number].end[1])
    return Extracted(lanes, couplers, heaters, tuple(inputs), tuple(outputs), odd, tangled, slanted, unit_um)


def apart(found: Complexes, wanted: Complexes) -> float:
    """‖found − wanted‖ / ‖wanted‖ in the Frobenius norm, without the one phase that no measurement sees.

    >>> round(apart(1j * np.eye(2), np.eye(2)), 12)
    0.0
    """
    inner = np.vdot(found, wanted)
    turned = found * (inner / abs(inner) if abs(inner) > 0 else 1)
    return float(np.linalg.norm(turned - wanted) / np.linalg.norm(wanted))


def _mixing(kappa_rad: float) -> Complexes:
    straight, across = np.cos(kappa_rad), 1j * np.sin(kappa_rad)
    return np.array([[straight, across], [across, straight]])
