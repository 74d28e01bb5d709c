"""How the levels of a layer are written in masks: one table of bits, mask by level, for every coding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

CodingName = Literal["binary", "staircase", "one-per-level", "gray"]
Tone = Literal["etch", "add"]

ADDITIVE_TOLERANCE_PM = 10
"""How far a level may be from the sum of its mask depths: 0.01 nm, what rounding to whole pm can cause."""

GRAY_WARNING = (
    "Gray-coded masks don't add up: level 2 is drawn by masks 1 and 2 and level 3 by mask 2 alone. They suit "
    "only a process, or a database step, that combines masks by exclusive or."
)

_FREE_LAYERS = ((1, 9), (100, 126), (200, 32767))
"""Ranges of layers for masks; those between hold marks, outlines and notes."""


@dataclass(frozen=True)
class Mask:
    """One mask of a set.

    Attributes:
        name: the short name that labels and tables carry: M1, M2, …, or L0, L1, … where each draws a level.
        layer: its GDSII layer.
        weight: how many level steps it moves where the coding has weights, else None.
        depth_pm: depth etched, or height added, where it is drawn; None where depths don't add (Gray).
    """

    name: str
    layer: int
    weight: int | None
    depth_pm: int | None


@dataclass(frozen=True, eq=False)
class MaskSet:
    """The masks of one layer.

    A *code* counts the steps that a pixel is changed by: the level where material is added, and
    N - 1 - level where it is removed, so that undrawn ground is code 0 in both.

    Attributes:
        coding: how codes become masks.
        tone: "etch" where drawn pixels lose material, "add" where they gain it.
        masks: in the order of the rows of `bits`.
        bits: bool [mask, level], whether a mask draws a level.
        height_pm: int64 [level], height of each level above the lowest.
    """

    coding: CodingName
    tone: Tone
    masks: tuple[Mask, ...]
    bits: NDArray[np.bool_]
    height_pm: NDArray[np.int64]

    @property
    def levels(self) -> int:
        """The number of levels."""
        return len(self.height_pm)

    @cached_property
    def code_of_level(self) -> NDArray[np.intp]:
        """int [level], how many steps each level is from undrawn ground."""
        order = np.arange(self.levels)
        return order if self.tone == "add" else order[::-1]

    @property
    def additive(self) -> bool:
        """Whether the depths of the drawn masks add up to the change of height."""
        return self.coding != "gray"

    @property
    def warning(self) -> str | None:
        """What a user must know before using this coding."""
        return None if self.additive else GRAY_WARNING

    def encode(self, levels: NDArray[np.uint8]) -> Iterator[tuple[Mask, NDArray[np.bool_]]]:
        """Yield each mask with its pixels, bool of the shape of `levels`; one at a time, to save memory."""
        for mask, row in zip(self.masks, self.bits, strict=True):
            yield mask, row[levels]

    def of_codes(self, codes: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
        """The levels that have these codes."""
        return np.asarray(codes if self.tone == "add" else self.levels - 1 - codes, np.uint8)


def make_mask_set(
    height_pm: NDArray[np.int64],
    coding: CodingName = "binary",
    tone: Tone = "etch",
    *,
    tolerance_pm: int = ADDITIVE_TOLERANCE_PM,
) -> MaskSet:
    """Choose the masks that make these heights.

    Binary-weighted masks k = 1…log₂N draw bit k - 1 of the code and change the height by D(2^(k-1)), where
    D(c) is the change of code c (Farn and Veldkamp, Handbook of Optics, chapter 8). Etching removes
    phase: an etched target writes the bits of N - 1 - level, else the conjugate of the design is printed.

    Args:
        height_pm: int [level], rising.
        coding: "binary", "staircase" {code >= k}, "one-per-level" {level == k} or "gray".
        tone: "etch" where drawn pixels lose material (so does positive resist), "add" where they gain it.
        tolerance_pm: greatest difference between a level and the sum of its mask depths.

    Raises:
        ConfigError: the coding can't make these heights; the message says why.

    >>> [mask.depth_pm for mask in make_mask_set(np.array([0, 200, 400, 600]), "binary", "etch").masks]
    [200, 400]
    """
    heights = np.asarray(height_pm, np.int64)
    heights = heights - heights[0]
    change = heights if tone == "add" else heights[-1] - heights[::-1]
    if len(heights) < 2:
        raise ConfigError("A mask set needs at least 2 levels; got 1.")
    if coding not in _CODINGS:
        raise ConfigError(
            f"coding must be one of {', '.join(_CODINGS)}; got {coding!r}.",
            hint="binary is the usual choice for etched multi-level optics.",
        )
    masks, code_bits = _CODINGS[coding](change, tone)
    if coding != "gray":
        _check_sums(masks, code_bits, change, coding, tolerance_pm)
    bits = code_bits if tone == "add" else code_bits[:, ::-1]
    return MaskSet(coding, tone, masks, np.ascontiguousarray(bits), heights)


def coding_names() -> tuple[str, ...]:
    """The names of all codings, the default first."""
    return tuple(_CODINGS)


Planned = tuple[tuple[Mask, ...], NDArray[np.bool_]]


def _binary(change: NDArray[np.int64], tone: Tone) -> Planned:
    count = _power_of_two(len(change), "binary")
    codes = np.arange(len(change))
    bits = np.array([codes >> k & 1 for k in range(count)], bool)
    masks = tuple(Mask(f"M{k + 1}", k + 1, 1 << k, int(change[1 << k])) for k in range(count))
    return masks, bits


def _staircase(change: NDArray[np.int64], tone: Tone) -> Planned:
    count = len(change) - 1
    first = next(low for low, high in _FREE_LAYERS if low + count - 1 <= high)
    steps = np.diff(change).tolist()
    masks = tuple(Mask(f"M{k + 1}", first + k, 1, steps[k]) for k in range(count))
    return masks, np.arange(len(change)) >= np.arange(1, count + 1)[:, None]


def _one_per_level(change: NDArray[np.int64], tone: Tone) -> Planned:
    count = len(change)
    first = next(low for low, high in _FREE_LAYERS[1:] if low + count - 1 <= high)
    level = range(count) if tone == "add" else range(count - 1, -1, -1)
    masks = tuple(Mask(f"L{at}", first + at, k, int(change[k])) for k, at in enumerate(level))
    return masks, np.eye(count, dtype=bool)


def _gray(change: NDArray[np.int64], tone: Tone) -> Planned:
    count = _power_of_two(len(change), "gray")
    codes = np.arange(len(change))
    bits = np.array([(codes ^ codes >> 1) >> k & 1 for k in range(count)], bool)
    return tuple(Mask(f"M{k + 1}", k + 1, None, None) for k in range(count)), bits


_CODINGS: Mapping[str, Callable[[NDArray[np.int64], Tone], Planned]] = {
    "binary": _binary,
    "staircase": _staircase,
    "one-per-level": _one_per_level,
    "gray": _gray,
}


def _power_of_two(levels: int, coding: str) -> int:
    count = levels.bit_length() - 1
    if levels != 1 << count:
        raise ConfigError(
            f"{coding} coding needs a power of two of levels, because m masks make 2^m; got {levels}.",
            hint="Use the staircase coding, or train with a power of two of levels.",
        )
    return count


def _check_sums(
    masks: tuple[Mask, ...],
    bits: NDArray[np.bool_],
    change: NDArray[np.int64],
    coding: str,
    tolerance_pm: int,
) -> None:
    depths = np.array([mask.depth_pm for mask in masks], np.int64)
    made = depths @ bits
    error = np.abs(made - change)
    worst = int(np.argmax(error))
    if error[worst] > tolerance_pm:
        raise ConfigError(
            f"{coding} masks of {_nm(depths)} nm can't make these levels: code {worst} would be "
            f"{made[worst] / 1e3:g} nm, and the design has {change[worst] / 1e3:g} nm.",
            hint="Use the staircase coding, which makes any heights, or train on a process of etch depths.",
        )


def _nm(lengths_pm: NDArray[np.int64]) -> str:
    return ", ".join(f"{length / 1e3:g}" for length in lengths_pm.tolist())
