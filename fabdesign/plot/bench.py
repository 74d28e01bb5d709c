"""The way of the light from the side: planes, gaps and bases to scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fabdesign.plot.figure import new_figure, styled

_SOLID = "#9fc3d8"


@dataclass(frozen=True)
class Piece:
    """One piece of the way of the light.

    Args:
        from_um: where it begins, along the light.
        to_um: where it ends.
        solid: whether it is material, not a gap.
    """

    from_um: float
    to_um: float
    solid: bool


@styled
def draw_bench(
    pieces: Sequence[Piece], planes: Sequence[tuple[str, float]], *, width_um: float, title: str = ""
) -> Figure:
    """Draw a device from the side, the light going to the right, both axes to scale.

    Args:
        pieces: from the input plane to the detectors.
        planes: name and place of the input plane, each relief and the detector plane.
        width_um: of the layers.
        title: what stands above.
    """
    figure = new_figure(7.2, min(max(1.2 + 5.8 * width_um / planes[-1][1], 1.7), 3.6))
    axes = figure.add_subplot()
    half = width_um / 2
    for piece in pieces:
        if piece.solid:
            size_um = piece.to_um - piece.from_um
            axes.add_patch(Rectangle((piece.from_um, -half), size_um, width_um, facecolor=_SOLID, lw=0))
    for number, (name, z_um) in enumerate(planes):
        end = number in (0, len(planes) - 1)
        axes.plot([z_um, z_um], [-half, half], color="0.35" if end else "tab:red", linewidth=1.6)
        axes.annotate(
            f"{name}\n{z_um:g}", (z_um, half), xytext=(0, 3), textcoords="offset points", ha="center",
            fontsize=7,
        )  # fmt: skip
    axes.annotate("light", (0, 0), xytext=(-26, -3), textcoords="offset points", fontsize=8)
    length = planes[-1][1]
    axes.set_xlim(-0.06 * length, 1.04 * length)
    axes.set_ylim(-half * 1.1, half * 1.1)
    axes.set_aspect("equal" if length < 12 * width_um else "auto")
    axes.grid(False)
    axes.set_xlabel("z (µm)")
    axes.set_ylabel("x (µm)")
    axes.set_title(title, fontsize=9)
    return figure
