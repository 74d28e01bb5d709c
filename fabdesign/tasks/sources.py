"""Where examples come from: embedded, generated, or read from a file or a folder."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.quantise.options import parse_options
from fabdesign.tasks.cells import CellOptions, cell_images
from fabdesign.tasks.datasets import PARTS, Dataset, checked_split
from fabdesign.tasks.idx import find_idx, has_idx, read_idx
from fabdesign.tasks.leaves import LeafOptions, leaf_images
from fabdesign.tasks.natural import NaturalOptions, natural_images
from fabdesign.tasks.npz import has_npz_pair, read_npz, read_npz_pair
from fabdesign.tasks.pictures import PictureOptions, read_pictures

EMBEDDED = "mnist-small"
GENERATED: dict[str, tuple[type[Any], Callable[[Any], Dataset]]] = {
    "red-blood-cells": (CellOptions, cell_images),
    "dead-leaves": (LeafOptions, leaf_images),
    "natural-images": (NaturalOptions, natural_images),
}
"""Data sets that are computed, or cut from pictures that are there: their options, and what makes them."""


def load_dataset(source: str | Path, options: Mapping[str, object] | None = None) -> Dataset:
    """Load examples.

    Args:
        source: ``"mnist-small"`` (6,000 + 1,000 digits that ship with fabdesign), ``"red-blood-cells"`` or
            ``"dead-leaves"`` (generated), ``"natural-images"`` (cut from the pictures of installed
            packages), an .npz file, or a folder with the four IDX files of MNIST or its
            relatives (plain or .gz), with ``train.npz`` and ``test.npz``, or with pictures in ``train`` and
            ``test``.
        options: of a generated data set or of a folder of pictures.

    Raises:
        ConfigError: there is no such data set, folder or file, or an option does not fit it.
        FileFormatError: a file is missing, truncated or holds something else.

    >>> len(load_dataset("mnist-small").test)
    1000
    """
    given, name = dict(options or {}), str(source)
    if name in GENERATED:
        kind, make = GENERATED[name]
        return make(parse_options(kind, given, where="task.dataset_options"))
    if name == EMBEDDED:
        packaged = resources.files("fabdesign.tasks") / "data" / "mnist_small.npz"
        with resources.as_file(packaged) as path:
            return _plain(lambda: read_npz(path, EMBEDDED), given, name)
    path = Path(source).expanduser()
    if path.is_dir():
        return _from_folder(path, given)
    if path.is_file():
        return _plain(lambda: read_npz(path, path.stem), given, name)
    names = [EMBEDDED, *GENERATED]
    known = ", ".join(f'"{known}"' for known in names)
    near = difflib.get_close_matches(name, names, n=1)
    raise ConfigError(
        f"task.dataset must be {known}, an .npz file, or a folder of IDX, .npz or picture files; "
        f"got {name!r}.",
        hint=f"Did you mean {near[0]!r}?" if near else "Check the path; there is no such file or folder.",
    )


def _from_folder(folder: Path, given: Mapping[str, object]) -> Dataset:
    if has_npz_pair(folder):
        return _plain(lambda: read_npz_pair(folder), given, str(folder))
    if all((folder / part).is_dir() for part in PARTS) and not has_idx(folder):
        return read_pictures(folder, parse_options(PictureOptions, given, where="task.dataset_options"))
    if not has_idx(folder):
        raise FileFormatError(
            f"{folder} must hold the four IDX files of MNIST or a relative, train.npz and test.npz, or "
            "folders train and test with pictures; it holds none of them.",
            hint=f"It holds {', '.join(sorted(entry.name for entry in folder.iterdir())[:5]) or 'nothing'}.",
        )
    return _plain(lambda: _from_idx(folder), given, str(folder))


def _from_idx(folder: Path) -> Dataset:
    splits = []
    for part in PARTS:
        images = read_idx(find_idx(folder, part, "images"), dimensions=3)
        labels = read_idx(find_idx(folder, part, "labels"), dimensions=1)
        splits.append(checked_split(images, labels, f"{folder}, part {part}"))
    return Dataset(folder.name, *splits)


def _plain(load: Callable[[], Dataset], given: Mapping[str, object], name: str) -> Dataset:
    if given:
        raise ConfigError(f"task.dataset_options do nothing for {name}; got {', '.join(given)}.")
    return load()
