"""Examples in folders of pictures: ``train`` and ``test``, with a folder for each class or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fabdesign.errors import FileFormatError
from fabdesign.quantise.options import number
from fabdesign.tasks.datasets import PARTS, Dataset, Split, checked_split

ENDINGS = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".gif"}
FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "GIF")
MOST_PIXELS = 2**26
"""Pictures with more pixels are refused before they are decoded."""
MOST_BYTES = 2**31
"""Grey values in all pictures of a part, at most."""


@dataclass(frozen=True)
class PictureOptions:
    """How pictures become examples."""

    patch: float = number(0, "side of the squares that each picture is cut into; 0: whole pictures", low=0)


def read_pictures(folder: Path, options: PictureOptions) -> Dataset:
    """Read all pictures below ``train`` and ``test`` as grey values, in the order of their names.

    A folder in ``train`` is a class; without folders there are no labels (all are 0), which is all that phase
    imaging needs. Whole pictures must have one size; patches are cut from the upper left, without overlap.

    Raises:
        FileFormatError: a picture is unreadable or too large, sizes or classes differ, or there are none.
    """
    train, test = ({entry.name for entry in (folder / part).iterdir() if entry.is_dir()} for part in PARTS)
    if bool(train) != bool(test) or test - train:
        odd = ", ".join(sorted(test - train)) or "none"
        raise FileFormatError(
            f"{folder}: test must have a folder for each class, with the names of those in train; "
            f"only in test: {odd}.",
            hint="Without folders in both there are no labels, which is enough for phase imaging.",
        )
    classes = sorted(train)
    splits = [_part(folder / part, classes, int(options.patch)) for part in PARTS]
    return Dataset(folder.name, *splits)


def _part(folder: Path, classes: list[str], patch: int) -> Split:
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    total = 0
    for path, label in _files(folder, classes):
        for image in _patches(read_grey(path), patch):
            if images and image.shape != images[0].shape:
                raise FileFormatError(
                    f"{path} must have the size of the others, {list(images[0].shape)}; it has "
                    f"{list(image.shape)}.",
                    hint="Set task.dataset_options.patch to cut pictures into equal squares.",
                )
            images.append(image)
            labels.append(label)
            total += image.size
        if total > MOST_BYTES:
            raise FileFormatError(f"{folder} must hold at most {MOST_BYTES} pixels in all; it holds more.")
    if not images:
        size = f" of at least {patch}×{patch} pixels" if patch else ""
        raise FileFormatError(
            f"{folder} must hold pictures ({', '.join(sorted(ENDINGS))}){size}; it holds none."
        )
    return checked_split(np.stack(images), np.array(labels), str(folder))


def _files(folder: Path, classes: list[str]) -> Iterator[tuple[Path, int]]:
    places = [(folder / name, label) for label, name in enumerate(classes)] or [(folder, 0)]
    for place, label in places:
        if place.is_dir():
            for path in sorted(place.iterdir()):
                if path.suffix.lower() in ENDINGS:
                    yield path, label


def read_grey(path: Path) -> NDArray[np.uint8]:
    """Read a picture as grey values, row 0 at the top; of 16 bits the upper 8 are kept.

    Raises:
        FileFormatError: it is unreadable or too large, or its values have no white.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise FileFormatError(f"{path} must have at most {MOST_PIXELS} pixels; got {image.size}.")
            if image.mode.startswith(("I", "F")):
                return _upper_bits(np.asarray(image), path)
            return np.asarray(image.convert("L"), dtype=np.uint8)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileFormatError(f"{path} cannot be read as a picture: {error}.") from None


def _upper_bits(values: NDArray[Any], path: Path) -> NDArray[np.uint8]:
    if values.dtype.kind not in "iu" or values.min() < 0 or values.max() > 65535:
        raise FileFormatError(
            f"{path} must have 8 or 16 bits a pixel; got {values.dtype} up to {values.max():g}.",
            hint="Save it as a grey picture of 8 bits, black 0 and white 255.",
        )
    return (values >> 8).astype(np.uint8)


def _patches(image: NDArray[np.uint8], side: int) -> Iterator[NDArray[np.uint8]]:
    if side == 0:
        yield image
        return
    for top in range(0, image.shape[0] - side + 1, side):
        for left in range(0, image.shape[1] - side + 1, side):
            yield image[top : top + side, left : left + side]
