"""Polygons as gdstk reads them, and phases by pads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import gdstk
import numpy as np

from fabdesign.check.circuit.extract import Extracted, extract
from fabdesign.check.circuit.heaters import FoundHeater
from fabdesign.process.photonic import Photonic

MASKS = ("waveguide", "heater", "via", "metal", "pad")


def recognised(path: Path, process: Photonic) -> Extracted:
    """The circuit in a GDSII file, from polygons that gdstk has read."""
    library = gdstk.read_gds(str(path))
    [cell] = library.top_level()
    per_unit = library.unit / library.precision
    masks = {
        mask: [
            np.rint(polygon.points * per_unit).astype(np.int64)
            for polygon in cell.polygons
            if (polygon.layer, polygon.datatype) == (int(getattr(process, mask).layer.value), 0)
        ]
        for mask in MASKS
    }
    return extract(masks, process, library.precision * 1e6)


def phases_of(path: Path, process: Photonic) -> Callable[[FoundHeater], float]:
    """The phase of a heater in the netlist, by the two pads that it was found to reach."""
    record = json.loads(path.with_name(f"{path.stem}-gds-netlist.json").read_text())
    inside = process.pad.inside_um.value * np.array([-1, -1, 1, 1])
    number = {tuple(np.round(pad["box_um"], 3)): pad["number"] for pad in record["pads"]}
    phase = {tuple(heater["pads"]): float(heater["phase_rad"]) for heater in record["heaters"]}

    def of(heater: FoundHeater) -> float:
        boxes = [tuple(np.round(np.array(box) * 1e-3 + inside, 3)) for [box] in heater.pads]
        return phase[number[boxes[0]], number[boxes[1]]]

    return of
