"""The same copies scored by fabdesign, and by a plain loop over two libraries."""

import math
import warnings
from collections.abc import Callable

import torch

from benchmarks.monte_carlo.copies import Case
from fabdesign.check.tolerance import DeviceState

Score = Callable[[DeviceState], torch.Tensor]
"""A copy in, the detector powers of all images out."""


def ours(case: Case) -> Score:
    """fabdesign: kernels altered, fields kept, micro-batches that stay in the cache."""
    return case.simulator.outputs


def torchoptics(case: Case) -> Score:
    """torchoptics' angular spectrum, padding set to 2N."""
    from torchoptics import Field
    from torchoptics.elements import PhaseModulator

    bench = case.simulator.altered.bench
    colour = case.simulator.device.design.physical
    wavelength_um = colour.wavelength_um / colour.medium.index
    spacing_um, half = bench.grid.spacing_um, bench.grid.shape[0] // 2

    def score(state: DeviceState) -> torch.Tensor:
        planes = torch.tensor(case.distances(state), dtype=torch.float64).cumsum(0).tolist()
        layers = [
            PhaseModulator(torch.from_numpy(phase), z=z, spacing=spacing_um)
            for phase, z in zip(case.phases(state), planes, strict=False)
        ]
        light = bench.encode(case.simulator.batch.images)
        field = Field(light.to(torch.complex128), wavelength=wavelength_um, z=0.0, spacing=spacing_um)
        for layer, z in zip([*layers, None], planes, strict=True):
            field = field.propagate_to_z(z, propagation_method="ASM", asm_pad=(half, half))
            field = field if layer is None else layer(field)
        return bench.readout(field.data.to(light.dtype))

    return score


def svetlanna(case: Case) -> Score:
    """SVETlANNa's zero-padded angular spectrum."""
    from svetlanna import SimulationParameters, Wavefront
    from svetlanna.elements import DiffractiveLayer, FreeSpace

    warnings.simplefilter("ignore")
    bench = case.simulator.altered.bench
    colour = case.simulator.device.design.physical
    axis = bench.grid.x_um().float()
    parameters = SimulationParameters(x=axis, y=axis, wavelength=colour.wavelength_um / colour.medium.index)

    def score(state: DeviceState) -> torch.Tensor:
        distances = case.distances(state)
        elements = []
        for phase, distance in zip(case.phases(state), distances, strict=False):
            mask = torch.from_numpy(phase).float()
            elements += [
                FreeSpace(parameters, distance, "zpASM"),
                DiffractiveLayer(parameters, mask, 2 * math.pi),
            ]
        network = torch.nn.Sequential(*elements, FreeSpace(parameters, distances[-1], "zpASM"))
        light = bench.encode(case.simulator.batch.images)
        field: torch.Tensor = network(Wavefront(light))
        return bench.readout(torch.Tensor.as_subclass(field, torch.Tensor).to(light.dtype))

    return score


CONTENDERS = {"fabdesign": ours, "torchoptics": torchoptics, "svetlanna": svetlanna}
