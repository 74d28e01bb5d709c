"""Pictures beside each other: what went in, what came out, and what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled


@dataclass(frozen=True)
class Row:
    """One kind of picture for all examples.

    Args:
        name: what stands at its left.
        pictures: [example, y, x], row 0 at the top.
        unit: of the values, for the colour bar.
        low: value of the darkest colour.
        high: value of the brightest colour.
        error: whether the values are differences, drawn in a diverging colour map.
    """

    name: str
    pictures: ArrayLike
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    error: bool = False


@styled
def draw_examples(rows: Sequence[Row], *, captions: Sequence[str] = (), title: str = "") -> Figure:
    """Draw examples as columns, one row for each kind of picture, with a colour bar for each row.

    Args:
        rows: equally many pictures in each.
        captions: one for each column.
        title: what stands above.
    """
    columns = len(np.asarray(rows[0].pictures))
    figure = new_figure(1.35 * columns + 1.4, 1.45 * len(rows) + 0.4)
    figure.suptitle(title, fontsize=9)
    grid = figure.subplots(len(rows), columns, squeeze=False)
    for line, row in zip(grid, rows, strict=True):
        for axes, picture in zip(line, np.asarray(row.pictures), strict=True):
            image = axes.imshow(
                picture, cmap="RdBu" if row.error else "viridis", vmin=row.low, vmax=row.high, origin="upper"
            )
            axes.grid(False)
            axes.set_xticks([])
            axes.set_yticks([])
        line[0].set_ylabel(row.name)
        figure.colorbar(image, ax=list(line), label=row.unit, shrink=0.85)
    for axes, caption in zip(grid[-1], captions, strict=False):
        axes.set_xlabel(caption, fontsize=8)
    return figure
