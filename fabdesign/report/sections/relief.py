"""The relief as a solid to turn around: heights of every layer, thinned out where there are too many."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.plot import phase_colours
from fabdesign.report.blocks import Section, Viewer
from fabdesign.report.subject import Subject

MOST_CELLS = 192
"""Columns on one side of a view; more pixels are thinned out."""
CLOSE_CELLS = 96
"""Columns on one side of the close view of a layer that had to be thinned out."""
MOST_VALUES = 1_000_000
"""Columns of all views together, 2 bytes each."""
HOLE = 0xFFFF
"""Stands for a pixel without material."""
_COLOURS = 64


def relief(subject: Subject) -> Section:
    """A view of each layer; large layers also get a close view of their middle with every pixel."""
    heights = subject.height_um
    tallest_um = float(np.nanmax(heights)) or 1.0
    scene = {
        "views": list(_views(heights, subject.design.physical.pitch_um, tallest_um)),
        "tallest_um": tallest_um,
        "colours": _colours(subject, tallest_um),
    }
    lead = (
        f"{subject.shown} The base is not drawn. Light comes from below. Drag to turn, or use the arrow "
        "keys; + and − change the size."
    )
    return Section("relief", "The relief", [Viewer(scene)], lead)


def _views(heights_um: NDArray[np.float64], pitch_um: float, tallest_um: float) -> Iterator[dict[str, Any]]:
    layers, ny, nx = heights_um.shape
    side = min(MOST_CELLS, int((MOST_VALUES / layers) ** 0.5))
    every = -(-max(ny, nx) // side)
    for layer, one in enumerate(heights_um):
        name = f"layer {layer}" + (f", one of {every} × {every} pixels" if every > 1 else "")
        view = _view(name, one[every // 2 :: every, every // 2 :: every], pitch_um * every, tallest_um)
        yield {**view, "size_um": [nx * pitch_um, ny * pitch_um]}
    if every > 1 and layers * CLOSE_CELLS**2 <= MOST_VALUES:
        middle = tuple(slice(max(0, (n - CLOSE_CELLS) // 2), (n + CLOSE_CELLS) // 2) for n in (ny, nx))
        for layer, one in enumerate(heights_um):
            yield _view(f"layer {layer}, its middle with every pixel", one[middle], pitch_um, tallest_um)


def _view(name: str, heights_um: NDArray[np.float64], cell_um: float, tallest_um: float) -> dict[str, Any]:
    ny, nx = heights_um.shape
    size_um = [nx * cell_um, ny * cell_um]
    data = _packed(heights_um, tallest_um)
    return {"name": name, "nx": nx, "ny": ny, "cell_um": cell_um, "size_um": size_um, "data": data}


def _packed(heights_um: NDArray[np.float64], tallest_um: float) -> str:
    """Heights as 16-bit little-endian shares of the tallest, row by row from the smallest y, in base 64."""
    share = np.nan_to_num(np.clip(heights_um, 0, None)) / tallest_um
    whole = np.where(np.isnan(heights_um), HOLE, np.rint(share * (HOLE - 1)))
    return base64.b64encode(whole.astype("<u2").tobytes()).decode("ascii")


def _colours(subject: Subject, tallest_um: float) -> list[list[int]]:
    """The colour of the phase at evenly spaced heights from 0 to the tallest, RGB."""
    heights = np.linspace(0, tallest_um, _COLOURS)[None, None]
    rgb = phase_colours(subject.design.phase_rad(heights))[0, 0, :, :3]
    return [[int(value) for value in row] for row in np.rint(255 * rgb)]
