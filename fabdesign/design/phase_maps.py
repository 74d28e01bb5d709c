"""Reading phase maps that people already have: NumPy arrays and grey PNG images."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fabdesign.errors import ConfigError, FileFormatError

Origin = Literal["upper", "lower"]
_GREY_MODES = {"L": 255, "I;16": 65535, "I;16B": 65535, "I;16L": 65535}
_UNSIGNED = {"uint8": 255, "uint16": 65535}


def read_phase_maps(
    paths: Sequence[Path],
    *,
    key: str | None = None,
    full_scale_rad: float | None = None,
    origin: Origin | None = None,
) -> NDArray[np.float64]:
    """Read the phase of one or more layers; several files are stacked in the order given.

    Float arrays hold radians, complex arrays a transmission whose angle counts. In images, and in unsigned
    integer arrays when a full scale is given, white (255 or 65535) stands for the full scale.

    Args:
        paths: ``.npy``, ``.npz`` or ``.png`` files; arrays may be [y, x] or [layer, y, x].
        key: which array of an ``.npz``; needed only where there are several.
        full_scale_rad: phase of white; 2π for images unless given.
        origin: where row 0 lies: ``"lower"`` is the smallest y (default for arrays), ``"upper"`` the largest
            (default for images).

    Returns:
        float64 [layer, y, x] in rad as they came, not wrapped, row 0 with the smallest y.

    Raises:
        ConfigError: a shape, a number type or a value cannot be a phase map.
        FileFormatError: a file is missing, damaged or of another kind.
    """
    layers = [_read_one(path, key, full_scale_rad, origin) for path in paths]
    shapes = {layer.shape[1:] for layer in layers}
    if len(shapes) > 1:
        raise ConfigError(f"all phase maps must have one size; got {', '.join(map(str, sorted(shapes)))}.")
    return np.concatenate(layers)


def _read_one(
    path: Path, key: str | None, full_scale_rad: float | None, origin: Origin | None
) -> NDArray[np.float64]:
    if path.suffix.lower() == ".png":
        phase = _read_png(path) * (full_scale_rad or 2 * math.pi)
        upper = origin != "lower"
    else:
        phase = _radians(_read_array(path, key), path, full_scale_rad)
        upper = origin == "upper"
    if phase.ndim == 2:
        phase = phase[None]
    if phase.ndim != 3 or 0 in phase.shape:
        raise ConfigError(f"{path} must be [y, x] or [layer, y, x] and not empty; got {list(phase.shape)}.")
    if not np.isfinite(phase).all():
        raise ConfigError(
            f"{path} must hold finite phases; {int((~np.isfinite(phase)).sum())} are NaN or infinite."
        )
    return phase[:, ::-1] if upper else phase


def _radians(array: NDArray[Any], path: Path, full_scale_rad: float | None) -> NDArray[np.float64]:
    if np.iscomplexobj(array):
        return np.where(np.isfinite(array), np.angle(array), np.nan).astype(np.float64)
    if array.dtype.name in _UNSIGNED and full_scale_rad is not None:
        return array / _UNSIGNED[array.dtype.name] * full_scale_rad
    if not np.issubdtype(array.dtype, np.floating):
        raise ConfigError(
            f"{path} must hold floats in radians or a complex transmission; got {array.dtype}.",
            hint='For grey values in uint8 or uint16 say what white means: --full-scale "2 pi".',
        )
    return array.astype(np.float64)


def _read_array(path: Path, key: str | None) -> NDArray[Any]:
    if path.suffix.lower() not in (".npy", ".npz"):
        raise FileFormatError(f"{path} must be an .npy, .npz or .png file.")
    try:
        loaded = np.load(path, allow_pickle=False)
        return loaded if isinstance(loaded, np.ndarray) else _member(loaded, path, key)
    except FileNotFoundError:
        raise FileFormatError(f"{path} does not exist.", hint="Check the path.") from None
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise FileFormatError(f"{path} cannot be read as a NumPy file: {error}.") from None


def _member(archive: np.lib.npyio.NpzFile, path: Path, key: str | None) -> NDArray[Any]:
    with archive:
        names = archive.files
        if key is None and len(names) == 1:
            key = names[0]
        if key not in names:
            raise ConfigError(
                f"{path} holds the arrays {', '.join(names) or '(none)'}; got --key {key}."
                if key
                else f"{path} holds {len(names)} arrays; one has to be chosen.",
                hint=f"Choose with --key: {', '.join(names)}.",
            )
        return np.asarray(archive[key])


def _read_png(path: Path) -> NDArray[np.float64]:
    try:
        with Image.open(path, formats=["PNG"]) as image:
            white = _GREY_MODES.get(image.mode)
            if white is None:
                raise ConfigError(
                    f"{path} must be an 8- or 16-bit grey image; its mode is {image.mode}.",
                    hint="Convert it to grey first, so that every pixel has one value.",
                )
            return np.asarray(image).astype(np.float64) / white
    except FileNotFoundError:
        raise FileFormatError(f"{path} does not exist.", hint="Check the path.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise FileFormatError(f"{path} cannot be read as a PNG image: {error}.") from None
