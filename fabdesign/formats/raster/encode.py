"""Grey images as bytes: the same pixels give the same file, with no clock in it."""

from __future__ import annotations

from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

TEXT_KEY = "fabdesign"
"""Name of the text chunk of a PNG that holds the record."""

DESCRIPTION_TAG, SOFTWARE_TAG = 270, 305
"""TIFF tags that hold the record and the program's name."""

_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT, _CENTIMETRE = 282, 283, 296, 3
_UM_PER_INCH = 25400.0
_UM_PER_CM = 10_000
_PM_PER_UM = 1_000_000
_PNG_LEVEL = 3

BitFormat = Literal["BMP", "PNG"]


def write_png16(stream: IO[bytes], image: NDArray[np.uint16], *, text: str, pitch_um: float) -> None:
    """Write a 16-bit grey PNG with the record in a tEXt chunk and the pixels per metre in pHYs.

    Args:
        stream: a binary file.
        image: uint16 [row, column], row 0 on top.
        text: the record, ASCII.
        pitch_um: side of a pixel.
    """
    info = PngInfo()
    info.add_text("Software", "fabdesign")
    info.add_text(TEXT_KEY, text)
    dpi = _UM_PER_INCH / pitch_um
    Image.fromarray(image).save(stream, "PNG", pnginfo=info, dpi=(dpi, dpi), compress_level=_PNG_LEVEL)


def write_tiff16(stream: IO[bytes], image: NDArray[np.uint16], *, text: str, pitch_um: float) -> None:
    """Write an uncompressed 16-bit grey TIFF with the record as description and the pixels per centimetre.

    Args:
        stream: a binary file, seekable.
        image: uint16 [row, column], row 0 on top.
        text: the record, ASCII.
        pitch_um: side of a pixel.
    """
    per_cm = IFDRational(_UM_PER_CM * _PM_PER_UM, round(pitch_um * _PM_PER_UM))
    tags = ImageFileDirectory_v2()
    fields: dict[int, Any] = {
        DESCRIPTION_TAG: text,
        SOFTWARE_TAG: "fabdesign",
        _X_RESOLUTION: per_cm,
        _Y_RESOLUTION: per_cm,
        _RESOLUTION_UNIT: _CENTIMETRE,
    }
    for tag, value in fields.items():
        tags[tag] = value
    Image.fromarray(image).save(stream, "TIFF", tiffinfo=tags)


def write_bmp8(stream: IO[bytes], image: NDArray[np.uint8], *, pitch_um: float) -> None:
    """Write an 8-bit grey BMP with the pixels per metre; the format has no room for a record.

    Args:
        stream: a binary file.
        image: uint8 [row, column], row 0 on top.
        pitch_um: side of a pixel.
    """
    dpi = _UM_PER_INCH / pitch_um
    Image.fromarray(image).save(stream, "BMP", dpi=(dpi, dpi))


def write_bits(stream: IO[bytes], image: NDArray[np.bool_], *, format: BitFormat, pitch_um: float) -> None:
    """Write a one-bit image, white where set.

    Args:
        stream: a binary file.
        image: bool [row, column], row 0 on top.
        format: BMP or PNG.
        pitch_um: side of a pixel.
    """
    dpi = _UM_PER_INCH / pitch_um
    Image.fromarray(image).save(stream, format, dpi=(dpi, dpi), compress_level=_PNG_LEVEL)
