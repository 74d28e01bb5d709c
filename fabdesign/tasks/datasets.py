"""Labelled images: the embedded digits, folders of IDX files, and npz files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.tasks.idx import find_idx, read_idx

EMBEDDED = "mnist-small"
PARTS = ("train", "test")


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


def load_dataset(source: str | Path) -> Dataset:
    """Load labelled images.

    Args:
        source: ``"mnist-small"`` (6,000 + 1,000 digits that ship with fabdesign), a folder with the four
            IDX files of MNIST or its relatives (plain or .gz), or an .npz file with the arrays
            ``train_images``, ``train_labels``, ``test_images`` and ``test_labels``.

    Raises:
        ConfigError: there is no such data set, folder or file.
        FileFormatError: a file is missing, truncated or holds something else.

    >>> len(load_dataset("mnist-small").test)
    1000
    """
    if str(source) == EMBEDDED:
        packaged = resources.files("fabdesign.tasks") / "data" / "mnist_small.npz"
        with resources.as_file(packaged) as path:
            return _from_npz(path, EMBEDDED)
    path = Path(source).expanduser()
    if path.is_dir():
        return _from_idx(path)
    if path.is_file():
        return _from_npz(path, path.stem)
    raise ConfigError(
        f'task.dataset must be "{EMBEDDED}", a folder of IDX files or an .npz file; got {str(source)!r}.',
        hint="Check the path; there is no such file or folder.",
    )


def _from_idx(folder: Path) -> Dataset:
    splits = []
    for part in PARTS:
        images = read_idx(find_idx(folder, part, "images"), dimensions=3)
        labels = read_idx(find_idx(folder, part, "labels"), dimensions=1)
        splits.append(_checked(images, labels, f"{folder}, part {part}"))
    return Dataset(folder.name, *splits)


def _from_npz(path: Path, name: str) -> Dataset:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files} if hasattr(file, "files") else {}
    except (OSError, ValueError, BadZipFile, EOFError, KeyError) as error:
        raise FileFormatError(
            f"{path} is not a readable .npz file: {error}.", hint="Write it with numpy.savez_compressed."
        ) from error
    wanted = [f"{part}_{what}" for part in PARTS for what in ("images", "labels")]
    missing = [key for key in wanted if key not in arrays]
    if missing:
        raise FileFormatError(
            f"{path} must hold the arrays {', '.join(wanted)}; missing: {', '.join(missing)}."
        )
    splits = [
        _checked(arrays[f"{part}_images"], arrays[f"{part}_labels"], f"{path}, part {part}") for part in PARTS
    ]
    return Dataset(name, *splits)


def _checked(images: NDArray[Any], labels: NDArray[Any], where: str) -> Split:
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
