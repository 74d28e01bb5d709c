"""Scores of hard levels: what a design does with examples it was not trained on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.design import Design
from fabdesign.network import FrozenNetwork, Model, from_design
from fabdesign.tasks import Split, Task, task_of_design
from fabdesign.tasks.base import Batch
from fabdesign.training.gradient import group_size
from fabdesign.training.ranks import ALONE, Ranks

LEAST_SAMPLES = 2
FINER_SAMPLES = 4


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a network scored.

    Args:
        scores: by metric name.
        outputs: what the read-out gave for each example.
        labels: the right answers.
        samples_per_pixel: samples along each side of a pixel.
        data: name of the data set.
        data_hash: of the examples.
        model: how the layers were simulated.
    """

    scores: dict[str, float]
    outputs: NDArray[np.floating[Any]]
    labels: NDArray[np.int64]
    samples_per_pixel: int
    data: str
    data_hash: str
    model: str = "thin"

    def to_json(self) -> dict[str, Any]:
        """Return the scores with what they were taken on, as plain JSON values."""
        return {
            **self.scores,
            "samples_per_pixel": self.samples_per_pixel,
            "data": self.data,
            "data_hash": self.data_hash,
            **({} if self.model == "thin" else {"model": self.model}),
        }


def evaluate_design(
    design: Design,
    data: str | Path | None = None,
    samples_per_pixel: int = 2,
    *,
    phase_rad: NDArray[np.floating[Any]] | None = None,
    model: Model | None = None,
    slice_um: float | None = None,
    limit: int | None = None,
    device: str = "cpu",
    listen: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Score a design on test data.

    Args:
        design: a design with an optical task.
        data: a data set as in :func:`fabdesign.tasks.load_dataset`; by default the one it was trained on.
        samples_per_pixel: samples along each side of a pixel.
        phase_rad: [layer, y, x] phases in place of the design's, such as those read back from a file.
        model: "thin" or "thick"; by default the one that the design was made with.
        slice_um: largest thickness of a slice of the thick model in micrometres; by default the design's.
        limit: score only so many of the first test examples.
        device: where to compute.
        listen: called with the examples done and their total.

    Raises:
        ConfigError: the design has no optical task, or the data do not fit it.
        FileFormatError: the data cannot be read.
        NumericsError: the geometry cannot be sampled so.
    """
    task = task_of_design(design, data)
    network = from_design(
        design, samples_per_pixel, phase_rad=phase_rad, model=model, slice_um=slice_um, device=device
    )
    split = task.dataset.test if limit is None else task.dataset.test.first(limit)
    return evaluate_network(network, task, split, device=device, listen=listen)


def evaluate_network(
    network: FrozenNetwork,
    task: Task,
    split: Split,
    *,
    device: str = "cpu",
    listen: Callable[[int, int], None] | None = None,
    ranks: Ranks = ALONE,
) -> Evaluation:
    """Score a frozen network on some examples.

    Args:
        network: bench and layers.
        task: gives the scores.
        split: the examples.
        device: where to compute.
        listen: called with the examples done and their total.
        ranks: the processes that share the examples; each gets the scores of all.

    Raises:
        ProcessLost: one of them has ended.
    """
    outputs = _outputs(network, split, device, listen, ranks)
    batch = Batch.of(split, slice(None))
    return Evaluation(
        scores=task.scores(outputs, batch),
        outputs=outputs.numpy(),
        labels=batch.labels.numpy(),
        samples_per_pixel=network.bench.samples_per_pixel,
        data=task.dataset.name,
        data_hash=split.data_hash,
        model=network.bench.layers.name,
    )


def reported_samples(samples_per_pixel: int) -> tuple[int, int]:
    """Return at how many samples per pixel scores are reported, and the finer one to compare with.

    >>> reported_samples(1), reported_samples(2), reported_samples(4)
    ((2, 4), (2, 4), (4, 8))
    """
    reported = max(LEAST_SAMPLES, samples_per_pixel)
    return reported, FINER_SAMPLES if reported < FINER_SAMPLES else 2 * reported


def _outputs(
    network: FrozenNetwork,
    split: Split,
    device: str,
    listen: Callable[[int, int], None] | None,
    ranks: Ranks,
) -> Float[Tensor, "example ..."]:
    at_once = max(1, group_size(network.bench.samples, 0) // 2)
    mine = ranks.share(len(split))
    outputs = []
    with torch.no_grad():
        for first in range(mine.start, mine.stop, at_once):
            last = min(first + at_once, mine.stop)
            batch = Batch.of(split, slice(first, last), device)
            outputs.append(network(batch.images).cpu())
            if listen is not None:
                listen(len(split) * (last - mine.start) // (mine.stop - mine.start), len(split))
    return ranks.joined(outputs, len(split))
