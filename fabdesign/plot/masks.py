"""Masks of a chip as a picture: polygons in the colour of their mask, later masks above earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from fabdesign.plot.figure import new_figure, styled

Box = tuple[float, float, float, float]
Polygons = Mapping[str, Sequence[NDArray[Any]]]

_COLOURS = ("#0072b2", "#d55e00", "#000000", "#e6a817", "#999999", "#cc79a7", "#009e73")
_LINE = 0.5
"""Width of outlines in points, so that a waveguide is seen on a whole chip."""


@styled
def draw_masks(
    polygons_um: Polygons, *, box_um: Box, title: str = "", details: Sequence[tuple[str, Box]] = ()
) -> Figure:
    """Draw masks, and below them some places at a larger scale.

    Args:
        polygons_um: corners of the polygons of each mask, [n, 2] each, in the order in which they are made.
        box_um: what is shown, (x0, y0, x1, y1).
        title: what stands above.
        details: names of places and their boxes.
    """
    width, height = box_um[2] - box_um[0], box_um[3] - box_um[1]
    tall = min(8.0, 0.5 + 9.0 * height / width)
    figure = new_figure(9.0, tall + (2.4 if details else 0.0))
    grid = figure.add_gridspec(
        2 if details else 1, max(1, len(details)), height_ratios=[tall, 2.4][: 1 + bool(details)]
    )
    whole = figure.add_subplot(grid[0, :])
    _fill(whole, polygons_um, box_um)
    whole.set_title(title, loc="left", fontsize=9)
    handles = [Patch(color=_colour(at), label=name) for at, name in enumerate(polygons_um)]
    whole.legend(
        handles=handles, fontsize=7, ncols=len(handles), loc="lower right", bbox_to_anchor=(1.0, 1.0)
    )
    for at, (name, place_um) in enumerate(details):
        axes = figure.add_subplot(grid[1, at])
        _fill(axes, polygons_um, place_um)
        axes.set_title(name, fontsize=8)
        x0, y0, x1, y1 = place_um
        whole.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, linewidth=0.8, color="#009e73"))
    return figure


def _fill(axes: Axes, polygons_um: Polygons, box_um: Box) -> None:
    for at, shapes in enumerate(polygons_um.values()):
        near = [points for points in shapes if _meets(points, box_um)]
        colour = _colour(at)
        axes.add_collection(
            PolyCollection(near, facecolors=colour, edgecolors=colour, linewidths=_LINE, alpha=0.7)
        )
    x0, y0, x1, y1 = box_um
    axes.set(xlim=(x0, x1), ylim=(y0, y1), aspect="equal", xlabel="x / µm", ylabel="y / µm")
    axes.grid(visible=False)


def _meets(points: NDArray[Any], box: Box) -> bool:
    low, high = points.min(axis=0), points.max(axis=0)
    return bool(low[0] <= box[2] and high[0] >= box[0] and low[1] <= box[3] and high[1] >= box[1])


def _colour(at: int) -> str:
    return _COLOURS[at % len(_COLOURS)]
