"""Findings on the map of their layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled
from fabdesign.plot.layers import furnish, level_bar, level_image

MOST_PIXELS = 512
"""Layers with more pixels on a side are drawn from every second, third, … pixel."""
_SIGNS = "osD^vPX*<>h"
_FEW = 40
"""More marks than these are drawn small."""
_COLOURS = {"error": "#ff2d2d", "warning": "#ffb000", "note": "#00b7ff"}


@dataclass(frozen=True)
class Marks:
    """The places of one finding.

    Args:
        name: what the legend says.
        severity: ``error``, ``warning`` or ``note``, which decides the colour.
        x_um: [m] where.
        y_um: [m] where.
    """

    name: str
    severity: str
    x_um: Sequence[float]
    y_um: Sequence[float]


def drawn_every(pixels: tuple[int, int]) -> int:
    """Every how many pixels a map is drawn.

    >>> drawn_every((48, 48)), drawn_every((1000, 1000))
    (1, 2)
    """
    return -(-max(pixels) // MOST_PIXELS)


@styled
def draw_places(
    levels: ArrayLike,
    phase_of_level_rad: ArrayLike,
    marks: Sequence[Marks],
    *,
    pitch_um: float,
    title: str = "",
) -> Figure:
    """Draw one layer of levels with findings marked on it.

    Args:
        levels: [y, x] level of each pixel; row 0 has the smallest y and is drawn at the bottom.
        phase_of_level_rad: [n] phase of each level.
        marks: what was found where; none for the map alone.
        pitch_um: edge of a pixel.
        title: what stands above.
    """
    layer, phases = np.asarray(levels), np.asarray(phase_of_level_rad)
    figure = new_figure(3.8, 3.3 + 0.18 * len(marks))
    axes = figure.add_subplot()
    every = drawn_every((layer.shape[0], layer.shape[1]))
    extent_um = (layer.shape[1] * pitch_um, layer.shape[0] * pitch_um)
    picture = level_image(axes, layer[::every, ::every], phases, pitch_um, extent_um)
    level_bar(figure, picture, [axes], phases)
    furnish(axes, layer.shape, pitch_um, title)
    for sign, mark in zip(_SIGNS * (1 + len(marks) // len(_SIGNS)), marks, strict=False):
        _mark(axes, mark, sign)
    if marks:
        figure.legend(loc="outside lower left", fontsize=7)
    return figure


def _mark(axes: Axes, mark: Marks, sign: str) -> None:
    """Large open signs with a white rim where there are few, small ones where there are many."""
    few = len(mark.x_um) <= _FEW
    size, line = (42, 1.4) if few else (9, 0.7)
    colour = _COLOURS.get(mark.severity, "black")
    if few:
        axes.scatter(mark.x_um, mark.y_um, s=size, marker=sign, c="none", linewidths=2.6, edgecolors="white")
    drawn = axes.scatter(mark.x_um, mark.y_um, s=size, marker=sign, c="none", linewidths=line)
    drawn.set(edgecolors=colour, label=mark.name)
