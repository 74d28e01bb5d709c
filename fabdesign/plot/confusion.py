"""Confusion matrices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled


@styled
def draw_confusion(counts: ArrayLike, labels: Sequence[str], *, title: str = "") -> Figure:
    """Draw how often each class was taken for each other; the colour is the share within the true class.

    Args:
        counts: [true, predicted] number of samples.
        labels: name of each class.
        title: what stands above.
    """
    matrix = np.asarray(counts)
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    side = 1.8 + 0.36 * len(labels)
    figure = new_figure(side + 0.8, side)
    axes = figure.add_subplot()
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, label="share of the true class", shrink=0.85)
    for (row, column), count in np.ndenumerate(matrix):
        if count:
            colour = "white" if share[row, column] > 0.5 else "black"
            axes.text(column, row, f"{count:g}", ha="center", va="center", color=colour, fontsize=7)
    axes.grid(False)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    axes.set_title(title)
    return figure


@styled
def draw_confusions(counts: Mapping[str, ArrayLike], *, title: str = "") -> Figure:
    """Draw several confusion matrices without numbers, all in the same colours.

    Args:
        counts: [true, predicted] number of samples for each name.
        title: what stands above.
    """
    columns = min(len(counts), 4)
    rows = math.ceil(len(counts) / columns)
    figure = new_figure(2.1 * columns + 0.8, 2.2 * rows + 0.3)
    figure.suptitle(title, fontsize=9)
    panels = []
    for place, (name, matrix) in enumerate(counts.items()):
        share = np.asarray(matrix) / np.maximum(np.asarray(matrix).sum(axis=1, keepdims=True), 1)
        axes = figure.add_subplot(rows, columns, place + 1)
        image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
        axes.grid(False)
        axes.set_title(f"{name}: {np.trace(np.asarray(matrix)) / np.sum(matrix):.1%}", fontsize=8)
        axes.set_xticks([])
        axes.set_yticks([])
        panels.append(axes)
    figure.colorbar(image, ax=panels, label="share of the true class (rows)", shrink=0.8)
    return figure
