"""How much of each layer lies at each height."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled
from fabdesign.plot.layers import phase_colours

_COLUMNS = 3


@styled
def draw_level_histograms(
    shares: ArrayLike, height_um: ArrayLike, phase_rad: ArrayLike, *, titles: Sequence[str]
) -> Figure:
    """Draw the share of the area at each level, one panel for each layer, in the colours of the phases.

    Args:
        shares: [layer, level] share of the area, 0 to 1.
        height_um: [layer, level] heights.
        phase_rad: [layer, level] phases.
        titles: one for each layer.
    """
    share, heights, phases = (np.asarray(values) for values in (shares, height_um, phase_rad))
    columns = min(_COLUMNS, len(share))
    rows = math.ceil(len(share) / columns)
    figure = new_figure(2.6 * columns + 0.4, 1.7 * rows + 0.5)
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    for layer, axes in enumerate(panels[: len(share)]):
        place = np.arange(share.shape[1])
        axes.bar(
            place, 100 * share[layer], width=0.9, color=phase_colours(phases[layer]), edgecolor="0.3", lw=0.5
        )
        every = max(1, math.ceil(len(place) / 8))
        axes.set_xticks(place[::every], [f"{height * 1000:.0f}" for height in heights[layer][::every]])
        axes.tick_params(axis="x", labelsize=7)
        axes.set_title(titles[layer], fontsize=9)
    for axes in panels[len(share) :]:
        axes.set_axis_off()
    figure.supxlabel("relief height (nm)", fontsize=9)
    figure.supylabel("share of the area (%)", fontsize=9)
    return figure
