"""Resin must be able to leave: every cavity is flooded from outside through openings of a stated width.

Over a storey lies one cavity, up to the bottom of the next. The storey is a height field, so each of its
hollows opens upwards into the level above everything but its posts. It is enough to flood that level: in the
plane, with a square as wide as the opening has to be.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from fabdesign.errors import ConfigError
from fabdesign.relief.assembly.storey import Mask, Storey
from fabdesign.relief.relief import PM_PER_UM


def refuse_trapped(storey: Storey, pitch_pm: int, drain_pm: int) -> None:
    """Refuse a storey whose cavity does not drain.

    Args:
        storey: a storey that carries another.
        pitch_pm: side of a pixel.
        drain_pm: the narrowest opening, across and in height.

    Raises:
        ConfigError: the cavity is too low, or some of it is cut off by openings narrower than that.
    """
    ceiling = int(storey.top_pm[storey.posts].max())
    high = ceiling - int(storey.top_pm[~storey.posts].max(initial=storey.bottom_pm))
    if high < drain_pm:
        raise ConfigError(
            f"A cavity must be open over {drain_pm / PM_PER_UM:g} um of its height for resin to leave it; "
            f"one of {(ceiling - storey.bottom_pm) / PM_PER_UM:g} um leaves {high / PM_PER_UM:g} um.",
            hint="Lower the frame (-o frame_um=…), enlarge the gap, or accept less (-o drain_um=…).",
        )
    width = -(-drain_pm // pitch_pm)
    trapped = ~storey.posts & ~flooded(~storey.posts, width)
    if trapped.any():
        i, j = (int(index[0]) for index in np.nonzero(trapped))
        raise ConfigError(
            f"Resin must leave every cavity through openings of at least {drain_pm / PM_PER_UM:g} um; it "
            f"cannot leave {np.count_nonzero(trapped)} pixels below {ceiling / PM_PER_UM:g} um, first "
            f"row {i}, column {j}.",
            hint="Use fewer or thinner posts (-o post_um=…), or accept narrower ones (-o drain_um=…).",
        )


def flooded(empty: Mask, width: int) -> Mask:
    """What a square reaches from outside through empty pixels, moving along the pixels.

    Args:
        empty: bool [y, x], pixels without material; all is empty around them.
        width: side of the square in pixels.

    >>> room = np.array([[1, 1, 1], [1, 0, 1], [0, 0, 1]], bool)
    >>> flooded(room, 1).astype(int).tolist() == room.astype(int).tolist()
    True
    """
    padded = np.pad(empty, width, constant_values=True)
    fits = _count(padded, width) == width * width
    pieces, _ = ndimage.label(fits)
    reached = pieces == pieces[0, 0]
    covered = _count(np.pad(reached, width - 1), width) > 0
    return np.asarray(covered[width:-width, width:-width])


def _count(mask: Mask, width: int) -> NDArray[np.int64]:
    """How many pixels are set in each square of a mask."""
    total = np.pad(mask.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    found: NDArray[np.int64] = (
        total[width:, width:] - total[:-width, width:] - total[width:, :-width] + total[:-width, :-width]
    )
    return found
