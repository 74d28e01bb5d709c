"""Mask sets: how levels become masks, where they lie, and the files that a mask shop takes."""

from fabdesign.export.masks.decode import decode_heights_um, decode_levels, pixels_of_rectangles
from fabdesign.export.masks.options import OPTION_NAMES, MaskOptions, parse_mask_options
from fabdesign.export.masks.placement import PixelPlacement, place_pixels
from fabdesign.process.codings import Mask, MaskSet, coding_names, make_mask_set

__all__ = [
    "OPTION_NAMES",
    "Mask",
    "MaskOptions",
    "MaskSet",
    "PixelPlacement",
    "coding_names",
    "decode_heights_um",
    "decode_levels",
    "make_mask_set",
    "parse_mask_options",
    "pixels_of_rectangles",
    "place_pixels",
]
