"""The picture that a beam shaper shall draw: from a file, or an array of spots."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fabdesign.config import Project
from fabdesign.design import TargetImageReadout
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.units import format_length

MOST_SIDE = 4096
"""Pictures with a longer side are refused before their pixels are read."""


def target_readout(project: Project) -> TargetImageReadout:
    """Return the read-out of a beam shaper: its target and where it lies.

    Args:
        project: of the kind beam-shaping.

    Raises:
        ConfigError: the target is black or larger than the layers.
        FileFormatError: the picture cannot be read.
    """
    task = project.task
    side_um = task.output_pixel_um or project.optics.pitch_um
    if task.spots is not None and task.spot_pitch_um is not None:
        target = spot_array(task.spots, round(task.spot_pitch_um / side_um))
    else:
        target = read_picture(Path(str(task.target)))
    _check(project, target, side_um)
    return TargetImageReadout(
        pixels=(target.shape[0], target.shape[1]),
        pixel_um=side_um,
        target=base64.b64encode(target.tobytes()).decode(),
    )


def spot_array(spots: tuple[int, int], every: int) -> NDArray[np.uint8]:
    """Return white pixels in rows and columns, ``every`` pixels apart, with half a step around them.

    Args:
        spots: rows and columns of spots.
        every: pixels from one spot to the next.

    >>> spot_array((1, 2), 3).tolist()
    [[0, 0, 0, 0, 0, 0], [0, 255, 0, 0, 255, 0], [0, 0, 0, 0, 0, 0]]
    """
    target = np.zeros((spots[0] * every, spots[1] * every), dtype=np.uint8)
    target[every // 2 :: every, every // 2 :: every] = 255
    return target


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture as grey values, uint8 [h, w] with row 0 at the top.

    Raises:
        FileFormatError: it is missing, damaged, too large or of another kind.
    """
    try:
        with Image.open(path, formats=["PNG"]) as image:
            if max(image.size) > MOST_SIDE:
                raise FileFormatError(
                    f"{path} must be at most {MOST_SIDE} pixels wide and high; got {image.size}."
                )
            return np.asarray(image.convert("L"), dtype=np.uint8)
    except FileNotFoundError:
        raise FileFormatError(f"{path} does not exist.", hint="Check task.target.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise FileFormatError(f"{path} cannot be read as a PNG picture: {error}.") from None


def _check(project: Project, target: NDArray[np.uint8], side_um: float) -> None:
    if not target.any():
        raise ConfigError("task.target must have at least one pixel that is not black.")
    for axis, count, pixels in zip("yx", target.shape, project.optics.pixels, strict=True):
        span_um, room_um = count * side_um, pixels * project.optics.pitch_um
        if span_um > room_um * (1 + 1e-9):
            raise ConfigError(
                f"the target must fit on the layers: {count} pixels in {axis} span {format_length(span_um)}, "
                f"and optics.pixels × optics.pitch is {format_length(room_um)}.",
                hint="Make task.output_pixel smaller, or use more layer pixels.",
            )
