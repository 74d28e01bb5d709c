"""A convolutional network that says how sure each training digit is: soft labels for the optical device.

It has no part in the device and sees none of the test digits.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from fabdesign.formats.atomic import atomic_file
from fabdesign.tasks import load_dataset
from fabdesign.tasks.base import Batch
from fabdesign.training.augment import shifted, warped

EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 6, 100, 0.004, 0.01
SHIFT, TURN_RAD, STRETCH = 2, 0.17, 0.1
TEMPERATURE = 3.0
RECIPE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
"""Tells teachers of other settings apart."""


def soft_labels(data: Path, seed: int, folder: Path) -> Path:
    """Train a teacher on the training digits and store softmax(scores / 3) of each of them.

    Args:
        data: folder with the four IDX files of MNIST.
        seed: of the teacher's start, order, moves and drop-out.
        folder: where the .npy file goes; one that is there already is taken as it is.
    """
    path = folder / f"teacher-{seed}-{RECIPE}.npy"
    if not path.is_file():
        soft = (_scores(data, seed) / TEMPERATURE).softmax(1).numpy()
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as file:
            np.save(file, soft)
    return path


def _scores(data: Path, seed: int) -> Float[Tensor, "example class"]:
    dataset = load_dataset(data)
    torch.manual_seed(seed)
    network = _network(dataset.classes)
    order = np.random.default_rng(seed)
    steps = EPOCHS * (len(dataset.train) // BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, steps, pct_start=0.2)
    step = 0
    for _ in range(EPOCHS):
        for index in np.split(order.permutation(len(dataset.train)), steps // EPOCHS):
            batch = Batch.of(dataset.train, index)
            batch = shifted(warped(batch, TURN_RAD, STRETCH, seed, step), SHIFT, seed, step)
            optimiser.zero_grad()
            nn.functional.cross_entropy(network(batch.images[:, None]), batch.labels).backward()
            optimiser.step()
            schedule.step()
            step += 1
    network.eval()
    images = Batch.of(dataset.train, slice(None)).images[:, None]
    with torch.no_grad():
        return torch.cat([network(part) for part in images.split(1000)])


def _network(classes: int) -> nn.Sequential:
    return nn.Sequential(
        *_convolution(1, 16),
        *_convolution(16, 16),
        nn.MaxPool2d(2),
        *_convolution(16, 32),
        *_convolution(32, 32),
        nn.MaxPool2d(2),
        *_convolution(32, 64),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.LazyLinear(classes),
    )


def _convolution(before: int, after: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(before, after, 3, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(after), nn.ReLU()
