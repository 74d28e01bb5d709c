"""Seen from above: the aperture, the clearance around it, and the ring that carries frame and posts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fabdesign.errors import ConfigError
from fabdesign.relief.assembly.storey import Mask
from fabdesign.relief.relief import PM_PER_UM

_INSET = 1
"""Posts stand this many pixels inside the edge, so that the bottom that they carry has them as holes."""


def most_pixels(aperture: tuple[int, int]) -> int:
    """How many pixels a plate around an aperture may have, so that it can be read back in bounded memory.

    >>> most_pixels((48, 48)), most_pixels((2000, 2000))
    (1048576, 36000000)
    """
    return max(1 << 20, 9 * aperture[0] * aperture[1])


@dataclass(frozen=True)
class Outline:
    """A layer's plate on the pixel lattice; all lengths in pixels.

    Args:
        aperture: pixels of the layer as (ny, nx).
        clearance: from the aperture to the ring.
        ring: width of the ring.

    Raises:
        ConfigError: the plate has more than `most_pixels`.
    """

    aperture: tuple[int, int]
    clearance: int
    ring: int

    def __post_init__(self) -> None:
        ny, nx = self.shape
        if ny * nx > most_pixels(self.aperture):
            raise ConfigError(
                f"A plate around {self.aperture[1]} x {self.aperture[0]} pixels may have at most "
                f"{most_pixels(self.aperture)} of them; with clearance and frame it has {nx} x {ny}.",
                hint="State a smaller clearance or thinner posts: -o clearance_um=20, say.",
            )

    @property
    def margin(self) -> int:
        """From the aperture to the edge of the plate."""
        return self.clearance + self.ring

    @property
    def shape(self) -> tuple[int, int]:
        """Pixels of the plate as (ny, nx)."""
        return self.aperture[0] + 2 * self.margin, self.aperture[1] + 2 * self.margin

    @property
    def window(self) -> tuple[slice, slice]:
        """Where the aperture lies on the plate."""
        ny, nx = self.aperture
        return slice(self.margin, self.margin + ny), slice(self.margin, self.margin + nx)

    def ring_mask(self) -> Mask:
        """The ring, bool [y, x]."""
        mask = np.ones(self.shape, dtype=np.bool_)
        mask[self.ring : -self.ring, self.ring : -self.ring] = False
        return mask

    def posts(self, width: int, span: float) -> Mask:
        """Square posts along the ring, in its corners and between them: no farther apart than `span`.

        Args:
            width: side of a post; the ring is one pixel wider.
            span: the widest opening between two of them.
        """
        mask = np.zeros(self.shape, dtype=np.bool_)
        rows, columns = (post_places(length, width, span) for length in self.shape)
        for i in rows:
            for j in columns:
                if i in (rows[0], rows[-1]) or j in (columns[0], columns[-1]):
                    mask[i : i + width, j : j + width] = True
        return mask


def post_places(length: int, width: int, span: float) -> list[int]:
    """First pixels of posts along a side, the same way from both ends where the numbers allow it.

    >>> post_places(20, 3, 100.0), post_places(20, 3, 7.0)
    ([1, 16], [1, 8, 16])
    """
    room = length - 2 * _INSET
    count = max(2, math.ceil((room + span) / (width + span) - 1e-9))
    places = np.linspace(_INSET, length - _INSET - width, count)
    return [int(place) for place in np.floor(places + 1e-9)]


def openings(length: int, width: int, span: float) -> list[int]:
    """Openings between the posts along a side, in pixels.

    >>> openings(20, 3, 7.0)
    [4, 5]
    """
    return [int(step) - width for step in np.diff(post_places(length, width, span))]


def in_pixels(length_um: float, pitch_pm: int, *, least: int = 0) -> int:
    """A length rounded up to whole pixels.

    Raises:
        ConfigError: it would take more than 20,000 of them.

    >>> in_pixels(20.3, 1_500_000)
    14
    """
    pixels = max(least, math.ceil(length_um * PM_PER_UM / pitch_pm - 1e-6))
    if pixels > 20_000:
        raise ConfigError(
            f"At most 20000 pixels of {pitch_pm / PM_PER_UM:g} um may lie beside an aperture; "
            f"{length_um:.6g} um are {pixels} of them.",
            hint="State a smaller clearance: -o clearance_um=20, say.",
        )
    return pixels
