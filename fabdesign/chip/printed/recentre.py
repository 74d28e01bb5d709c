"""Put the detectors' windows where the camera shows that they belong."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from fabdesign.chip.loss import Examples, Objective
from fabdesign.chip.printed.stack import Windows
from fabdesign.design import Design
from fabdesign.errors import NumericsError
from fabdesign.optics import Grid

Floats = NDArray[np.float64]
STEPS = (1.0, 0.5, 0.25, 0.125)
"""Steps of the search, in pixels of the camera."""


def recentre(design: Design, objective: Objective, examples: Examples, frames: Floats) -> tuple[float, float]:
    """Search for the place of the windows at which the loss on some pictures is least.

    A pattern search: steps along x and y as long as the mean loss falls, then smaller ones. It asks for no
    further picture: windows are cut from those that are there.

    Args:
        design: what was printed.
        objective: what detector powers are worth.
        examples: the images shown.
        frames: what the camera saw of each, on pixels as large as a layer's, [example, y, x].

    Returns:
        (x, y) away from the designed places, in µm.

    Raises:
        ConfigError: the design has no detectors.
    """
    pitch_um = design.physical.pitch_um
    windows = Windows(design.physical, Grid(design.pixels, pitch_um))
    pictures = torch.from_numpy(frames).float()

    def loss(place: Floats) -> float:
        try:
            windows.move(place.tolist())
        except NumericsError:
            return float("inf")
        return objective.loss(windows.powers(pictures).double().numpy(), examples)

    place = np.zeros(2)
    best = loss(place)
    for step in STEPS:
        moved = True
        while moved:
            moved = False
            for way in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                tried = place + step * pitch_um * np.array(way)
                if (found := loss(tried)) < best:
                    place, best, moved = tried, found, True
    return float(place[0]), float(place[1])
