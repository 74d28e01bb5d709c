"""A classifier whose detectors see free linear combinations of the object's field."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Complex, Float
from torch import Tensor

from fabdesign.tasks import ACCURACY, Classify, Dataset, Split, load_dataset
from fabdesign.tasks.base import Batch
from fabdesign.training.augment import shifted

BATCH = 128
LEARNING_RATE = 0.014
SHIFT = 1
SPREAD = 0.5
"""Standard deviation of Re A and Im A at the start, times the square root of the pixels."""


@dataclass(frozen=True)
class Case:
    """One classifier.

    Args:
        encoder: what the object does to the light.
        readout: one detector for each class, or two.
        modes: orthogonal patterns of light that add up, without interference, on each detector.
        label_smoothing: share of each label that the loss gives to all classes alike.
        seed: of start, order and shifts.
    """

    encoder: Literal["phase", "amplitude"]
    readout: Literal["argmax", "pairs"]
    modes: int
    label_smoothing: float
    seed: int


def measure(case: Case, data: Path, epochs: int) -> dict[str, Any]:
    """Train one classifier and return its scores."""
    torch.set_num_threads(1)
    record = {
        **asdict(case),
        "epochs": epochs,
        "accuracy": accuracies(load_dataset(data), case, epochs),
        "date": time.strftime("%Y-%m-%d"),
        "torch": torch.__version__,
    }
    print(f"{case}: {record['accuracy']}", flush=True)
    return record


def accuracies(dataset: Dataset, case: Case, epochs: int) -> dict[str, float]:
    """Train a classifier and return its shares of right answers on ``"test"`` and on ``"train"``.

    The device is any stack of passive linear layers: the field on every point of its detectors is a linear
    combination of the object's, u = Aᵀx. Here A is free, which no stack of finite size is.
    """
    generator = torch.Generator().manual_seed(case.seed)
    task = Classify(dataset, readout=case.readout, label_smoothing=case.label_smoothing)
    detectors = dataset.classes * (2 if case.readout == "pairs" else 1)
    pixels = dataset.train.images[0].size
    start = torch.randn(pixels, detectors * case.modes, 2, generator=generator) * SPREAD / math.sqrt(pixels)
    vectors = torch.nn.Parameter(start)
    optimiser = torch.optim.Adam([vectors], LEARNING_RATE)
    steps = epochs * math.ceil(len(dataset.train) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, steps, pct_start=0.2)
    step = 0
    for _ in range(epochs):
        order = torch.randperm(len(dataset.train), generator=generator).numpy()
        for index in np.split(order, range(BATCH, len(order), BATCH)):
            batch = shifted(Batch.of(dataset.train, index), SHIFT, case.seed, step)
            optimiser.zero_grad()
            task.loss(_powers(batch, vectors, case), batch).mean().backward()
            optimiser.step()
            schedule.step()
            step += 1
    return {
        "test": _accuracy(task, dataset.test, vectors, case),
        "train": _accuracy(task, dataset.train.first(len(dataset.test)), vectors, case),
    }


def field(images: Float[Tensor, "batch h w"], encoder: Literal["phase", "amplitude"]) -> Tensor:
    """Return the light behind each object, complex [batch, pixel]: e^{iπv}, or v."""
    values = images.flatten(1)
    if encoder == "phase":
        return torch.polar(torch.ones_like(values), math.pi * values)
    return values.to(torch.complex64)


def powers(
    light: Complex[Tensor, "batch pixel"], vectors: Complex[Tensor, "pixel mode"], modes: int
) -> Float[Tensor, "batch detector"]:
    """Return what detectors of so many modes measure: P_d = Σ_m |a_{dm}ᵀ x|².

    >>> light, vectors = torch.tensor([[1.0, 1.0j]]), torch.eye(2, dtype=torch.complex64)
    >>> powers(light, vectors, 2)
    tensor([[2.]])
    """
    amplitudes = light @ vectors
    return (amplitudes.real.square() + amplitudes.imag.square()).unflatten(1, (-1, modes)).sum(2)


def _powers(batch: Batch, vectors: Tensor, case: Case) -> Tensor:
    return powers(field(batch.images, case.encoder), torch.view_as_complex(vectors), case.modes)


@torch.no_grad()
def _accuracy(task: Classify, split: Split, vectors: Tensor, case: Case) -> float:
    batch = Batch.of(split, slice(None))
    return task.scores(_powers(batch, vectors, case), batch)[ACCURACY]
