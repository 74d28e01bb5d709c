"""An extracted circuit as a netlist for sax: one instance for each stretch of lane, coupler and heater."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.circuit.couplers import Coupler
from fabdesign.check.circuit.extract import Extracted
from fabdesign.check.circuit.heaters import FoundHeater
from fabdesign.process.photonic import Photonic


def matrix_by_sax(
    found: Extracted, process: Photonic, phase_of: Callable[[FoundHeater], float]
) -> NDArray[np.complex128]:
    """The matrix of a circuit, [output, input], composed by sax in double precision."""
    import jax
    import sax

    jax.config.update("jax_enable_x64", True)
    beta = 2 * np.pi * process.waveguide.effective_index.value / process.wavelength_um.value * found.unit_um
    netlist = netlist_of(found, phase_of)
    models = {
        "guide": lambda length=0.0: {("i", "o"): jax.numpy.exp(1j * beta * length)},
        "heater": lambda phase=0.0: {("i", "o"): jax.numpy.exp(1j * phase)},
        "coupler": lambda kappa=0.0: {
            ("i0", "o0"): jax.numpy.cos(kappa) + 0j,
            ("i1", "o1"): jax.numpy.cos(kappa) + 0j,
            ("i0", "o1"): 1j * jax.numpy.sin(kappa),
            ("i1", "o0"): 1j * jax.numpy.sin(kappa),
        },
    }
    circuit, _ = sax.circuit(netlist=netlist, models=models)
    scattering = circuit()
    return np.array(
        [
            [complex(scattering[f"in{column}", f"out{row}"]) for column in range(len(found.inputs))]
            for row in range(len(found.outputs))
        ]
    )


def netlist_of(found: Extracted, phase_of: Callable[[FoundHeater], float]) -> dict[str, Any]:
    """Instances, connections and ports in sax's form."""
    instances: dict[str, Any] = {}
    connections: dict[str, str] = {}
    ends: dict[int, str | None] = dict.fromkeys(range(len(found.lanes)))
    starts: dict[int, str] = {}
    reached = dict.fromkeys(range(len(found.lanes)), 0.0)

    def stretch(lane: int, way: float, number: int) -> None:
        name = f"guide_{lane}_{number}"
        instances[name] = {"component": "guide", "settings": {"length": way - reached[lane]}}
        join(lane, f"{name},i", f"{name},o")
        reached[lane] = way

    def join(lane: int, into: str, out: str) -> None:
        before = ends[lane]
        if before is None:
            starts[lane] = into
        else:
            connections[before] = into
        ends[lane] = out

    for number, event in enumerate(found.events()):
        if isinstance(event, Coupler):
            instances[f"coupler_{number}"] = {"component": "coupler", "settings": {"kappa": event.kappa_rad}}
            for at, lane in enumerate(event.lanes):
                stretch(lane, found.lanes[lane].way_to(event.x), number)
                join(lane, f"coupler_{number},i{at}", f"coupler_{number},o{at}")
        else:
            [lane] = event.lanes
            instances[f"heater_{number}"] = {"component": "heater", "settings": {"phase": phase_of(event)}}
            join(lane, f"heater_{number},i", f"heater_{number},o")
    for lane, whole in enumerate(found.lanes):
        stretch(lane, whole.length, len(instances))
    ports = {f"in{at}": starts[lane] for at, lane in enumerate(found.inputs)}
    ports |= {f"out{at}": str(ends[lane]) for at, lane in enumerate(found.outputs)}
    return {"instances": instances, "connections": connections, "ports": ports}
