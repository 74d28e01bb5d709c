"""Pictures of what a device answers, simulated from heights; this brings torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fabdesign.design import Design
from fabdesign.plot import Region, draw_detector_plane
from fabdesign.report.blocks import Block
from fabdesign.report.pictures import image

if TYPE_CHECKING:
    from fabdesign.network import FrozenNetwork
    from fabdesign.tasks import Classify

SHOWN = 5
"""Examples whose light is drawn."""
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
    from fabdesign.network import from_design  # noqa: PLC0415  (brings torch)
    from fabdesign.tasks import Classify, task_of_design  # noqa: PLC0415
    from fabdesign.training.evaluate import evaluate_network  # noqa: PLC0415
    from fabdesign.training.pictures import task_figures  # noqa: PLC0415

    task = task_of_design(design, data)
    network = from_design(design, phase_rad=design.phase_rad(height_um))
    evaluation = evaluate_network(network, task, task.dataset.test, listen=listen)
    told = f"{evaluation.data}, {evaluation.samples_per_pixel} samples per pixel, {evaluation.model} layers"
    blocks: list[Block] = []
    for name, figure in task_figures(evaluation, task).items():
        words = _WORDS.get(name, "What the device does.")
        blocks.append(image(figure, words, f"{words} {told}."))
    if isinstance(task, Classify):
        blocks.extend(_light(design, network, task))
    return blocks


def _light(design: Design, network: FrozenNetwork, task: Classify) -> Iterator[Block]:
    """The light in the detector plane for the first examples of different classes."""
    import torch  # noqa: PLC0415

    from fabdesign.tasks.base import Batch  # noqa: PLC0415

    labels = task.dataset.test.labels
    first = [int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)[:SHOWN]]
    batch = Batch.of(task.dataset.test, np.array(first))
    with torch.no_grad():
        light = network.bench.field(batch.images, network.transmission).abs().square().numpy()
        answers = task.answers(network(batch.images)).argmax(1).tolist()
    each = 2 if task.readout == "pairs" else 1
    ny, nx = design.pixels
    pitch_um = design.physical.pitch_um
    known = batch.labels.tolist()
    figure = draw_detector_plane(
        batch.images.numpy(),
        light,
        [Region(one.label, one.centre_um, one.size_um) for one in design.physical.detectors],
        size_um=(nx * pitch_um, ny * pitch_um),
        captions=[f"{label}: read as {answer}" for label, answer in zip(known, answers, strict=True)],
        marked=[each * label for label in known],
    )
    words = (
        f"The first examples of {len(first)} classes, and the light that the device makes of them at the "
        "detectors. The detector of the right answer is green."
    )
    yield image(figure, words, words)
