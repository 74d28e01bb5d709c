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
    """Images uint8 [n, h, w] with row 0 at the top, and their labels uint8 [n].

    Soft labels, float32 [n, class], are the probabilities of the classes that training asks for in place of
    the labels; scores know nothing of them.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    soft_labels: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 over the images, the labels and the soft labels if there are any: 64 hex digits."""
        digest = hashlib.sha256(str(self.images.shape).encode())
        digest.update(self.images.tobytes())
        digest.update(self.labels.tobytes())
        if self.soft_labels is not None:
            digest.update(self.soft_labels.tobytes())
        return digest.hexdigest()

    def first(self, count: int) -> Split:
        """Return the first ``count`` examples, or all if there are fewer."""
        return self.take(slice(count))

    def take(self, index: NDArray[np.int64] | slice) -> Split:
        """Return some examples by their positions."""
        soft = None if self.soft_labels is None else self.soft_labels[index]
        return Split(self.images[index], self.labels[index], soft)


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
        return Dataset(f"{self.name}, held out of training", train, replace(test, soft_labels=None))

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
        images: whole numbers from 0 to 255, [n, h, w], or with one channel, [n, 1, h, w] or [n, h, w, 1].
        labels: whole numbers from 0 to 255, [n] or [n, 1].
        where: how messages name them.

    Raises:
        FileFormatError: they are of another kind.
    """
    grey, given = _one_channel(images), labels
    if grey.ndim != 3 or 0 in grey.shape or not _are_bytes(grey):
        raise FileFormatError(
            f"{where}: images must be uint8 [n, height, width] and not empty; "
            f"got {images.dtype} {list(images.shape)}.",
            hint=_images_hint(grey),
        )
    if labels.shape == (len(grey), 1):
        labels = labels[:, 0]
    if labels.shape != grey.shape[:1]:
        raise FileFormatError(
            f"{where}: there must be one label per image, {len(grey)}; got shape {list(given.shape)}.",
            hint="One-hot labels become numbers by labels.argmax(axis=1)." if given.ndim == 2 else None,
        )
    if not _are_bytes(labels):
        span = f", from {labels.min():g} to {labels.max():g}" if labels.dtype.kind in "iuf" else ""
        raise FileFormatError(
            f"{where}: labels must be whole numbers from 0 to 255; got {labels.dtype}{span}.",
            hint="Number the classes from 0: numpy.unique(labels, return_inverse=True)[1] does.",
        )
    return Split(grey.astype(np.uint8, copy=False), labels.astype(np.uint8))


def _one_channel(images: NDArray[Any]) -> NDArray[Any]:
    if images.ndim == 4 and 1 in (images.shape[1], images.shape[3]):
        return images[:, 0] if images.shape[1] == 1 else images[..., 0]
    return images


def _are_bytes(values: NDArray[Any]) -> bool:
    return bool(np.issubdtype(values.dtype, np.integer) and values.min() >= 0 and values.max() <= 255)


def _images_hint(images: NDArray[Any]) -> str | None:
    if images.ndim == 4:
        return (
            "Make colours grey: images.mean(axis=-1).round().astype('uint8'), if channels are the last axis."
        )
    if images.ndim == 3 and images.size:
        return "Scale them so that black is 0 and white is 255, and convert them by .round().astype('uint8')."
    return None
