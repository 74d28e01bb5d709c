"""What the manifest says of a geometry file: unit, box and counts, from its bytes or its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from fabdesign.export.bundle.content import Exported, Package
from fabdesign.formats.stl import HEADER_BYTES

_STL_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_BATCH = 1 << 18
_LEFT_OUT = ("file", "files", "bytes", "sha256", "levels", "layer", "box_um")

Box = dict[str, list[float]]


def layer_facts(package: Package, exported: Exported, layer: int, path: Path) -> dict[str, Any]:
    """What is known of the file that holds a layer.

    Args:
        package: what the package is made from.
        exported: the format.
        layer: index of the layer in the report.
        path: the file.

    Returns:
        unit, box in µm, and the report of the exporter; plain JSON.
    """
    report = exported.layers[layer]
    return {
        "layer": layer,
        "unit": exported.result.report.get("unit", "um"),
        "box_um": box_um(package, report, path),
        "facts": {key: value for key, value in report.items() if key not in _LEFT_OUT},
    }


def assembly_facts(exported: Exported) -> dict[str, Any]:
    """What is known of the one file that holds all layers; its lowest point is z = 0."""
    report = exported.result.report
    x, y, z = report["geometry"]["size_um"]
    return {
        "layers": list(range(len(exported.layers))),
        "unit": report["unit"],
        "box_um": {"minimum": [-x / 2, -y / 2, 0.0], "maximum": [x / 2, y / 2, z]},
        "facts": {
            **{key: value for key, value in report["solid"].items() if key not in _LEFT_OUT},
            "assembly": report["assembly"],
            "geometry": report["geometry"],
        },
    }


def box_um(package: Package, report: dict[str, Any], path: Path) -> Box:
    """The box of a file: as its exporter reports it, else of an STL's corners, else of the layer's pixels."""
    if "box_um" in report:
        return dict(report["box_um"])
    if path.suffix == ".stl":
        return stl_box_um(path)
    width_um, depth_um = package.size_um()
    return {"minimum": [-width_um / 2, -depth_um / 2], "maximum": [width_um / 2, depth_um / 2]}


def stl_box_um(path: Path) -> Box:
    """The box of all corners of a binary STL, in bounded memory."""
    low, high = np.full(3, np.inf, np.float32), np.full(3, -np.inf, np.float32)
    with path.open("rb") as stream:
        stream.seek(HEADER_BYTES + 4)
        while batch := stream.read(_BATCH * _STL_RECORD.itemsize):
            corners = np.frombuffer(batch, _STL_RECORD)["corners"].reshape(-1, 3)
            low, high = np.minimum(low, corners.min(axis=0)), np.maximum(high, corners.max(axis=0))
    return {"minimum": low.astype(float).tolist(), "maximum": high.astype(float).tolist()}
