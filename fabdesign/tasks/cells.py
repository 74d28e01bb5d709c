"""Red blood cells as phase objects: biconcave discs of random size, place, tilt and shape.

The thickness of a cell at rest is that of Evans and Fung, Microvascular Research 4, 335 (1972), for 300 mOsm:

    D(r) = sqrt(1 − (r/R)²) · (c₀ + c₂ (r/R)² + c₄ (r/R)⁴),  c = 0.81, 7.83, −4.39 µm,  R = 3.91 µm,

and light that crosses the length L of a cell is late by φ = 2π Δn L / λ, with Δn of the cell against plasma.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.quantise.options import number
from fabdesign.tasks.datasets import Dataset, Split

RADIUS_UM = 3.91
COEFFICIENTS_UM = (0.81, 7.83, -4.39)
_DEPTH_STEPS = 48
_TEST_STREAM, _TRAIN_STREAM = 1, 0


@dataclass(frozen=True)
class CellOptions:
    """How many cells are drawn, and how they vary."""

    train: float = number(1000, "training examples", low=1, high=1e6)
    test: float = number(200, "test examples", low=1, high=1e6)
    pixels: float = number(32, "pixels along a side of the field of view", low=4, high=1024)
    field_um: float = number(14.0, "side of the field of view in µm", low=1, high=1000)
    most: float = number(2, "most cells in a field; at least one", low=1, high=100)
    wavelength_um: float = number(0.532, "wavelength of the microscope in µm", low=0.1, high=10)
    index_low: float = number(0.04, "least index of the cell against plasma", low=0, high=1)
    index_high: float = number(0.06, "largest index of the cell against plasma", low=0, high=1)
    size_spread: float = number(0.08, "standard deviation of the size, relative", low=0, high=0.5)
    stretch: float = number(0.12, "largest lengthening of one axis, relative, at equal area", low=0, high=0.9)
    tilt_deg: float = number(50.0, "largest tilt against the focal plane in degrees", low=0, high=90)
    white_rad: float = number(math.pi, "phase of a white pixel; larger phases are white", low=1e-3, high=100)
    seed: float = number(0, "seed of the generator", low=0, high=2**31)


@dataclass(frozen=True)
class Cell:
    """One cell: where it lies and how it is turned and stretched.

    Args:
        x_um: centre.
        y_um: centre.
        size: all lengths over those of the mean cell.
        stretch: one axis is longer by this share, the other shorter.
        turn_rad: direction of the longer axis.
        tilt_rad: angle between the cell's plane and the focal plane, about the longer axis.
        index: refractive index against plasma.
    """

    x_um: float = 0.0
    y_um: float = 0.0
    size: float = 1.0
    stretch: float = 0.0
    turn_rad: float = 0.0
    tilt_rad: float = 0.0
    index: float = 0.05


def thickness_um(radius_um: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the thickness D(r) of the mean cell, zero outside.

    >>> thickness_um(np.array([0.0, 3.91])).round(3).tolist()
    [0.81, 0.0]
    """
    share = np.minimum((radius_um / RADIUS_UM) ** 2, 1.0)
    c0, c2, c4 = COEFFICIENTS_UM
    return np.asarray(np.sqrt(1 - share) * (c0 + c2 * share + c4 * share**2))


def path_um(cell: Cell, pixels: int, field_um: float) -> NDArray[np.float64]:
    """Return the length of cell that light crosses at each pixel's centre, [y, x] with row 0 at the top.

    The solid is sampled along the light at 48 heights, its surface blurred over one step.

    Args:
        cell: what is crossed.
        pixels: along a side of the field.
        field_um: side of the field.
    """
    centres = (np.arange(pixels) - (pixels - 1) / 2) * (field_um / pixels)
    x, y = (centres - cell.x_um)[None, :, None], (-centres - cell.y_um)[:, None, None]
    reach = RADIUS_UM * cell.size * (1 + cell.stretch) * math.sin(cell.tilt_rad) + 1.4 * cell.size
    step = 2 * reach / _DEPTH_STEPS
    z = ((np.arange(_DEPTH_STEPS) + 0.5) * step - reach)[None, None, :]
    along = x * math.cos(cell.turn_rad) + y * math.sin(cell.turn_rad)
    beside = y * math.cos(cell.turn_rad) - x * math.sin(cell.turn_rad)
    across = beside * math.cos(cell.tilt_rad) + z * math.sin(cell.tilt_rad)
    above = np.abs(z * math.cos(cell.tilt_rad) - beside * math.sin(cell.tilt_rad))
    longer = 1 + cell.stretch
    radius = np.hypot(along / longer, across * longer) / cell.size
    half = cell.size * thickness_um(radius) / 2
    inside = np.clip((half - above) / step + 0.5, 0, 1) * (half > 0)
    return np.asarray(inside.sum(axis=2) * step)


@functools.lru_cache(maxsize=4)
def cell_images(options: CellOptions) -> Dataset:
    """Draw the data set: grey value over 255 is phase over ``white_rad``; all labels are 0.

    Test examples come from a stream of random numbers of their own.
    """
    return Dataset(
        "red-blood-cells",
        _draw(options, int(options.train), _TRAIN_STREAM),
        _draw(options, int(options.test), _TEST_STREAM),
    )


def _draw(options: CellOptions, count: int, stream: int) -> Split:
    rng = np.random.default_rng([int(options.seed), stream])
    images = np.stack([_image(options, rng) for _ in range(count)])
    return Split(images, np.zeros(count, dtype=np.uint8))


def _image(options: CellOptions, rng: np.random.Generator) -> NDArray[np.uint8]:
    pixels = int(options.pixels)
    phase = np.zeros((pixels, pixels))
    for _ in range(int(rng.integers(1, int(options.most) + 1))):
        cell = _cell(options, rng)
        phase += 2 * math.pi * cell.index / options.wavelength_um * path_um(cell, pixels, options.field_um)
    return np.round(np.clip(phase / options.white_rad, 0, 1) * 255).astype(np.uint8)


def _cell(options: CellOptions, rng: np.random.Generator) -> Cell:
    room = max(options.field_um / 2 - RADIUS_UM, 0.0)
    return Cell(
        x_um=rng.uniform(-room, room),
        y_um=rng.uniform(-room, room),
        size=max(rng.normal(1, options.size_spread), 0.3),
        stretch=rng.uniform(0, options.stretch),
        turn_rad=rng.uniform(0, 2 * math.pi),
        tilt_rad=math.radians(rng.uniform(0, options.tilt_deg)),
        index=rng.uniform(options.index_low, max(options.index_low, options.index_high)),
    )
