"""Maps of layers as seen from +z: row 0 below, y upwards, with a scale bar and an F that must read right."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from fabdesign.plot.figure import new_figure, styled

_TURN_RAD = 2 * np.pi
_CYCLIC = "twilight"
_ABOVE_THE_BAR = 20
"""Points between a map and its title, which leave room for the scale bar and the F."""


def phase_colours(phase_rad: ArrayLike) -> NDArray[np.float64]:
    """Return the cyclic colour of each phase, RGBA in 0..1: equal for phases a full turn apart."""
    turns = np.mod(np.asarray(phase_rad, dtype=np.float64), _TURN_RAD) / _TURN_RAD
    return np.asarray(mpl.colormaps[_CYCLIC](turns))


@styled
def draw_level_map(
    levels: ArrayLike, phase_of_level_rad: ArrayLike, *, pitch_um: float, title: str = ""
) -> Figure:
    """Draw one layer of integer levels, each in the colour of its phase.

    Args:
        levels: [y, x] level of each pixel; row 0 has the smallest y and is drawn at the bottom.
        phase_of_level_rad: [n] phase of each level.
        pitch_um: edge of a pixel.
        title: what stands above.
    """
    figure = new_figure(5.0, 4.6)
    axes = figure.add_subplot()
    image = level_image(axes, np.asarray(levels), np.asarray(phase_of_level_rad), pitch_um)
    level_bar(figure, image, [axes], np.asarray(phase_of_level_rad))
    furnish(axes, np.asarray(levels).shape, pitch_um, title)
    return figure


@styled
def draw_phase_map(phase_rad: ArrayLike, *, pitch_um: float, title: str = "") -> Figure:
    """Draw one layer of continuous phase, modulo 2π.

    Args:
        phase_rad: [y, x] phase of each pixel; row 0 has the smallest y and is drawn at the bottom.
        pitch_um: edge of a pixel.
        title: what stands above.
    """
    figure = new_figure(5.0, 4.6)
    axes = figure.add_subplot()
    wrapped = np.mod(np.asarray(phase_rad, dtype=np.float64), _TURN_RAD)
    image = axes.imshow(
        wrapped, cmap=_CYCLIC, vmin=0, vmax=_TURN_RAD, origin="lower", extent=_extent(wrapped.shape, pitch_um)
    )
    bar = figure.colorbar(image, ax=axes, label="phase (rad)", shrink=0.85)
    bar.set_ticks([k * np.pi / 2 for k in range(5)], labels=["0", "π/2", "π", "3π/2", "2π"])
    furnish(axes, wrapped.shape, pitch_um, title)
    return figure


@styled
def draw_level_maps(
    levels: ArrayLike, phase_of_level_rad: ArrayLike, *, pitch_um: float, titles: Sequence[str] | None = None
) -> Figure:
    """Draw all layers of a design side by side, the one that light meets first at the upper left.

    Args:
        levels: [layer, y, x] level of each pixel.
        phase_of_level_rad: [layer, n] or [n] phase of each level; the colour bar is that of layer 0.
        pitch_um: edge of a pixel.
        titles: one for each layer.
    """
    stack = np.asarray(levels)
    phases = np.broadcast_to(phase_of_level_rad, (len(stack), np.shape(phase_of_level_rad)[-1]))
    columns = math.ceil(math.sqrt(len(stack)))
    rows = math.ceil(len(stack) / columns)
    figure = new_figure(2.9 * columns + 0.9, 3.0 * rows)
    maps: list[Axes] = []
    for layer, one in enumerate(stack):
        axes = figure.add_subplot(rows, columns, layer + 1)
        image = level_image(axes, one, phases[layer], pitch_um)
        furnish(axes, one.shape, pitch_um, titles[layer] if titles else f"layer {layer}", labels=False)
        if not maps:
            first = image
        maps.append(axes)
    level_bar(figure, first, maps, phases[0])
    return figure


def scale_bar_um(width_um: float) -> float:
    """Return a round length of 1, 2 or 5 times a power of ten, at most a quarter of the width.

    >>> scale_bar_um(96.0), scale_bar_um(4000.0)
    (20.0, 1000.0)
    """
    decade = 10.0 ** math.floor(math.log10(width_um / 4))
    return max(step * decade for step in (1, 2, 5) if step * decade <= width_um / 4)


def level_image(
    axes: Axes,
    levels: np.ndarray,
    phase_rad: np.ndarray,
    pitch_um: float,
    size_um: tuple[float, float] | None = None,
) -> AxesImage:
    """Add levels in the colours of their phases, over a given size where some are left out."""
    width_um, depth_um = size_um or (levels.shape[1] * pitch_um, levels.shape[0] * pitch_um)
    colours = ListedColormap(phase_colours(phase_rad))
    norm = BoundaryNorm(np.arange(len(phase_rad) + 1) - 0.5, len(phase_rad))
    half_x, half_y = width_um / 2, depth_um / 2
    return axes.imshow(
        levels, cmap=colours, norm=norm, origin="lower", extent=(-half_x, half_x, -half_y, half_y)
    )


def level_bar(figure: Figure, image: AxesImage, maps: list[Axes], phase_rad: np.ndarray) -> None:
    """Add a bar that names levels and phases beside some maps."""
    bar = figure.colorbar(image, ax=maps, label="level: phase (rad)", shrink=0.85)
    every = max(1, math.ceil(len(phase_rad) / 16))
    shown = range(0, len(phase_rad), every)
    bar.set_ticks(list(shown), labels=[f"{k}: {phase_rad[k]:.2f}" for k in shown])
    bar.minorticks_off()


def _extent(shape: tuple[int, ...], pitch_um: float) -> tuple[float, float, float, float]:
    half_x, half_y = shape[1] * pitch_um / 2, shape[0] * pitch_um / 2
    return -half_x, half_x, -half_y, half_y


def furnish(axes: Axes, shape: tuple[int, ...], pitch_um: float, title: str, *, labels: bool = True) -> None:
    """Add title, axes in um, a scale bar, and an F that a mirrored picture shows mirrored."""
    axes.grid(False)
    axes.set_title(title, fontsize=9, pad=_ABOVE_THE_BAR if labels else None)
    axes.set_anchor("C")
    if labels:
        axes.set_xlabel("x (µm)")
        axes.set_ylabel("y (µm)")
    else:
        axes.set_xticks([])
        axes.set_yticks([])
    length = scale_bar_um(shape[1] * pitch_um)
    share = length / (shape[1] * pitch_um)
    bar = Rectangle((1 - share, 1.012), share, 0.014, transform=axes.transAxes, color="black", clip_on=False)
    axes.add_patch(bar)
    axes.text(
        1 - share, 1.035, f"{length:g} µm", transform=axes.transAxes, ha="left", va="bottom", fontsize=7
    )
    axes.text(0, 1.012, "F", transform=axes.transAxes, ha="left", va="bottom", fontsize=9, fontweight="bold")
