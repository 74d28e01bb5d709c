"""What a network of interferometer meshes is: its matrices and its phases."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled

_COLUMNS = 3
_BINS = 32


@styled
def draw_matrices(matrices: Sequence[ArrayLike], *, titles: Sequence[str]) -> Figure:
    """Draw matrices in one diverging colour map, the first row at the top.

    Args:
        matrices: [row, column] each.
        titles: one for each.
    """
    values = [np.asarray(matrix) for matrix in matrices]
    largest = max(float(np.abs(value).max()) for value in values) or 1.0
    columns = min(_COLUMNS, len(values))
    rows = math.ceil(len(values) / columns)
    figure = new_figure(2.6 * columns + 0.8, 2.6 * rows + 0.2)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, value, title in zip(panels, values, titles, strict=False):
        image = axes.imshow(value, cmap="RdBu", vmin=-largest, vmax=largest, aspect="auto")
        axes.grid(False)
        axes.set_title(title, fontsize=9)
    for axes in panels[len(values) :]:
        axes.set_axis_off()
    figure.colorbar(image, ax=list(panels), shrink=0.8, label="weight")
    return figure


@styled
def draw_phase_histogram(groups: Mapping[str, ArrayLike]) -> Figure:
    """Draw how many phases lie at each angle from 0 to 2π, groups on top of one another.

    Args:
        groups: [m] phases in rad for each name.
    """
    figure = new_figure(6.4, 3.0)
    axes = figure.add_subplot()
    edges = np.linspace(0, 2 * math.pi, _BINS + 1)
    values = [np.mod(np.asarray(phases), 2 * math.pi) for phases in groups.values()]
    axes.hist(values, bins=edges.tolist(), stacked=True, label=list(groups))
    axes.set_xticks([k * math.pi / 2 for k in range(5)], ["0", "π/2", "π", "3π/2", "2π"])
    axes.set_xlabel("phase (rad)")
    axes.set_ylabel("devices")
    axes.legend()
    return figure
