"""Patches with the statistics of natural pictures, drawn and not taken: discs that cover one another.

The dead-leaves model (Lee, Mumford and Huang, International Journal of Computer Vision 41, 35, 2001): discs
whose radii follow r⁻³, of random place and brightness, each hiding what lies below it, give edges, objects of
all sizes, and a spectrum near 1/f, as photographs have. Nothing in it is anybody's picture.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.quantise.options import number
from fabdesign.tasks.datasets import Dataset, Split

_TEST_STREAM, _TRAIN_STREAM = 1, 0
_SCENE = 6
_PATCHES_PER_SCENE = 64


@dataclass(frozen=True)
class LeafOptions:
    """How many patches are drawn, and how."""

    train: float = number(1000, "training examples", low=1, high=1e6)
    test: float = number(200, "test examples", low=1, high=1e6)
    pixels: float = number(32, "pixels along a side of a patch", low=4, high=1024)
    smallest: float = number(2.0, "smallest radius of a disc in pixels", low=0.5, high=1000)
    largest: float = number(40.0, "largest radius of a disc in pixels", low=1, high=10_000)
    seed: float = number(0, "seed of the generator", low=0, high=2**31)


@functools.lru_cache(maxsize=4)
def leaf_images(options: LeafOptions) -> Dataset:
    """Draw the data set; training and test patches come from different scenes, all labels are 0."""
    return Dataset(
        "dead-leaves",
        _draw(options, int(options.train), _TRAIN_STREAM),
        _draw(options, int(options.test), _TEST_STREAM),
    )


def scene(side: int, smallest: float, largest: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw one picture, discs added until fewer than one pixel in two hundred is still bare (and mid-grey).

    Args:
        side: pixels along a side.
        smallest: radius in pixels.
        largest: radius in pixels.
        rng: where the discs come from.
    """
    grey = np.full((side, side), 128, dtype=np.uint8)
    bare = np.ones((side, side), dtype=bool)
    reach = min(largest, side)
    while np.count_nonzero(bare) > bare.size // 200:
        for x, y, share, value in rng.random((256, 4)):
            box, inside = _disc(x * side, y * side, _radius(share, min(smallest, reach), reach), side)
            new = inside & bare[box]
            grey[box][new] = int(value * 256)
            bare[box][new] = False
    return grey


def _radius(share: float, smallest: float, largest: float) -> float:
    """Return a radius of the density r⁻³ between two limits, from an evenly distributed number."""
    low, high = smallest**-2.0, largest**-2.0
    return float((low + share * (high - low)) ** -0.5)


def _disc(x: float, y: float, radius: float, side: int) -> tuple[tuple[slice, slice], NDArray[np.bool_]]:
    """Return the box around a disc, and which of its pixels lie within."""
    top, left = max(int(y - radius), 0), max(int(x - radius), 0)
    bottom, right = min(int(y + radius) + 2, side), min(int(x + radius) + 2, side)
    rows, columns = np.ogrid[top:bottom, left:right]
    return np.s_[top:bottom, left:right], (rows - y) ** 2 + (columns - x) ** 2 <= radius**2


def _draw(options: LeafOptions, count: int, stream: int) -> Split:
    rng = np.random.default_rng([int(options.seed), stream])
    pixels = int(options.pixels)
    side = _SCENE * pixels
    images: list[NDArray[np.uint8]] = []
    while len(images) < count:
        picture = scene(side, options.smallest, options.largest, rng)
        corners = rng.integers(0, side - pixels + 1, (_PATCHES_PER_SCENE, 2))
        images += [picture[y : y + pixels, x : x + pixels] for y, x in corners]
    return Split(np.stack(images[:count]), np.zeros(count, dtype=np.uint8))
