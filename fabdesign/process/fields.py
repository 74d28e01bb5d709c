"""Writing fields: the layer in blocks of pixels that a machine reaches without moving the stage."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fabdesign.errors import ConfigError
from fabdesign.process import Profile

PM_PER_UM = 1_000_000


@dataclass(frozen=True)
class Field:
    """A block of pixels and the stage position of its middle.

    Attributes:
        row: place of the field in the grid of fields, along y.
        column: place of the field in the grid of fields, along x.
        y: first and one-past-last row of pixels.
        x: first and one-past-last column of pixels.
        centre_pm: (x, y) of its middle in the frame of the layer, to the picometre below.
    """

    row: int
    column: int
    y: tuple[int, int]
    x: tuple[int, int]
    centre_pm: tuple[int, int]


def field_side_um(profile: Profile) -> float | None:
    """Side of the largest square in the writing field, µm; None where the profile has no field.

    >>> from fabdesign.process import load_profile
    >>> round(field_side_um(load_profile("2pp-63x-ip-dip")), 3)
    141.421
    """
    size = profile.field.size_um
    if size is None:
        return None
    return size.value / math.sqrt(2) if profile.field.shape == "circle" else size.value


def split_fields(pixels: tuple[int, int], pitch_pm: int, side_um: float | None) -> list[Field]:
    """Divide a layer into the fewest fields of nearly equal size, cut on pixel boundaries.

    Args:
        pixels: (ny, nx).
        pitch_pm: side of a pixel.
        side_um: largest side of a field; None for one field.

    Returns:
        the fields, row by row.

    Raises:
        ConfigError: a field is smaller than a pixel.

    >>> [field.x for field in split_fields((2, 5), 1_000_000, 3.0)]
    [(0, 2), (2, 5)]
    """
    most = max(pixels) if side_um is None else int(side_um * PM_PER_UM / pitch_pm + 1e-9)
    if most < 1:
        raise ConfigError(
            f"A writing field of {side_um:g} um holds no pixel of {pitch_pm / PM_PER_UM:g} um.",
            hint="Give the field's size in the profile (field.size_um) or with the option field_um.",
        )
    rows, columns = _cuts(pixels[0], most), _cuts(pixels[1], most)
    return [
        Field(i, j, y, x, (_middle(x, pixels[1], pitch_pm), _middle(y, pixels[0], pitch_pm)))
        for i, y in enumerate(rows)
        for j, x in enumerate(columns)
    ]


def _cuts(count: int, most: int) -> list[tuple[int, int]]:
    parts = -(-count // most)
    return [(k * count // parts, (k + 1) * count // parts) for k in range(parts)]


def _middle(span: tuple[int, int], count: int, pitch_pm: int) -> int:
    return (span[0] + span[1] - count) * pitch_pm // 2
