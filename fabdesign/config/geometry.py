"""Do the parts of a project fit together? Checks over several settings at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fabdesign.units import format_length

if TYPE_CHECKING:
    from fabdesign.config.models import Project

CLASSES = {"mnist-small": 10}
"""Detectors that each embedded data set needs; those of a user's data are counted when it is read."""


def detector_rows(count: int) -> tuple[int, ...]:
    """How many detectors stand in each row, smallest y first: three rows, the middle one the fullest.

    >>> detector_rows(10)
    (3, 4, 3)
    """
    outer = count // 3
    return tuple(row for row in (outer, count - 2 * outer, outer) if row)


def detector_centres_um(count: int, pitch_um: tuple[float, float]) -> list[tuple[float, float]]:
    """Centres (x, y) of the detectors, in the order of their labels: left to right, top row first.

    Args:
        count: number of detectors.
        pitch_um: distance (x, y) between neighbours, um.

    Returns:
        One (x, y) for each label; the whole pattern is centred on the optical axis.

    >>> detector_centres_um(10, (10.0, 20.0))[0]
    (-10.0, 20.0)
    """
    rows = detector_rows(count)
    return [
        ((column - (columns - 1) / 2) * pitch_um[0], ((len(rows) - 1) / 2 - row) * pitch_um[1])
        for row, columns in enumerate(rows)
        for column in range(columns)
    ]


def geometry_findings(project: Project) -> list[str]:
    """Sentences on what does not fit; empty when everything does."""
    return [*_object(project), *_base(project), *_detectors(project)]


def _object(project: Project) -> Iterator[str]:
    if project.task.kind == "beam-shaping":
        return
    if any(have > room for have, room in zip(project.task.object_pixels, project.optics.pixels, strict=True)):
        yield (
            f"task.object_pixels must fit in optics.pixels {list(project.optics.pixels)};"
            f" got {list(project.task.object_pixels)}."
        )


def _base(project: Project) -> Iterator[str]:
    base_um, substrate = project.process.base_um, project.process.substrate
    gaps_um = {"optics.input_gap": project.optics.input_gap_um}
    if project.optics.layers > 1:
        gaps_um["optics.gap"] = project.optics.gap_um
    for setting, gap_um in gaps_um.items():
        if base_um is not None and base_um >= gap_um:
            yield (
                f"process.base must be below {setting} ({format_length(gap_um)}), which contains it;"
                f" got {format_length(base_um)}."
            )
        elif substrate is not None and (base_um or 0.0) + substrate.thickness_um >= gap_um:
            also = f" with process.base ({format_length(base_um)})" if base_um else ""
            yield (
                f"process.substrate.thickness{also} must be below {setting} ({format_length(gap_um)}), which"
                f" contains it; got {format_length(substrate.thickness_um)}."
            )


def _detectors(project: Project) -> Iterator[str]:
    size_um, pitch_um = project.task.detector_size_um, project.task.detector_pitch_um
    if project.task.kind != "classify" or size_um is None or pitch_um is None:
        return
    for axis, size, pitch in zip("xy", size_um, pitch_um, strict=True):
        if size > pitch:
            yield (
                f"task.detector_size must not exceed task.detector_pitch in {axis}"
                f" ({format_length(pitch)}), or detectors overlap; got {format_length(size)}."
            )
    classes = CLASSES.get(project.task.dataset)
    if classes:
        count = 2 * classes if project.task.readout == "pairs" else classes
        yield from _aperture(project, count, size_um, pitch_um)


def _aperture(
    project: Project, count: int, size_um: tuple[float, float], pitch_um: tuple[float, float]
) -> Iterator[str]:
    rows = detector_rows(count)
    for i, (axis, side) in enumerate((("x", max(rows)), ("y", len(rows)))):
        span_um = (side - 1) * pitch_um[i] + size_um[i]
        room_um = project.optics.pixels[1 - i] * project.optics.pitch_um
        if span_um > room_um * (1 + 1e-12):
            yield (
                f"the {count} detectors must fit on the aperture: {side} in {axis} span"
                f" {format_length(span_um)}, and optics.pixels × optics.pitch is {format_length(room_um)};"
                " make task.detector_pitch or task.detector_size smaller."
            )
