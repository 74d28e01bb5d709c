"""A network whose layers are shifted sideways: each propagation displaces the field by the difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabdesign.design import Design
from fabdesign.network import FrozenNetwork, from_design
from fabdesign.optics import Slab, build_kernel
from fabdesign.tasks import Split, Task
from fabdesign.training.evaluate import evaluate_network


def shifted_scores(
    design: Design, task: Task, split: Split, shift_um: NDArray[np.float64], samples_per_pixel: int = 2
) -> dict[str, float]:
    """Scores of a design whose layers are shifted.

    Args:
        design: a design with an optical task.
        task: what it should do.
        split: the examples.
        shift_um: [layer, xy], where each layer lies off the axis.
        samples_per_pixel: samples along each side of a pixel.
    """
    network = from_design(design, samples_per_pixel)
    shift(network, design, shift_um)
    return evaluate_network(network, task, split).scores


def shift(network: FrozenNetwork, design: Design, shift_um: NDArray[np.float64]) -> None:
    """Shift the layers of a network; object and detectors stay where they are.

    In the frame of a layer at d the axis lies at −d. So on its way from a plane at d to one at d' the field
    is displaced by d − d'.
    """
    places = np.concatenate([np.zeros((1, 2)), shift_um, np.zeros((1, 2))])
    physical, bench = design.physical, network.bench
    bench.kernels = [
        build_kernel(
            bench.grid,
            [Slab(slab.thickness_um, slab.index) for slab in space],
            physical.wavelength_um,
            dtype=bench.source.dtype,
            shift_um=(float(displaced[0]), float(displaced[1])),
        )
        for space, displaced in zip(physical.spaces, places[:-1] - places[1:], strict=True)
    ]
