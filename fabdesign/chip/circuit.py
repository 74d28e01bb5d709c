"""A mesh as a mask has it: lanes of waveguide, couplers between them, and phases in their arms.

Every device is a balanced interferometer, C · diag(e^{ia}, e^{ib}) · C with the coupler C of `chip.mzi`. A
rotator R(f) is one with a = π − g and b = g, g = ±f, up to signs:

    C diag(e^{i(π−g)}, e^{ig}) C = −R(g) diag(1, −1)

so it has one angle, as the design has, and its common phase does not depend on it: what a chip learns for one
rotator does not turn the phases of all others. The signs move on to the next device, attenuator, or output.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.angles import wrap
from fabdesign.chip.design import MeshDesign
from fabdesign.chip.layout import Column, MeshLayout, mesh_layout
from fabdesign.chip.mzi import coupler
from fabdesign.chip.unitary import UnitaryPhases

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]
LANES_PER_PORT = 2
"""Port p is lane 2p; the odd lanes between are the second arms of attenuators."""


@dataclass(frozen=True)
class Shifter:
    """A phase in one lane.

    Args:
        name: such as ``"v.2.1.lower"``: mesh, column, port, arm.
        lane: its lane.
        phase_rad: in [0, 2π).
        active: whether it has a heater; otherwise its waveguide is longer by this phase.
        device: number of the design's phase that it serves; None for an output.
    """

    name: str
    lane: int
    phase_rad: float
    active: bool
    device: int | None


@dataclass(frozen=True)
class Row:
    """What light meets at one place along x, in all lanes: either couplers or phases.

    Args:
        lanes: the lanes that are there.
        couplers: pairs of lanes that meet, lower first.
        shifters: phases; the other lanes go straight.
        spread: distance of the lanes of a pair.
    """

    lanes: tuple[int, ...]
    couplers: tuple[tuple[int, int], ...] = ()
    shifters: tuple[Shifter, ...] = ()
    spread: int = LANES_PER_PORT


@dataclass(frozen=True)
class Circuit:
    """One chip.

    Args:
        inputs: lanes of its inputs, by port.
        outputs: lanes of its outputs, by port.
        rows: in the order that light meets them.
        title: what it is, for people.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    rows: tuple[Row, ...]
    title: str

    @property
    def shifters(self) -> tuple[Shifter, ...]:
        """All phases in the order of the rows."""
        return tuple(shifter for row in self.rows for shifter in row.shifters)

    @property
    def lanes(self) -> int:
        """One more than the highest lane."""
        return 1 + max(max(row.lanes) for row in self.rows)

    def matrix(self) -> Complexes:
        """Amplitudes at the outputs for each input, [output, input]; ideal couplers, no loss."""
        field = np.eye(self.lanes, dtype=np.complex128)[:, list(self.inputs)]
        for row in self.rows:
            there = np.isin(np.arange(self.lanes), row.lanes)
            field = np.where(there[:, None], field, 0)
            for pair in row.couplers:
                field[list(pair)] = coupler() @ field[list(pair)]
            for shifter in row.shifters:
                field[shifter.lane] *= np.exp(1j * shifter.phase_rad)
        matrix: Complexes = field[list(self.outputs)]
        return matrix


def layer_circuit(design: MeshDesign, index: int) -> Circuit:
    """The chip of one USV* layer: U diag(cos φ) V*, without the gain m, which no passive chip has.

    Args:
        design: the network.
        index: of the layer.

    Returns:
        A circuit whose matrix is `MeshDesign.weights` over the gain; every output has a heater for its sign.
    """
    layer = design.physical.layers[index]
    inputs, outputs = _ports(layer.columns), _ports(layer.rows)
    kept = layer.attenuators
    rows, signs = _rotators(design, layer.v, layer.v_phases, "v", inputs)
    rows += _attenuators(design, layer.s_phases, (signs * design.sign[layer.v_signs])[:kept])
    behind, signs = _rotators(design, layer.u, layer.u_phases, "u", outputs)
    negative = signs * design.sign[layer.u_signs] < 0
    last = Row(outputs, shifters=_trims(outputs, np.where(negative, np.pi, 0.0)))
    title = f"USV* layer {index}, {layer.rows} x {layer.columns}, {design.physical.mesh}"
    return Circuit(inputs, outputs, (*rows, *behind, last), title)


