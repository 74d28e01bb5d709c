"""Figures as pictures inside the page."""

from __future__ import annotations

import base64
from typing import Literal

from matplotlib.figure import Figure

from fabdesign.plot import render
from fabdesign.report.blocks import Picture

_TYPES: dict[Literal["png", "svg"], str] = {"png": "image/png", "svg": "image/svg+xml"}
_PX_PER_INCH = 96


def chart(figure: Figure, alt: str, caption: str = "", *, true_colours: bool = False) -> Picture:
    """Lines and bars, as SVG.

    Args:
        figure: of `fabdesign.plot`.
        alt: what it shows.
        caption: what stands below.
        true_colours: whether the colours mean something, so that a dark page must not invert them.
    """
    look: Literal["chart", "map"] = "map" if true_colours else "chart"
    return Picture(_uri(figure, "svg"), alt, caption, _width_px(figure), look)


def image(figure: Figure, alt: str, caption: str = "") -> Picture:
    """Maps and photographs of light, as PNG; arguments as for `chart`."""
    return Picture(_uri(figure, "png"), alt, caption, _width_px(figure), "map")


def _uri(figure: Figure, form: Literal["png", "svg"]) -> str:
    data = base64.b64encode(render(figure, form)).decode("ascii")
    return f"data:{_TYPES[form]};base64,{data}"


def _width_px(figure: Figure) -> int:
    return round(figure.get_figwidth() * _PX_PER_INCH)
