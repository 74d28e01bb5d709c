"""A level table: heights as a staircase, phases on the circle."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled
from fabdesign.plot.layers import phase_colours


@styled
def draw_level_table(
    height_um: ArrayLike, phase_rad: ArrayLike, *, ideal_rad: ArrayLike | None = None, title: str = ""
) -> Figure:
    """Draw the heights of the levels and where their phases lie on the circle.

    Args:
        height_um: [n] relief heights.
        phase_rad: [n] phases, drawn modulo 2π.
        ideal_rad: [n] phases to compare with, drawn as open circles.
        title: what stands above.
    """
    figure = new_figure(7.2, 3.4)
    figure.suptitle(title)
    _staircase(figure.add_subplot(1, 2, 1), np.asarray(height_um), np.asarray(phase_rad))
    circle = figure.add_subplot(1, 2, 2, projection="polar")
    assert isinstance(circle, PolarAxes)
    _circle(circle, np.asarray(phase_rad), None if ideal_rad is None else np.asarray(ideal_rad))
    return figure


def _staircase(axes: Axes, height_um: np.ndarray, phase_rad: np.ndarray) -> None:
    levels = np.arange(len(height_um))
    axes.bar(
        levels, height_um * 1000, width=0.9, color=phase_colours(phase_rad), edgecolor="0.3", linewidth=0.5
    )
    axes.set_xlabel("level")
    axes.set_ylabel("relief height (nm)")
    if len(levels) <= 16:
        axes.set_xticks(levels)


def _circle(axes: PolarAxes, phase_rad: np.ndarray, ideal_rad: np.ndarray | None) -> None:
    if ideal_rad is not None:
        axes.plot(ideal_rad, np.full(len(ideal_rad), 1.0), "o", mfc="none", mec="0.5", label="2πk/n")
    axes.scatter(
        phase_rad, np.full(len(phase_rad), 1.0), c=phase_colours(phase_rad), s=22, edgecolors="0.2", zorder=3
    )
    axes.set_ylim(0, 1.15)
    axes.set_yticks([])
    axes.set_xticks(np.arange(4) * np.pi / 2, ["0", "π/2", "π", "3π/2"])
    axes.set_title("phase", fontsize=9)
    if ideal_rad is not None:
        axes.legend(loc="center")