def unitary_circuit(phases: UnitaryPhases) -> Circuit:
    """The chip of a unitary matrix: an outer and an inner phase for each device, and one for each output."""
    layout = mesh_layout(phases.kind, len(phases.output_rad))
    lanes = _ports(layout.ports)
    rows: list[Row] = []
    for number, column in enumerate(layout.columns):
        pairs = _pairs(layout, column)
        for name, values in (("phi", wrap(phases.phi_rad)), ("theta", wrap(phases.theta_rad))):
            shifters = [
                Shifter(_name("t", number, lower, name), lower, float(values[device]), True, device)
                for device, (lower, _) in enumerate(pairs, start=column.first)
            ]
            rows += [Row(lanes, shifters=tuple(shifters)), Row(lanes, couplers=pairs)]
    rows.append(Row(lanes, shifters=_trims(lanes, wrap(phases.output_rad))))
    return Circuit(lanes, lanes, tuple(rows), f"unitary of {layout.ports} ports, {phases.kind}")


def _rotators(
    design: MeshDesign, layout: MeshLayout, phases: slice, mesh: str, lanes: tuple[int, ...]
) -> tuple[list[Row], NDArray[np.int64]]:
    """The rows of V* or U, and the signs by which its outputs differ from the design's."""
    signs = np.ones(layout.ports, dtype=np.int64)
    rows: list[Row] = []
    for number, column in enumerate(layout.columns):
        pairs = _pairs(layout, column)
        arms: list[Shifter] = []
        for device, (lower, upper) in enumerate(pairs, start=phases.start + column.first):
            port = lower // LANES_PER_PORT
            first, second = signs[port], signs[port + 1]
            angle = design.phase_rad[device] * -(first * second)
            signs[port : port + 2] = -first, second
            arms += _arms(design, device, angle, (lower, upper), _name(mesh, number, lower))
        couplers = Row(lanes, couplers=pairs)
        rows += [couplers, Row(lanes, shifters=tuple(arms)), couplers]
    return rows, signs


def _attenuators(design: MeshDesign, phases: slice, signs: NDArray[np.int64]) -> list[Row]:
    """One interferometer for each kept port, whose second arm begins and ends here; takes the signs away."""
    pairs = tuple((LANES_PER_PORT * k, LANES_PER_PORT * k + 1) for k in range(len(signs)))
    lanes = tuple(lane for pair in pairs for lane in pair)
    arms: list[Shifter] = []
    for k, (pair, sign) in enumerate(zip(pairs, signs, strict=True)):
        device = phases.start + k
        angle = design.phase_rad[device] + (np.pi if sign > 0 else 0.0)
        arms += _arms(design, device, angle, pair, _name("s", 0, pair[0]))
    couplers = Row(lanes, couplers=pairs, spread=1)
    return [couplers, Row(lanes, shifters=tuple(arms), spread=1), couplers]


def _arms(
    design: MeshDesign, device: int, angle_rad: float, pair: tuple[int, int], name: str
) -> list[Shifter]:
    active = bool(design.active[device])
    both = wrap([np.pi - angle_rad, angle_rad]).tolist()
    return [
        Shifter(f"{name}.{arm}", lane, phase, active, device)
        for arm, lane, phase in zip(("lower", "upper"), pair, both, strict=True)
    ]


def _trims(lanes: tuple[int, ...], phases_rad: Floats) -> tuple[Shifter, ...]:
    return tuple(
        Shifter(f"out.{lane // LANES_PER_PORT}", lane, float(phase), True, None)
        for lane, phase in zip(lanes, phases_rad, strict=True)
    )


def _pairs(layout: MeshLayout, column: Column) -> tuple[tuple[int, int], ...]:
    ports = layout.port[column.first : column.last].tolist()
    return tuple((LANES_PER_PORT * port, LANES_PER_PORT * (port + 1)) for port in ports)


def _ports(count: int) -> tuple[int, ...]:
    return tuple(range(0, LANES_PER_PORT * count, LANES_PER_PORT))


def _name(mesh: str, column: int, lane: int, part: str = "") -> str:
    return f"{mesh}.{column}.{lane // LANES_PER_PORT}" + (f".{part}" if part else "")
