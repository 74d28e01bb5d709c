"""Opening grey images that may be damaged, huge or of another kind: size first, then pixels."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fabdesign.errors import FileFormatError
from fabdesign.formats.raster.encode import DESCRIPTION_TAG, TEXT_KEY

MOST_PIXELS = 1 << 26
"""Largest image that is decoded: 8192 pixels along each side, 128 MB at 16 bits."""

MOST_BYTES = 1 << 29
_BITS = {"1": 1, "L": 8, "P": 8, "I;16": 16, "I;16B": 16, "I;16L": 16, "I;16N": 16, "I": 16}
_FORMATS = ("PNG", "TIFF", "BMP")
_TIFF_PACKINGS = ("raw", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits")
_DEEPEST = 65535


@dataclass(frozen=True, eq=False)
class GreyImage:
    """The values of an image file.

    Args:
        path: the file.
        format: PNG, TIFF or BMP.
        bits: of a value: 1, 8 or 16.
        values: uint16 [row, column] as in the file, row 0 on top.
        text: the record inside the file; None where there is none.
        pixel_um: side of a pixel (x, y) by the file's resolution; None where it has none.
    """

    path: Path
    format: str
    bits: int
    values: NDArray[np.uint16]
    text: str | None
    pixel_um: tuple[float, float] | None


def read_grey_image(path: str | os.PathLike[str]) -> GreyImage:
    """Read a grey PNG, TIFF or BMP with Pillow.

    Raises:
        FileFormatError: missing, damaged, truncated, too large, of colours, or another format.
    """
    file = Path(path)
    with decoding(file), file.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > MOST_BYTES:
            raise FileFormatError(f"{file} has {size} bytes; images of up to {MOST_BYTES} bytes are read.")
        with Image.open(stream, formats=_FORMATS) as image:
            _check_size(file, image.size)
            _check_packing(file, image)
            bits = _BITS.get(image.mode)
            if bits is None:
                raise _not_grey(file, image.mode)
            image.load()
            values = _values(image, file)
            return GreyImage(file, str(image.format), bits, values, _text(image), _pixel_um(image))


@contextmanager
def decoding(file: Path) -> Iterator[None]:
    """Turn whatever a decoder raises on damaged bytes into one clear error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # truncated metadata; what matters is compared pixel by pixel
            yield
    except FileFormatError:
        raise
    except FileNotFoundError:
        raise FileFormatError(f"{file} does not exist.", hint="Check the path.") from None
    except IsADirectoryError:
        raise FileFormatError(f"{file} is a folder.", hint="Name the files in it.") from None
    except Image.DecompressionBombError as bomb:
        raise FileFormatError(
            f"{file} claims more than the {MOST_PIXELS} pixels that are decoded: {bomb}",
            hint="Check that it is an image of one layer.",
        ) from None
    except UnidentifiedImageError:
        raise FileFormatError(
            f"{file} is no PNG, TIFF or BMP image, or its head is damaged.", hint="Fetch or export it again."
        ) from None
    except Exception as error:  # decoders raise anything on damaged bytes
        raise FileFormatError(
            f"{file} cannot be decoded: {type(error).__name__}: {error}.", hint="Fetch or export it again."
        ) from error


def _check_size(file: Path, size: tuple[int, int]) -> None:
    width, height = size
    if width < 1 or height < 1 or width * height > MOST_PIXELS:
        raise FileFormatError(
            f"{file} says that it has {width} x {height} pixels; 1 to {MOST_PIXELS} pixels are decoded.",
            hint="Check that it is an image of one layer.",
        )


def _check_packing(file: Path, image: Image.Image) -> None:
    packing = image.info.get("compression", "raw")
    if image.format == "TIFF" and packing not in _TIFF_PACKINGS:
        raise FileFormatError(
            f"{file} is packed as {packing}; TIFF is read {', '.join(_TIFF_PACKINGS)}.",
            hint="Save it without compression, or export the design again.",
        )


def _not_grey(file: Path, mode: str) -> FileFormatError:
    return FileFormatError(
        f"{file} must be a grey image of 1, 8 or 16 bits; its mode is {mode}.",
        hint="Another program has converted it; export it again.",
    )


def _values(image: Image.Image, file: Path) -> NDArray[np.uint16]:
    if image.mode == "P":
        image = image.convert("RGB")
        red, green, blue = np.moveaxis(np.asarray(image), -1, 0)
        if (red != green).any() or (red != blue).any():
            raise _not_grey(file, "P, in colours")
        values: NDArray[np.uint16] = red.astype(np.uint16)
        return values
    array: NDArray[Any] = np.asarray(image)
    if array.size and int(array.max()) > _DEEPEST:
        raise _not_grey(file, f"{image.mode}, with values up to {int(array.max())}")
    if array.size and array.dtype.kind == "i" and int(array.min()) < 0:
        raise _not_grey(file, f"{image.mode}, with negative values")
    return array.astype(np.uint16)


def _text(image: Image.Image) -> str | None:
    if image.format == "PNG":
        text = image.info.get(TEXT_KEY)
    else:
        text = getattr(image, "tag_v2", {}).get(DESCRIPTION_TAG)
    return text if isinstance(text, str) and text.lstrip().startswith("{") else None


def _pixel_um(image: Image.Image) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    if not isinstance(dpi, tuple) or len(dpi) != 2 or not all(float(value) > 0 for value in dpi):
        return None
    return 25400 / float(dpi[0]), 25400 / float(dpi[1])
