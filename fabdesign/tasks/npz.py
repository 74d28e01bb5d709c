"""Examples in NumPy's .npz: one file with both parts, or one file for each."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError
from fabdesign.tasks.datasets import PARTS, Dataset, Split, checked_split


def read_npz(path: Path, name: str) -> Dataset:
    """Read ``train_images``, ``train_labels``, ``test_images`` and ``test_labels``; labels may be left out.

    Raises:
        FileFormatError: the file is unreadable, or an array is missing or of another kind.
    """
    arrays = _arrays(path)
    return Dataset(name, *(_split(arrays, f"{part}_", f"{path}, part {part}") for part in PARTS))


def has_npz_pair(folder: Path) -> bool:
    """Whether a folder holds ``train.npz`` and ``test.npz``."""
    return all((folder / f"{part}.npz").is_file() for part in PARTS)


def read_npz_pair(folder: Path) -> Dataset:
    """Read ``train.npz`` and ``test.npz``, each with ``images`` and, if there are any, ``labels``.

    Raises:
        FileFormatError: a file is unreadable, or an array is missing or of another kind.
    """
    paths = [folder / f"{part}.npz" for part in PARTS]
    return Dataset(folder.name, *(_split(_arrays(path), "", str(path)) for path in paths))


def _split(arrays: dict[str, NDArray[Any]], prefix: str, where: str) -> Split:
    images = arrays.get(f"{prefix}images")
    if images is None:
        raise FileFormatError(
            f"{where}: the file must hold {prefix}images and, for classification, {prefix}labels; "
            f"missing: {prefix}images."
        )
    labels = arrays.get(f"{prefix}labels", np.zeros(images.shape[:1], dtype=np.uint8))
    return checked_split(images, labels, where)


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {key: file[key] for key in file.files} if hasattr(file, "files") else {}
    except (OSError, ValueError, BadZipFile, EOFError, KeyError) as error:
        raise FileFormatError(
            f"{path} is not a readable .npz file: {error}.", hint="Write it with numpy.savez_compressed."
        ) from error
