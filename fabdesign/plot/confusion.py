"""Confusion matrices."""

from __future__ import annotations

from collections.abc import Sequence

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
