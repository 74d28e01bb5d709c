"""Light in the detector plane, with the detectors on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled


@dataclass(frozen=True)
class Region:
    """A detector.

    Args:
        label: its name.
        centre_um: its middle, x and y.
        size_um: its width and depth.
    """

    label: str
    centre_um: tuple[float, float]
    size_um: tuple[float, float]


@styled
def draw_detector_plane(
    objects: ArrayLike,
    intensities: ArrayLike,
    regions: Sequence[Region],
    *,
    size_um: tuple[float, float],
    captions: Sequence[str],
    marked: Sequence[int],
) -> Figure:
    """Draw examples as columns: the object above, the light in the detector plane below.

    Args:
        objects: [example, h, w], row 0 at the top.
        intensities: [example, y, x], row 0 with the smallest y; each is drawn from 0 to its 99.5 % quantile.
        regions: the detectors.
        size_um: width and depth of the plane that is shown.
        captions: one for each example.
        marked: which detector speaks for the right answer of each example.
    """
    pictures, light = np.asarray(objects), np.asarray(intensities)
    count = len(light)
    figure = new_figure(2.05 * count + 0.3, 4.1)
    grid = figure.subplots(2, count, squeeze=False, height_ratios=[1, 1.9])
    half = (size_um[0] / 2, size_um[1] / 2)
    for column in range(count):
        above, below = grid[0, column], grid[1, column]
        above.imshow(pictures[column], cmap="gray", origin="upper")
        bright = float(np.quantile(light[column], 0.995)) or 1.0
        extent = (-half[0], half[0], -half[1], half[1])
        below.imshow(light[column], cmap="inferno", vmin=0, vmax=bright, origin="lower", extent=extent)
        for number, region in enumerate(regions):
            (x_um, y_um), (width_um, depth_um) = region.centre_um, region.size_um
            left, bottom = x_um - width_um / 2, y_um - depth_um / 2
            colour, line = ("#39e75f", 1.8) if number == marked[column] else ("white", 0.7)
            below.add_patch(
                Rectangle((left, bottom), width_um, depth_um, fill=False, edgecolor=colour, linewidth=line)
            )
            below.annotate(
                region.label,
                (left, bottom + depth_um),
                xytext=(1, 1),
                textcoords="offset points",
                fontsize=5,
                color="white",
            )
        for axes in (above, below):
            axes.grid(False)
            axes.set_xticks([])
            axes.set_yticks([])
        below.set_xlabel(captions[column], fontsize=8)
    grid[0, 0].set_ylabel("object", fontsize=8)
    grid[1, 0].set_ylabel("light at the detectors", fontsize=8)
    return figure
