"""Examples to train and to score on: images with labels, wherever they come from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError, FileFormatError

PARTS = ("train", "test")
_HOLD_OUT_STREAM = 0x76616C69


@dataclass(frozen=True, eq=False)
class Split:
    """Images uint8 [n, h, w] with row 0 at the top, and their labels uint8 [n]."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 over the images and the labels: 64 hex digits."""
        digest = hashlib.sha256(str(self.images.shape).encode())
        digest.update(self.images.tobytes())
        digest.update(self.labels.tobytes())
        return digest.hexdigest()

    def first(self, count: int) -> Split:
        """Return the first ``count`` examples, or all if there are fewer."""
        return Split(self.images[:count], self.labels[:count])

    def take(self, index: NDArray[np.int64]) -> Split:
        """Return some examples by their positions."""
        return Split(self.images[index], self.labels[index])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples to train on and examples to score on."""

    name: str
    train: Split
    test: Split

    @property
    def classes(self) -> int:
        """The number of classes: one more than the largest label."""
        return int(max(self.train.labels.max(initial=0), self.test.labels.max(initial=0))) + 1

    def held_out(self, share: float) -> Dataset:
        """Return the data with a share of the training examples to score on, and no test examples at all.

        Which ones is drawn once for a number of examples, and is the same for every seed of a training.

        Args:
            share: between 0 and 1; 0 changes nothing.

        Raises:
            ConfigError: nothing would be left to train on or to score on.
        """
        if share == 0:
            return self
        order = np.random.default_rng([_HOLD_OUT_STREAM, len(self.train)]).permutation(len(self.train))
        count = round(share * len(order))
        if not 0 < count < len(order):
            raise ConfigError(
                f"task.validation must leave examples on both sides; {share:g} of {len(order)} does not."
            )
        test, train = self.train.take(np.sort(order[:count])), self.train.take(np.sort(order[count:]))
        return Dataset(f"{self.name}, held out of training", train, test)

    def limited(self, train: int | None, test: int | None) -> Dataset:
        """Return the data with at most so many of the first examples of each part; None takes all."""
        return replace(
            self,
            train=self.train if train is None else self.train.first(train),
            test=self.test if test is None else self.test.first(test),
        )


def checked_split(images: NDArray[Any], labels: NDArray[Any], where: str) -> Split:
    """Return images and labels as examples.

    Args:
        images: uint8 [n, h, w].
        labels: whole numbers [n] from 0 to 255.
        where: how messages name them.

    Raises:
        FileFormatError: they are of another kind.
    """
    if images.ndim != 3 or images.dtype != np.uint8 or 0 in images.shape:
        raise FileFormatError(
            f"{where}: images must be uint8 [n, height, width] and not empty; "
            f"got {images.dtype} {list(images.shape)}."
        )
    if labels.shape != images.shape[:1]:
        raise FileFormatError(
            f"{where}: there must be one label per image, {len(images)}; got shape {list(labels.shape)}."
        )
    if not np.issubdtype(labels.dtype, np.integer) or labels.min() < 0 or labels.max() > 255:
        raise FileFormatError(f"{where}: labels must be whole numbers from 0 to 255; got {labels.dtype}.")
    return Split(images, labels.astype(np.uint8))
