"""From mask pixels back to levels and heights: what a reader of the files needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError
from fabdesign.export.masks.placement import PixelPlacement
from fabdesign.process.codings import MaskSet
from fabdesign.relief.rectangles import filled_rectangles


def decode_levels(pixels: Mapping[int, NDArray[np.bool_]], masks: MaskSet) -> NDArray[np.int16]:
    """The level that each pixel's masks spell.

    Args:
        pixels: bool [y, x] of each mask, by GDSII layer.
        masks: the set that the file was written with.

    Returns:
        int16 [y, x]; -1 where the masks spell no level of the coding.

    Raises:
        FileFormatError: a mask is missing, or their shapes differ.
    """
    planes = _planes(pixels, masks)
    if masks.coding == "one-per-level":
        return _decode_disjoint(planes, masks)
    if masks.coding == "staircase":
        return _decode_staircase(planes, masks)
    word = np.zeros(planes[0].shape, np.int16)
    for k, plane in enumerate(planes):
        word |= plane.astype(np.int16) << k
    level_of_word = np.full(1 << len(planes), -1, np.int16)
    words = (masks.bits.astype(np.int64) << np.arange(len(planes))[:, None]).sum(0)
    level_of_word[words] = np.arange(masks.levels)
    return level_of_word[word]


def decode_heights_um(pixels: Mapping[int, NDArray[np.bool_]], masks: MaskSet) -> NDArray[np.float64]:
    """The height of each pixel above the lowest level, from the depths of the masks that draw it.

    The tone decides the sign: etched depths are taken off the top level, added ones put on the lowest.
    Masks that don't add (Gray) give the height of the level that they spell.

    Args:
        pixels: bool [y, x] of each mask, by GDSII layer.
        masks: the set that the file was written with.

    Returns:
        float64 [y, x] in µm; NaN where the masks of a coding without sums spell no level.
    """
    if not masks.additive:
        levels = decode_levels(pixels, masks)
        heights = np.append(masks.height_pm / 1e6, np.nan)
        return np.asarray(heights[levels])
    change = np.zeros(_planes(pixels, masks)[0].shape, np.int64)
    for mask in masks.masks:
        change += pixels[mask.layer] * np.int64(mask.depth_pm or 0)
    return (change if masks.tone == "add" else masks.height_pm[-1] - change) / 1e6


def pixels_of_rectangles(
    corners: NDArray[np.integer[Any]], placement: PixelPlacement, where: str = "mask"
) -> NDArray[np.bool_]:
    """The pixels that rectangles of a file cover, exactly.

    Args:
        corners: int [n, 4], (x0, y0, x1, y1) in database units, as any reader found them.
        placement: where the pixels lie.
        where: what to call the mask in messages.

    Returns:
        bool [y, x].

    Raises:
        FileFormatError: a rectangle is off the pixel grid, outside the optic, or covers a pixel twice.

    >>> from fabdesign.export.masks.placement import place_pixels
    >>> pixels_of_rectangles(np.array([[-1000, 0, 1000, 1000]]), place_pixels((2, 2), 1_000_000)).tolist()
    [[False, False], [True, True]]
    """
    origin = np.array([placement.x, placement.y, placement.x, placement.y])
    cells, rest = np.divmod(corners.astype(np.int64) - origin, placement.pitch)
    if rest.any():
        raise FileFormatError(f"{where}: {int(rest.any(axis=1).sum())} rectangles are off the pixel grid.")
    shape = placement.rows, placement.columns
    if (cells < 0).any() or (cells[:, 2] > shape[1]).any() or (cells[:, 3] > shape[0]).any():
        raise FileFormatError(f"{where}: rectangles lie outside the optic of {shape[1]} x {shape[0]} pixels.")
    filled = filled_rectangles(cells, shape)
    covered = int(((cells[:, 2] - cells[:, 0]) * (cells[:, 3] - cells[:, 1])).sum())
    if covered != np.count_nonzero(filled):
        raise FileFormatError(f"{where}: rectangles overlap.")
    return filled


def _planes(pixels: Mapping[int, NDArray[np.bool_]], masks: MaskSet) -> list[NDArray[np.bool_]]:
    missing = [mask.layer for mask in masks.masks if mask.layer not in pixels]
    if missing:
        raise FileFormatError(f"Masks on layers {missing} are missing; found {sorted(pixels)}.")
    planes = [pixels[mask.layer] for mask in masks.masks]
    if len({plane.shape for plane in planes}) > 1:
        raise FileFormatError("The masks have different shapes.")
    return planes


def _decode_staircase(planes: list[NDArray[np.bool_]], masks: MaskSet) -> NDArray[np.int16]:
    code = np.zeros(planes[0].shape, np.int16)
    nested = np.ones(planes[0].shape, bool)
    for k, plane in enumerate(planes):
        nested &= plane <= (code == k)
        code += plane
    return np.where(nested, masks.of_codes(code), np.int16(-1))


def _decode_disjoint(planes: list[NDArray[np.bool_]], masks: MaskSet) -> NDArray[np.int16]:
    count = np.zeros(planes[0].shape, np.int16)
    code = np.zeros(planes[0].shape, np.int16)
    for k, plane in enumerate(planes):
        count += plane
        code[plane] = k
    return np.where(count == 1, masks.of_codes(code), np.int16(-1))
