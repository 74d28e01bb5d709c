"""Cuts through a relief: steps of height along one line of pixels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled

_LINES = ("-", "--", ":")


@styled
def draw_cut(
    edge_um: ArrayLike,
    height_um: Mapping[str, ArrayLike],
    *,
    along: str,
    mark_um: float | None = None,
    title: str = "",
) -> Figure:
    """Draw heights along one line of pixels, filled below the first.

    Args:
        edge_um: [m + 1] where the pixels begin and end.
        height_um: [m] heights for each name; a missing height leaves a gap.
        along: the axis of the line, ``"x"`` or ``"y"``.
        mark_um: a place to point at.
        title: what stands above.
    """
    edges = np.asarray(edge_um, dtype=np.float64)
    figure = new_figure(5.85, 2.1)
    axes = figure.add_subplot()
    for number, (name, values) in enumerate(height_um.items()):
        heights = np.asarray(values, dtype=np.float64) * 1000
        if number == 0:
            axes.stairs(np.nan_to_num(heights), edges, fill=True, color="#7aa6c2", alpha=0.5)
        axes.stairs(
            heights, edges, baseline=None, label=name, linestyle=_LINES[number % 3], color=f"C{number}"
        )
    if mark_um is not None:
        axes.axvline(mark_um, color="tab:red", linewidth=1, linestyle=":")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"{along} (µm)")
    axes.set_ylabel("relief (nm)")
    axes.set_title(title, fontsize=9, loc="left")
    if len(height_um) > 1:
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), fontsize=7, ncols=3)
    return figure
