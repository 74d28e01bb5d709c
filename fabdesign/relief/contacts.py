"""The one place that decides what happens where pixels touch only along a vertical edge.

Where two diagonal pixels stand higher than the other two, the exact solid has an edge with four faces, which
no 2-manifold has and which slicers join wrongly. The upper end of that corner of the *lower* of the two high
pixels is pulled into the pixel by a small eps in x and in y; of two equally high ones, that of the row with
the smaller y.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

LOWER_LEFT, LOWER_RIGHT, UPPER_LEFT, UPPER_RIGHT = 1, 2, 3, 4
"""Where a pixel lies, seen from a corner of the pixel lattice; 0 stands for no pixel."""

MIRROR = np.array([0, LOWER_LEFT, UPPER_LEFT, LOWER_RIGHT, UPPER_RIGHT], dtype=np.uint8)
"""What each code becomes when x and y are exchanged."""

PULL_X = np.array([0, -1, 1, -1, 1], dtype=np.int8)
"""Direction in x from a corner into the pixel of each code."""
PULL_Y = np.array([0, -1, -1, 1, 1], dtype=np.int8)
"""Direction in y from a corner into the pixel of each code."""

_EPS_PER_PITCH = 1024
_LARGEST_EPS_PER_PITCH = 50
_SPACINGS = 8


def find_contacts(rank: NDArray[np.uint16]) -> tuple[NDArray[np.uint8], int, int]:
    """Find the pixel whose corner gives way at each lattice corner.

    Args:
        rank: height ranks [ny + 2, nx + 2] with a border of zeros.

    Returns:
        codes uint8 [ny + 1, nx + 1] (0 where there is no diagonal contact), their number, and how many of
        them are between equally high pixels.

    >>> codes, contacts, tied = find_contacts(np.array(
    ...     [[0, 0, 0, 0], [0, 2, 1, 0], [0, 1, 3, 0], [0, 0, 0, 0]], dtype=np.uint16))
    >>> int(codes[1, 1]) == LOWER_LEFT, contacts, tied
    (True, 1, 0)
    """
    ll, lr, ul, ur = rank[:-1, :-1], rank[:-1, 1:], rank[1:, :-1], rank[1:, 1:]
    codes = np.zeros(ll.shape, dtype=np.uint8)
    rising = np.minimum(ll, ur) > np.maximum(lr, ul)
    falling = np.minimum(lr, ul) > np.maximum(ll, ur)
    codes[rising & (ll <= ur)] = LOWER_LEFT
    codes[rising & (ll > ur)] = UPPER_RIGHT
    codes[falling & (lr <= ul)] = LOWER_RIGHT
    codes[falling & (lr > ul)] = UPPER_LEFT
    tied = int(np.count_nonzero(rising & (ll == ur)) + np.count_nonzero(falling & (lr == ul)))
    return codes, int(np.count_nonzero(codes)), tied


def choose_eps_pm(pitch_pm: int, largest_um: float) -> int:
    """Choose how far a corner is pulled in: pitch/1024, or 8 float32 spacings if that is more.

    Args:
        pitch_pm: side of a pixel in pm.
        largest_um: largest lateral coordinate in the file, in µm.

    Raises:
        ConfigError: float32 is too coarse for pixels this small on a plate this large.

    >>> choose_eps_pm(1_024_000, 500.0)
    1000
    """
    spacing_pm = float(np.spacing(np.float32(largest_um))) * 1e6
    eps = max(-(-pitch_pm // _EPS_PER_PITCH), int(np.ceil(_SPACINGS * spacing_pm)))
    if eps * _LARGEST_EPS_PER_PITCH > pitch_pm:
        raise ConfigError(
            f"A pixel must be at least {_LARGEST_EPS_PER_PITCH * _SPACINGS} steps of a 32-bit number wide, "
            f"{_LARGEST_EPS_PER_PITCH * _SPACINGS * spacing_pm:.0f} pm on a plate that reaches "
            f"{largest_um:g} um; got {pitch_pm} pm.",
            hint="Split the plate into smaller ones.",
        )
    return eps


def mask_contacts(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The inner grid points of a mask where two set pixels meet in nothing but that point, [ny - 1, nx - 1].

    >>> mask_contacts(np.array([[1, 0], [0, 1]], dtype=bool)).tolist()
    [[True]]
    """
    a, b, c, d = mask[:-1, :-1], mask[:-1, 1:], mask[1:, :-1], mask[1:, 1:]
    touching: NDArray[np.bool_] = (a == d) & (b == c) & (a != b)
    return touching
