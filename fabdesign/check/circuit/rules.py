"""The design rules of a photonic process, run by KLayout: width, space, overlap and enclosure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabdesign.export.circuit.shapes import DATA, MARKS, MASKS
from fabdesign.process.marked import Marked
from fabdesign.process.photonic import Photonic

_PLACES = 20
_SQUARE = 2
"""KLayout's way of growing boxes that keeps their corners square."""


@dataclass(frozen=True)
class Violation:
    """A rule that shapes break.

    Args:
        rule: ``"width"``, ``"space"``, ``"overlap"`` or ``"enclosure"``.
        mask: of the shapes.
        limit: the number of the process; None for an overlap.
        key: where it stands in the profile.
        count: how many places there are.
        places: the first few, (x, y) in database units.
    """

    rule: str
    mask: str
    limit: Marked | None
    key: str
    count: int
    places: tuple[tuple[float, float], ...]


def run_chip_rules(path: Path, process: Photonic) -> list[Violation]:
    """Hold the masks of a chip, and the marks written with them, against the rules of a process.

    Needs KLayout, which reads the file itself.

    Args:
        path: a GDSII or OASIS file of one cell.
        process: the rules.
    """
    from klayout import db  # noqa: PLC0415  (optional)

    layout = db.Layout()
    layout.read(str(path))
    return [*_single(db, layout, process), *_enclosures(db, layout, process)]


def _single(db: Any, layout: Any, process: Photonic) -> Iterator[Violation]:
    for mask in MASKS:
        section = getattr(process, mask)
        everything = _region(layout, db, _layer(process, mask), (DATA, MARKS)).merged()
        for rule, limit in (("width", section.min_width_um), ("space", section.min_space_um)):
            length = round(limit.value / layout.dbu)
            edges = everything.width_check(length) if rule == "width" else everything.space_check(length)
            places = [pair.bbox().center() for pair in edges.each()]
            yield from _violation(rule, mask, limit, f"photonic.{mask}.min_{rule}_um", places)
        overlaps = _region(layout, db, _layer(process, mask), (DATA,)).merged(False, 2)
        yield from _violation("overlap", mask, None, "", [shape.bbox().center() for shape in overlaps.each()])


def _enclosures(db: Any, layout: Any, process: Photonic) -> Iterator[Violation]:
    rules: Sequence[tuple[str, str, Marked, str]] = (
        ("via", "heater", process.heater.around_via_um, "heater.around_via_um"),
        ("via", "metal", process.metal.around_via_um, "metal.around_via_um"),
        ("pad", "metal", process.pad.inside_um, "pad.inside_um"),
    )
    for inner, outer, limit, key in rules:
        region = _region(layout, db, _layer(process, inner), (DATA,))
        grown = region.sized(round(limit.value / layout.dbu), _SQUARE)
        missing = grown - _region(layout, db, _layer(process, outer), (DATA,))
        places = [shape.bbox().center() for shape in missing.each()]
        yield from _violation("enclosure", inner, limit, f"photonic.{key}", places)


def _violation(
    rule: str, mask: str, limit: Marked | None, key: str, places: Sequence[Any]
) -> Iterator[Violation]:
    if places:
        first = tuple((float(place.x), float(place.y)) for place in places[:_PLACES])
        yield Violation(rule, mask, limit, key, len(places), first)


def _layer(process: Photonic, mask: str) -> int:
    return int(getattr(process, mask).layer.value)


def _region(layout: Any, db: Any, layer: int, datatypes: Sequence[int]) -> Any:
    region = db.Region()
    for datatype in datatypes:
        index = layout.find_layer(layer, datatype)
        if index is not None:
            region += db.Region(layout.top_cell().begin_shapes_rec(index))
    return region
