"""The two tables of a package: what each file shows of which layer, and what each level is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from fabdesign.export.bundle.content import Exported, Package
from fabdesign.export.grey.sigma import height_sigma_nm
from fabdesign.export.grey.table import cell
from fabdesign.export.masks.layer_table import MaskRow

_MASK_FIELDS = tuple(field.name for field in fields(MaskRow) if field.name not in ("file", "optical_layer"))
LAYER_FIELDS = ("format", "file", "optical_layer", "unit", "width_um", "depth_um", *_MASK_FIELDS)
ORIENTATION = "seen from the relief side (from +z): x to the right, y upwards"


def layers_csv(package: Package) -> bytes:
    """One line for each layer of each format, and one for each mask where a layer has several."""
    rows = [row for exported in package.exported for row in layer_rows(package, exported)]
    return _csv(LAYER_FIELDS, ([row.get(name) for name in LAYER_FIELDS] for row in rows))


def layer_rows(package: Package, exported: Exported) -> Iterator[dict[str, Any]]:
    """The lines of one format, by the names of `LAYER_FIELDS`."""
    width_um, depth_um = package.size_um()
    masks = _mask_rows(exported)
    for layer in range(len(exported.layers)):
        shared = {
            "format": exported.format,
            "file": exported.layer_file(layer),
            "optical_layer": layer,
            "unit": exported.result.report.get("unit", "um"),
            "width_um": width_um,
            "depth_um": depth_um,
            "orientation": ORIENTATION,
        }
        own = [row for row in masks if row["optical_layer"] == str(layer)]
        yield from ({**row, **shared, "orientation": row["orientation"]} for row in own)
        if not own:
            yield shared


def level_rows(package: Package) -> Iterator[dict[str, Any]]:
    """Each level of each layer: height, phase, share of the area, and its value in each grey format."""
    design = package.design
    pixels = design.pixels[0] * design.pixels[1]
    for layer, heights_um in enumerate(design.height_of_level_um):
        counts = np.bincount(design.levels[layer].ravel(), minlength=len(heights_um)).tolist()
        phases = design.phase_rad(heights_um).tolist()
        for level, height_um in enumerate(heights_um.tolist()):
            yield {
                "layer": layer,
                "level": level,
                "height_nm": round(height_um * 1e3, 6),
                "phase_rad": phases[level],
                "sigma_nm": height_sigma_nm(height_um, package.profile),
                "pixels": counts[level],
                "area_fraction": counts[level] / pixels,
                **_greys(package.exported, layer, level),
            }


def levels_csv(package: Package) -> bytes:
    """The table of levels as CSV with a line of titles."""
    rows = list(level_rows(package))
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return _csv(names, ([row.get(name) for name in names] for row in rows))


def _greys(exported: Sequence[Exported], layer: int, level: int) -> dict[str, Any]:
    """Value, height made and dose of a level, named after each grey format that draws it."""
    found: dict[str, Any] = {}
    for each in exported:
        entries = each.layers[layer].get("levels", ()) if layer < len(each.layers) else ()
        for entry in entries:
            if entry.get("level") == level and "value" in entry:
                grey = {"value": entry["value"], "made_nm": entry["made_nm"]}
                dose = entry.get("dose_percent")
                grey |= {} if dose is None else {"dose_percent": dose}
                found |= {f"{each.format}_{name}": value for name, value in grey.items()}
    return found


def _mask_rows(exported: Exported) -> list[dict[str, str]]:
    """The layer table that a mask format has written."""
    table = exported.result.report.get("layer_table")
    if table is None:
        return []
    with (exported.folder / str(table)).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _csv(titles: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8")
