"""Groups of bars: one group for each number of levels, one bar for each method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from fabdesign.plot.figure import new_figure, styled


@styled
def draw_bars(
    groups: Sequence[str],
    bars: Mapping[str, Sequence[tuple[float, float]]],
    *,
    ylabel: str = "",
    line: tuple[str, float] | None = None,
    title: str = "",
) -> Figure:
    """Draw grouped bars with error bars.

    Args:
        groups: name of each group.
        bars: for each label, height and half length of the error bar in every group; NaN where there is none.
        ylabel: what is drawn.
        line: name and height of a dashed line across, such as a full-precision reference.
        title: what stands above.
    """
    figure = new_figure(2.4 + 0.24 * len(groups) * len(bars), 3.4)
    axes = figure.add_subplot()
    width = 0.84 / max(len(bars), 1)
    colours = mpl.colormaps["tab20"](np.arange(len(bars)) % 20)
    for place, ((label, values), colour) in enumerate(zip(bars.items(), colours, strict=True)):
        heights = np.array([value[0] for value in values])
        errors = np.nan_to_num(np.array([value[1] for value in values]))
        at = np.arange(len(groups)) + (place - (len(bars) - 1) / 2) * width
        axes.bar(
            at, heights, width, yerr=errors, color=colour, label=label, capsize=1.5, error_kw={"lw": 0.8}
        )
    if line is not None:
        axes.axhline(line[1], color="0.3", linestyle="--", linewidth=1, label=line[0])
    axes.set_xticks(range(len(groups)), groups)
    axes.set_ylabel(ylabel)
    axes.set_title(title)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7)
    return figure
