"""The eight ways a square grid can lie: which of them, and of which layer, does a file show?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NO_MATCH = 0.5
_TIE = 1e-9

AS_DESIGNED = "as designed"

ORIENTATIONS: Mapping[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    AS_DESIGNED: lambda a: a,
    "mirrored in x": lambda a: a[:, ::-1],
    "mirrored in y": lambda a: a[::-1],
    "rotated by 180°": lambda a: a[::-1, ::-1],
    "rotated by 90°": lambda a: np.rot90(a, -1),
    "rotated by 270°": lambda a: np.rot90(a, 1),
    "mirrored in the diagonal": lambda a: a.T,
    "mirrored in the other diagonal": lambda a: a[::-1, ::-1].T,
}
"""What happened to a layer [y, x], row 0 at the smallest y; rotations are counterclockwise seen from +z."""


@dataclass(frozen=True)
class Match:
    """The layer and the orientation that explain a height map best.

    Args:
        layer: index of the layer.
        orientation: a key of `ORIENTATIONS`.
        unexplained: share of the variance that they leave, 0 to 1.
        inverted: heights fall where the design's rise.
    """

    layer: int
    orientation: str
    unexplained: float
    inverted: bool

    @property
    def found(self) -> bool:
        """Whether this is more than chance."""
        return self.unexplained < _NO_MATCH


def best_match(seen_um: Floats, layers_um: Floats, expected: int) -> Match:
    """Find what explains a height map best, whatever its offset and scale.

    Args:
        seen_um: [y, x] heights from a file; NaN where there is no material.
        layers_um: [layer, y, x] heights of the design.
        expected: the layer it should be; it wins every tie, as designed.
    """
    seen = _centred(seen_um)
    order = [expected, *(layer for layer in range(len(layers_um)) if layer != expected)]
    best = _compare(seen, layers_um[expected], expected, AS_DESIGNED)
    for layer in order:
        for orientation in ORIENTATIONS:
            if best.unexplained <= _TIE:
                return best
            match = _compare(seen, layers_um[layer], layer, orientation)
            if not match.inverted and match.unexplained < best.unexplained - _TIE:
                best = match
    return best


def _compare(seen: Floats, layer_um: Floats, layer: int, orientation: str) -> Match:
    expected = _centred(ORIENTATIONS[orientation](layer_um))
    if expected.shape != seen.shape:
        return Match(layer, orientation, 1.0, False)
    seen_power, expected_power = float((seen**2).sum()), float((expected**2).sum())
    if min(seen_power, expected_power) == 0:
        return Match(layer, orientation, float(seen_power != expected_power), False)
    product = float((seen * expected).sum())
    unexplained = 1 - product**2 / (seen_power * expected_power)
    return Match(layer, orientation, max(unexplained, 0.0), product < 0)


def _centred(height_um: Floats) -> Floats:
    """Heights less their mean; holes and differences below a picometre count as flat."""
    if np.nanmax(height_um) - np.nanmin(height_um) < 1e-6 * (1 + np.nanmax(np.abs(height_um))):
        return np.zeros_like(height_um)
    return np.nan_to_num(height_um - np.nanmean(height_um))
