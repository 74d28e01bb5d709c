"""Cuts through the layers at places that matter: the tallest step, and where the worst finding lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.tolerance import Device
from fabdesign.check.tolerance.attribution import sliced_um
from fabdesign.plot import draw_cut
from fabdesign.report.blocks import Block, Gallery, Picture, Section, Text
from fabdesign.report.pictures import chart
from fabdesign.report.subject import Subject

Array = NDArray[np.float64]
REACH = 40
"""Pixels shown on either side of a place."""
MOST_CUTS = 12
_SAME_UM = 5e-4


@dataclass(frozen=True)
class Cut:
    """One line of pixels through a layer.

    Args:
        layer: which layer.
        axis: along x (a row) or along y (a column).
        line: number of the row or column.
        middle: pixel on the line that matters.
        why: what lies there.
    """

    layer: int
    axis: Literal["x", "y"]
    line: int
    middle: int
    why: str

    def of(self, stack: Array) -> Array:
        """The values on the line within reach of its place, from an array [layer, y, x]."""
        layer = stack[self.layer]
        line = layer[self.line] if self.axis == "x" else layer[:, self.line]
        return np.asarray(line[self.first : self.middle + REACH + 1])

    @property
    def first(self) -> int:
        """The first pixel shown."""
        return max(0, self.middle - REACH)


def cuts(subject: Subject) -> Section:
    """A picture of each cut: the design, the files, and what the slicer makes of it."""
    lines = dict(_lines(subject))
    chosen = [*_at_findings(subject), *_at_steps(lines["design"])]
    blocks: list[Block] = [Gallery([_picture(subject, cut, lines) for cut in chosen[:MOST_CUTS]])]
    if len(chosen) > MOST_CUTS:
        blocks.append(Text(f"{MOST_CUTS} of {len(chosen)} cuts are shown."))
    lead = (
        "Through the tallest step of each layer, and through the worst finding that has a place. Heights are "
        f"drawn larger than widths. {_slicing(subject, lines)}"
    )
    return Section("cuts", "Cuts through the relief", blocks, lead)


def _lines(subject: Subject) -> Iterator[tuple[str, Array]]:
    """The heights to draw by name, the design's first; further ones only where they differ from it."""
    design = subject.design.height_um()
    yield "design", design
    if subject.read_from is not None and _differ(subject.height_um, design):
        yield "files", subject.height_um
    sliced = None if subject.profile is None else sliced_um(Device(subject.design, subject.profile))
    if sliced is not None and _differ(sliced, design):
        yield "as sliced", sliced


def _slicing(subject: Subject, lines: dict[str, Array]) -> str:
    slice_um = None if subject.profile is None else subject.profile.axial.slice_um
    told = "" if subject.read_from is None or "files" in lines else "The files have the same heights. "
    if slice_um is None:
        return told
    change = "changes the heights" if "as sliced" in lines else "leaves the heights as they are"
    return f"{told}Slicing every {1000 * slice_um.value:g} nm ({slice_um.mark}) {change}."


def _differ(first: Array, second: Array) -> bool:
    return bool(np.isnan(first).any() or np.abs(first - second).max() > _SAME_UM)


def _at_findings(subject: Subject) -> Iterator[Cut]:
    """The first place of the worst finding of each layer."""
    done = set()
    for one in subject.checked.findings:
        for place in one.places[:1]:
            layer = one.layer if place.layer is None else place.layer
            if layer is None or layer in done or place.pixel is None:
                continue
            row, column = place.pixel
            if row < subject.design.pixels[0] and column < subject.design.pixels[1]:
                done.add(layer)
                yield Cut(layer, "x", row, column, f"finding {one.id}")


def _at_steps(heights: Array) -> Iterator[Cut]:
    """The tallest step between two neighbours of each layer."""
    for layer, one in enumerate(heights):
        along_x, along_y = np.abs(np.diff(one, axis=1)), np.abs(np.diff(one, axis=0))
        tallest_x, tallest_y = along_x.max(initial=0.0), along_y.max(initial=0.0)
        why = f"tallest step, {1000 * max(tallest_x, tallest_y):.4g} nm"
        if tallest_x >= tallest_y:
            row, column = _most_central(along_x)
            yield Cut(layer, "x", row, column, why)
        else:
            row, column = _most_central(along_y)
            yield Cut(layer, "y", column, row, why)


def _most_central(steps: Array) -> tuple[int, int]:
    """Of the places with the tallest step, the one nearest to the middle of the layer."""
    if not steps.size:
        return 0, 0
    places = np.argwhere(steps >= steps.max() - _SAME_UM)
    distance = np.abs(places - (np.array(steps.shape) - 1) / 2).sum(axis=1)
    row, column = places[int(distance.argmin())].tolist()
    return row, column


def _picture(subject: Subject, cut: Cut, lines: dict[str, Array]) -> Picture:
    pitch_um = subject.design.physical.pitch_um
    ny, nx = subject.design.pixels
    along, across = (nx, ny) if cut.axis == "x" else (ny, nx)
    values = {name: cut.of(heights) for name, heights in lines.items()}
    edges = (np.arange(len(values["design"]) + 1) + cut.first - along / 2) * pitch_um
    at_um = (cut.line - (across - 1) / 2) * pitch_um
    mark_um = (cut.middle + (1 if cut.why.startswith("tallest") else 0.5) - along / 2) * pitch_um
    other = "y" if cut.axis == "x" else "x"
    title = f"layer {cut.layer}, {other} = {at_um:g} µm: {cut.why}"
    figure = draw_cut(edges, values, along=cut.axis, mark_um=mark_um, title=title)
    return chart(figure, f"Heights along {cut.axis} in {title}.")
