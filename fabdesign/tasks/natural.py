"""Patches of real pictures: those that scikit-image and scikit-learn bring along, where they are installed.

The packages are found and their picture files read; nothing of them is imported or copied.
"""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.quantise.options import number
from fabdesign.tasks.datasets import Dataset, Split
from fabdesign.tasks.pictures import read_grey

PICTURES = {
    "skimage": (
        "data/astronaut.png",
        "data/brick.png",
        "data/camera.png",
        "data/chelsea.png",
        "data/coffee.png",
        "data/coins.png",
        "data/grass.png",
        "data/gravel.png",
        "data/motorcycle_left.png",
        "data/rocket.jpg",
    ),
    "sklearn": ("datasets/images/china.jpg", "datasets/images/flower.jpg"),
}
"""Photographs by the package that holds them; drawings, texts and microscope images are left out."""

_TEST_STREAM, _TRAIN_STREAM = 1, 0
_FOR_TEST = 4
"""One part in so many of each picture, at its bottom, is kept for test patches."""


@dataclass(frozen=True)
class NaturalOptions:
    """How many patches are cut, and how large."""

    train: float = number(1000, "training examples", low=1, high=1e6)
    test: float = number(200, "test examples", low=1, high=1e6)
    pixels: float = number(32, "pixels along a side of a patch", low=4, high=64)
    shrink: float = number(1, "each picture is first made smaller by this whole factor", low=1, high=16)
    seed: float = number(0, "seed of the places", low=0, high=2**31)


@functools.lru_cache(maxsize=4)
def natural_images(options: NaturalOptions) -> Dataset:
    """Cut the data set at random places; training and test patches never overlap, all labels are 0.

    Raises:
        ConfigError: neither package is installed, or its pictures are too small for the patches.
        FileFormatError: a picture cannot be read.
    """
    files = picture_files()
    if not files:
        raise ConfigError(
            'task.dataset = "natural-images" needs the pictures of scikit-image or scikit-learn; '
            "neither is installed.",
            hint="pip install scikit-image scikit-learn",
        )
    pictures = [_smaller(read_grey(path), int(options.shrink)) for path in files]
    rows = [len(picture) - len(picture) // _FOR_TEST for picture in pictures]
    upper = [picture[:row] for picture, row in zip(pictures, rows, strict=True)]
    lower = [picture[row:] for picture, row in zip(pictures, rows, strict=True)]
    return Dataset(
        "natural-images",
        _cut(upper, options, int(options.train), _TRAIN_STREAM),
        _cut(lower, options, int(options.test), _TEST_STREAM),
    )


def picture_files() -> list[Path]:
    """Return the pictures that are there, in the order of :data:`PICTURES`."""
    found = []
    for package, names in PICTURES.items():
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            found += [Path(folder) / name for name in names if (Path(folder) / name).is_file()]
    return found


def _smaller(picture: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Means over squares of pixels."""
    h, w = (side // factor * factor for side in picture.shape)
    squares = picture[:h, :w].reshape(h // factor, factor, w // factor, factor)
    return np.asarray(squares.mean(axis=(1, 3)).round().astype(np.uint8))


def _cut(pictures: list[NDArray[np.uint8]], options: NaturalOptions, count: int, stream: int) -> Split:
    side = int(options.pixels)
    usable = [picture for picture in pictures if min(picture.shape) >= side]
    if not usable:
        raise ConfigError(
            f"task.dataset_options.pixels must leave room in a picture; patches of {side} pixels fit in none "
            f"with shrink = {options.shrink:g}.",
            hint="Lower pixels or shrink.",
        )
    rng = np.random.default_rng([int(options.seed), stream])
    images = np.empty((count, side, side), dtype=np.uint8)
    for image, choice, places in zip(
        images, rng.integers(0, len(usable), count), rng.random((count, 2)), strict=True
    ):
        picture = usable[choice]
        y, x = (int(place * (size - side + 1)) for place, size in zip(places, picture.shape, strict=True))
        image[:] = picture[y : y + side, x : x + side]
    return Split(images, np.zeros(count, dtype=np.uint8))
