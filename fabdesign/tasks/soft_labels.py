"""Probabilities of the classes for each training example, from a file, to ask for in place of its label."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError
from fabdesign.tasks.datasets import Dataset

SUM_TOLERANCE = 1e-3
"""How far from 1 the probabilities of an example may add up; training divides by their sum."""


def with_soft_labels(dataset: Dataset, path: str | Path) -> Dataset:
    """Return the data with what a teacher says of each training example (Hinton et al. 2015, section 2).

    Args:
        dataset: all its training examples, before any are held out or left out.
        path: an .npy file, floats [example, class]: the probabilities of the classes, in the order of the
            training examples.

    Raises:
        FileFormatError: the file is missing or unreadable, or holds something else.
    """
    probability = _checked(_read(Path(path)), (len(dataset.train), dataset.classes), str(path))
    soft = (probability / probability.sum(1, keepdims=True)).astype(np.float32)
    return replace(dataset, train=replace(dataset.train, soft_labels=soft))


def _read(path: Path) -> NDArray[Any]:
    try:
        found = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise FileFormatError(
            f"train.soft_labels: {path} does not exist.",
            hint="Check the path; it starts at the project file.",
        ) from None
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise FileFormatError(
            f"train.soft_labels: {path} is not a readable .npy file: {error}.",
            hint="Write it with numpy.save.",
        ) from None
    if not isinstance(found, np.ndarray):
        found.close()
        raise FileFormatError(
            f"train.soft_labels: {path} is an .npz archive; one array is needed.", hint="Use numpy.save."
        )
    return found


def _checked(values: NDArray[Any], shape: tuple[int, int], where: str) -> NDArray[np.float64]:
    if values.dtype.kind != "f" or values.shape != shape:
        raise FileFormatError(
            f"train.soft_labels: {where} must hold floats [example, class], {list(shape)} for these training "
            f"examples; got {values.dtype} {list(values.shape)}.",
            hint="There is one row for each training example in the order of the data, none left out.",
        )
    probability = values.astype(np.float64)
    wrong = ~((probability >= 0).all(1) & (abs(probability.sum(1) - 1) <= SUM_TOLERANCE))
    if wrong.any():
        row = int(wrong.argmax())
        raise FileFormatError(
            f"train.soft_labels: each row of {where} must be probabilities that add up to 1; row {row} is "
            f"{[float(f'{value:.3g}') for value in probability[row]]}.",
            hint="Scores become probabilities by scipy.special.softmax(scores / temperature, axis=1).",
        )
    return probability
