"""Pictures of what a device answers, simulated from heights; this brings torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.design import Design
from fabdesign.report.blocks import Block, Picture
from fabdesign.report.pictures import image

_WORDS = {
    "confusion.png": "How often each class was taken for each other; rows are the true classes.",
    "examples.png": "Objects, the pictures that the device makes of them, and what is left between the two.",
    "target.png": "The wanted light, the light of the device, and what is left between the two.",
}


def draw_answers(
    design: Design,
    height_um: NDArray[np.float64],
    *,
    data: str | Path | None = None,
    listen: Callable[[int, int], None] | None = None,
) -> list[Block]:
    """Simulate a device with some heights and draw what its task shows: a confusion matrix, phase, or light.

    Args:
        design: a design with an optical task.
        height_um: heights [layer, y, x], such as those read back from files.
        data: a data set in place of the design's.
        listen: called with the examples done and their total.

    Raises:
        ConfigError: the design has no optical task, or the data do not fit it.
    """
    from fabdesign.tasks import task_of_design  # noqa: PLC0415  (brings torch)
    from fabdesign.training.evaluate import evaluate_design  # noqa: PLC0415
    from fabdesign.training.pictures import task_figures  # noqa: PLC0415

    task = task_of_design(design, data)
    evaluation = evaluate_design(design, data, phase_rad=design.phase_rad(height_um), listen=listen)
    told = f"{evaluation.samples_per_pixel} samples per pixel, {evaluation.model} layers"
    blocks: list[Block] = []
    for name, figure in task_figures(evaluation, task).items():
        words = _WORDS.get(name, "What the device does.")
        picture: Picture = image(figure, words, f"{words} {evaluation.data}, {told}.")
        blocks.append(picture)
    return blocks
