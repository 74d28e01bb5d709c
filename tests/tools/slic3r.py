"""Runs slic3r from Debian's packages, and measures the slices that it writes as SVG."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

SVG = "{http://www.w3.org/2000/svg}"
KIND = "{http://slic3r.org/namespaces/slic3r}type"

_SAID_ANYWAY = ("=> Processing triangulated mesh", "Exporting to ")


def run(*words: str) -> str:
    """What slic3r prints."""
    command = ["slic3r", "--no-gui", *words]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return answer.stdout + answer.stderr


def info(path: Path) -> dict[str, str]:
    """What slic3r says of a file; it names repairs that it had to make."""
    pairs = re.findall(r"^(\w+) *= *(\S+)$", run("--info", str(path)), re.MULTILINE)
    return dict(pairs)


def slice_areas(path: Path, *, layer_mm: int, scale: float, out: Path) -> tuple[np.ndarray, list[str]]:
    """Areas of all slices in mm² of the scaled solid, lowest first, and what slic3r complained of.

    Args:
        path: an STL or 3MF; slic3r takes its numbers for millimetres.
        layer_mm: distance of the slices, which lie in the middle of their layers.
        scale: factor for the whole solid, since slic3r rounds to a nanometre of its millimetres.
        out: the SVG to write.
    """
    height = str(layer_mm)
    said = run(
        "--export-svg", "--scale", str(scale), "--layer-height", height, "--first-layer-height", height,
        "--nozzle-diameter", str(4 * layer_mm), "-o", str(out), str(path),
    )  # fmt: skip
    layers = ElementTree.fromstring(out.read_bytes()).iter(f"{SVG}g")
    areas = np.array([sum(map(_area, layer.iter(f"{SVG}polygon"))) for layer in layers])
    return areas, [line for line in said.splitlines() if not line.startswith(_SAID_ANYWAY)]


def _area(polygon: ElementTree.Element) -> float:
    """The area of a polygon, by the shoelace formula; that of a hole counts less than nothing."""
    x, y = np.array([point.split(",") for point in polygon.attrib["points"].split()], dtype=float).T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    return -area if polygon.attrib[KIND] == "hole" else area
