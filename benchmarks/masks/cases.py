"""Level maps to write: random (the worst case), smooth (like a trained layer), and a wrapped lens."""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

LEVELS = 8
PITCH_NM = 500
SEED = 20


def random_levels(n: int) -> NDArray[np.uint8]:
    """Independent levels."""
    return np.random.default_rng(SEED).integers(0, LEVELS, (n, n), dtype=np.uint8)


def smooth_levels(n: int) -> NDArray[np.uint8]:
    """A low-pass random phase of several turns, wrapped."""
    noise = np.random.default_rng(SEED).standard_normal((n, n))
    return _wrapped(gaussian_filter(noise, 8, mode="wrap") * 50)


def lens_levels(n: int) -> NDArray[np.uint8]:
    """A lens of f/1.5 at 532 nm: wraps are undersampled at the rim."""
    at = (np.arange(n) - (n - 1) / 2) * PITCH_NM / 1e3
    focus = 1.5 * n * PITCH_NM / 1e3
    return _wrapped(2 * pi / 0.532 * (focus - np.sqrt(at[:, None] ** 2 + at**2 + focus**2)))


def _wrapped(phase: NDArray[np.float64]) -> NDArray[np.uint8]:
    return (np.floor(phase / (2 * pi) * LEVELS).astype(np.int64) % LEVELS).astype(np.uint8)


CASES = {"random": random_levels, "smooth": smooth_levels, "lens": lens_levels}


def binary_masks(levels: NDArray[np.uint8]) -> list[NDArray[np.bool_]]:
    """Three binary-weighted masks of an etched target."""
    return [(LEVELS - 1 - levels >> k & 1).astype(bool) for k in range(3)]
