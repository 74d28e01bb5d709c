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
    _alike(arrays, ("train_labels", "test_labels"), str(path))
    return Dataset(name, *(_split(arrays, f"{part}_", f"{path}, part {part}") for part in PARTS))


def has_npz_pair(folder: Path) -> bool:
    """Whether a folder holds ``train.npz`` and ``test.npz``."""
    return all((folder / f"{part}.npz").is_file() for part in PARTS)


def read_npz_pair(folder: Path) -> Dataset:
    """Read ``train.npz`` and ``test.npz``, each with ``images`` and, if there are any, ``labels``.

    Raises:
        FileFormatError: a file is unreadable, or an array is missing or of another kind.
    """
    found = {part: _arrays(folder / f"{part}.npz") for part in PARTS}
    labels = {f"{part}.npz: labels": arrays["labels"] for part, arrays in found.items() if "labels" in arrays}
    _alike(labels, ("train.npz: labels", "test.npz: labels"), str(folder))
    return Dataset(
        folder.name, *(_split(arrays, "", str(folder / f"{part}.npz")) for part, arrays in found.items())
    )


def _split(arrays: dict[str, NDArray[Any]], prefix: str, where: str) -> Split:
    images = arrays.get(f"{prefix}images")
    if images is None or images.ndim == 0:
        raise FileFormatError(
            f"{where}: the file must hold {prefix}images and, for classification, {prefix}labels; "
            f"missing: {prefix}images.",
            hint=f"It holds {', '.join(sorted(arrays)) or 'nothing'}.",
        )
    labels = arrays.get(f"{prefix}labels", np.zeros(images.shape[:1], dtype=np.uint8))
    return checked_split(images, labels, where)


def _alike(arrays: dict[str, NDArray[Any]], names: tuple[str, str], where: str) -> None:
    """Make sure that both parts have labels, or neither."""
    there = [name for name in names if name in arrays]
    if len(there) == 1:
        missing = next(name for name in names if name not in arrays)
        raise FileFormatError(f"{where} must hold labels of both parts or of none; {missing} is missing.")


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        found = np.load(path, allow_pickle=False)
        if isinstance(found, np.lib.npyio.NpzFile):
            with found as file:
                return {key: file[key] for key in file.files}
        reason = "it holds one array and no names"
    except (OSError, ValueError, BadZipFile, EOFError, KeyError) as error:
        pickled = "pickled" in str(error)
        reason = "it is no archive of plain arrays" if pickled else str(error)
    raise FileFormatError(
        f"{path} is not a readable .npz file: {reason}.", hint="Write it with numpy.savez_compressed."
    )
