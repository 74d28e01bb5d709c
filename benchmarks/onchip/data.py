"""The two data sets: scikit-learn's 8 × 8 digits, and MNIST averaged down to 8 × 8."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fabdesign.chip import Examples
from fabdesign.chip.data import load_examples

SIDE = 8
TRAINING = {
    "digits": {"epochs": 100, "batch": 64, "rate": 5e-3},
    "mnist": {"epochs": 15, "batch": 128, "rate": 1e-2},
}
"""How the network is trained in software."""


def load(name: str, mnist: Path | None) -> tuple[Examples, Examples]:
    """Examples to train on, and examples to score on."""
    if name == "digits":
        return digits()
    if mnist is None:
        raise SystemExit("MNIST needs --mnist FOLDER with its four IDX files.")
    train, test = load_examples(mnist, SIDE)
    order = np.random.default_rng(0).permutation(len(train))
    return train.take(order), test


def digits() -> tuple[Examples, Examples]:
    """1,257 digits to train on and 540 to score on; shuffled once."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    examples = Examples(images[order] / 16.0, labels[order].astype(np.int64))
    return examples.take(slice(1257)), examples.take(slice(1257, None))
