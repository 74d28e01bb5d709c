"""The loss that learning sees, and the score that people see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fabdesign.design.content import hash_arrays

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs of a network and their classes.

    Args:
        inputs: amplitudes, [example, input].
        labels: [example].
    """

    inputs: Floats
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 over inputs and labels: 64 hex digits."""
        return hash_arrays({"inputs": self.inputs, "labels": self.labels})

    def take(self, positions: NDArray[np.int64] | slice) -> Examples:
        """Some of the examples."""
        return Examples(self.inputs[positions], self.labels[positions])


class Objective(Protocol):
    """What measured outputs are worth."""

    def loss(self, outputs: Floats, examples: Examples) -> float:
        """What learning lowers, the mean over the examples."""

    def slope(self, outputs: Floats, examples: Examples) -> Floats:
        """The derivative of the loss by each output."""

    def score(self, outputs: Floats, examples: Examples) -> float:
        """What people read, such as the share of right answers."""


class LargestOutput:
    """Outputs are logits: cross-entropy to learn, the share of right answers to read."""

    def loss(self, outputs: Floats, examples: Examples) -> float:
        """See `cross_entropy`."""
        return cross_entropy(outputs, examples.labels)

    def slope(self, outputs: Floats, examples: Examples) -> Floats:
        """See `cross_entropy_slope`."""
        return cross_entropy_slope(outputs, examples.labels)

    def score(self, outputs: Floats, examples: Examples) -> float:
        """See `accuracy`."""
        return accuracy(outputs, examples.labels)


LARGEST_OUTPUT = LargestOutput()


def cross_entropy(outputs: Floats, labels: Labels) -> float:
    """Mean of log Σ exp(y) − y_label.

    >>> round(cross_entropy(np.zeros((1, 10)), np.array([3])), 6)  # log 10
    2.302585
    """
    top = outputs.max(axis=1)
    total = np.log(np.exp(outputs - top[:, None]).sum(axis=1)) + top
    return float(np.mean(total - outputs[np.arange(len(labels)), labels]))


def cross_entropy_slope(outputs: Floats, labels: Labels) -> Floats:
    """The derivative of `cross_entropy` by each output, [example, class]."""
    shares = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(labels)), labels] -= 1.0
    return np.asarray(shares / len(labels))


def accuracy(outputs: Floats, labels: Labels) -> float:
    """The share of examples whose largest output is that of their class.

    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    return float(np.mean(outputs.argmax(axis=1) == labels))
