"""The record of the design: the bench, how it was computed, and where it came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fabdesign.design import Physical
from fabdesign.report.blocks import Block, Cell, Listing, Section, Table, number, text
from fabdesign.report.subject import Subject


def record(subject: Subject) -> Section:
    """What an independent simulator needs, then settings and provenance as they are stored."""
    design = subject.design
    physical = design.physical
    blocks: list[Block] = []
    if physical.spaces:
        blocks.append(_bench(physical))
    if physical.detectors:
        blocks.append(_detectors(physical))
    config = design.provenance.get("config")
    blocks.append(Listing("Physical record (hashed)", _json(physical.to_json())))
    blocks.append(Listing("Settings of the computation (not hashed)", _json(dict(design.settings))))
    if isinstance(config, str):
        blocks.append(Listing("Project file", config))
    rest = {key: value for key, value in design.provenance.items() if key != "config"}
    blocks.append(Listing("Provenance (not hashed)", _json(rest)))
    return Section("record", "Record of the design", blocks)


def _bench(physical: Physical) -> Table:
    rows = [
        [Cell(str(place), place), text(what), number(thickness_um), number(index, ".6g"), number(z_um)]
        for place, (what, thickness_um, index, z_um) in enumerate(_slabs(physical))
    ]
    head = ("order", "what the light passes", "thickness (µm)", "index", "ends at z (µm)")
    return Table("The way of the light, from the input plane to the detectors", head, rows)


def _slabs(physical: Physical) -> Iterator[tuple[str, float, float, float]]:
    z_um, last = 0.0, len(physical.spaces) - 1
    for space, slabs in enumerate(physical.spaces):
        for slab in slabs:
            z_um += slab.thickness_um
            towards = "to the detectors" if space == last else f"to layer {space}"
            yield f"{slab.what} ({towards})", slab.thickness_um, slab.index, z_um


def _detectors(physical: Physical) -> Table:
    rows = [
        [text(one.label), *(number(value) for value in (*one.centre_um, *one.size_um))]
        for one in physical.detectors
    ]
    return Table("Detectors", ("label", "x (µm)", "y (µm)", "width (µm)", "depth (µm)"), rows)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
