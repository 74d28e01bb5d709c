"""Figures without global state: every picture is drawn with the same style and the same bytes everywhere."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fabdesign.errors import ConfigError

PictureFormat = Literal["png", "svg", "pdf"]
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_STYLE: Any = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "figure.dpi": 120,
    "font.size": 9,
    "grid.alpha": 0.3,
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "fabdesign",
}
_NO_CLOCK: dict[PictureFormat, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house's style, whatever the user's matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def styled(draw: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a function draw in the house's style."""

    @functools.wraps(draw)
    def inner(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with house_style():
            return draw(*args, **kwargs)

    return inner


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return an empty figure that belongs to no window and no pyplot."""
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


@styled
def render(figure: Figure, picture_format: PictureFormat = "png") -> bytes:
    """Turn a figure into the bytes of a file; the same figure gives the same bytes, with no date inside.

    Args:
        figure: what one of the ``draw_`` functions returned.
        picture_format: png, svg or pdf.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format=picture_format, metadata=_NO_CLOCK[picture_format])
    return buffer.getvalue()


def picture_format_of(path: str | Path) -> PictureFormat:
    """Tell the picture format from a file name.

    Raises:
        ConfigError: the name does not end in .png, .svg or .pdf.

    >>> picture_format_of("levels.png")
    'png'
    """
    match Path(path).suffix.lower():
        case ".png":
            return "png"
        case ".svg":
            return "svg"
        case ".pdf":
            return "pdf"
        case _:
            raise ConfigError(f"a picture must be named *.png, *.svg or *.pdf; got {path}.")
