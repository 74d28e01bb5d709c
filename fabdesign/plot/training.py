"""How training went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled


@styled
def draw_training(
    step: ArrayLike, series: Mapping[str, ArrayLike], *, logarithmic: Sequence[str] = (), title: str = ""
) -> Figure:
    """Draw curves over the training steps, one panel for each, below one another.

    Args:
        step: [m] step numbers.
        series: name and [m] values of each curve; NaN where a value was not taken.
        logarithmic: names of the curves that get a logarithmic axis.
        title: what stands above.
    """
    figure = new_figure(6.4, 0.6 + 1.7 * len(series))
    figure.suptitle(title)
    steps = np.asarray(step, dtype=np.float64)
    panels = figure.subplots(len(series), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (name, values) in zip(panels, series.items(), strict=True):
        curve = np.asarray(values, dtype=np.float64)
        known = np.isfinite(curve)
        axes.plot(steps[known], curve[known], marker="." if known.sum() < 40 else None, linewidth=1.2)
        axes.set_ylabel(name)
        if name in logarithmic:
            axes.set_yscale("log")
    panels[-1].set_xlabel("step")
    return figure
