"""The refractive index of materials over the wavelength."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from fabdesign.plot.figure import new_figure, styled


@dataclass(frozen=True)
class Curve:
    """The index of one material where it is known.

    Attributes:
        name: what the legend says.
        wavelength_um: [m] vacuum wavelengths.
        index: [m] refractive indices.
    """

    name: str
    wavelength_um: ArrayLike
    index: ArrayLike


@styled
def draw_dispersion(curves: Sequence[Curve], *, mark_um: float | None = None) -> Figure:
    """Draw n(λ), each curve over its own range only.

    Args:
        curves: one for each material.
        mark_um: a vacuum wavelength to mark.
    """
    figure = new_figure(6.4, 4.0)
    axes = figure.add_subplot()
    for curve in curves:
        axes.plot(curve.wavelength_um, curve.index, label=curve.name)
    if mark_um is not None:
        axes.axvline(mark_um, color="0.4", linestyle="--", linewidth=1)
    axes.set_xlabel("vacuum wavelength (µm)")
    axes.set_ylabel("refractive index n")
    axes.legend()
    return figure
