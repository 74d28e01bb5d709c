"""The run sheet: what to do and to measure, step by step, with room to write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from fabdesign.export.bundle.content import Exported, Package
from fabdesign.export.bundle.tables import layer_rows
from fabdesign.export.grey.sigma import height_sigma_nm, sigma_source

_TITLES = ("step", "layer", "tool", "what", "target", "tolerance", "measured", "date, name")
_MOST_LEVELS = 16
_FEW_LEVELS = 5
_LINE = "____________"

Step = tuple[str, str, str, str, str]
"""Layer, tool, what, target, tolerance."""

ALL = "all"
"""In place of a layer, where a step is for all of them at once."""
_WITNESS = ", on a single layer written beside the stack"


def runsheet(package: Package) -> bytes:
    """The run sheet as Markdown, one table for each format."""
    lines = [
        f"# Run sheet: {package.name}",
        "",
        f"Design {package.design.content_hash}",
        "",
        f"Operator: {_LINE}  Facility: {_LINE}  Batch or wafer: {_LINE}  Started on: {_LINE}",
        "",
        "Tolerances are one standard deviation, from process.toml, where each number has its source: "
        f"{sigma_source(package.profile).removeprefix('1 sigma: ') or 'none is known; agree on them first'}.",
    ]
    for exported in package.exported:
        lines += ["", f"## {exported.format}", "", _row(_TITLES), _row(["---"] * len(_TITLES))]
        steps = _mask_steps if "layer_table" in exported.result.report else _print_steps
        for number, step in enumerate(steps(package, exported), start=1):
            lines.append(_row([str(number), *map(str, step), "", ""]))
    lines += ["", "Remarks:", "", _LINE * 6, ""]
    return "\n".join(lines).encode()


def _print_steps(package: Package, exported: Exported) -> Iterator[Step]:
    """Load, write, develop, and measure the heights of each layer."""
    together = exported.result.report.get("assembly", "layers") != "layers"
    if together:
        yield from _write_steps(package, exported, 0, ALL)
    for layer in range(len(exported.layers)):
        if not together:
            yield from _write_steps(package, exported, layer, str(layer))
        yield from _layer_steps(package, exported, layer)


def _write_steps(package: Package, exported: Exported, layer: int, of: str) -> Iterator[Step]:
    does = f"load `{exported.layer_file(layer)}` and write it"
    yield of, _machine(package), does, "as in README.md", ""
    yield of, "", "develop, rinse, dry", "the facility's recipe", ""


def _layer_steps(package: Package, exported: Exported, layer: int) -> Iterator[Step]:
    pitch_um = package.design.physical.pitch_um
    width_um, depth_um = package.size_um()
    picture = f"see preview/layer{layer:02d}.png"
    yield str(layer), "microscope", "F reads right from the relief side", picture, ""
    size = f"{width_um:.10g} x {depth_um:.10g} um, pixels {pitch_um:.10g} um"
    yield str(layer), "microscope", "width and depth of the optic", size, _shrinkage(package)
    covered = exported.result.report.get("assembly") == "stack" and layer < len(exported.layers) - 1
    yield from _height_steps(package, layer, _WITNESS if covered else "")


def _height_steps(package: Package, layer: int, where: str = "") -> Iterator[Step]:
    heights_um = package.design.height_of_level_um[layer].tolist()
    levels = [level for level in np.unique(package.design.levels[layer]).tolist() if heights_um[level] > 0]
    if len(levels) > _MOST_LEVELS:
        levels = [levels[round(part * (len(levels) - 1) / (_FEW_LEVELS - 1))] for part in range(_FEW_LEVELS)]
    for level in levels:
        sigma = height_sigma_nm(heights_um[level], package.profile)
        what = f"height of level {level} above height 0{where}"
        yield str(layer), "profilometer or AFM", what, f"{heights_um[level] * 1e3:.10g} nm", _tolerance(sigma)


def _mask_steps(package: Package, exported: Exported) -> Iterator[Step]:
    """Expose, work and measure each mask; one that has no depth is measured by its levels."""
    rows = list(layer_rows(package, exported))
    for row in rows:
        layer, mask = str(row["optical_layer"]), row["mask"]
        where = f"`{row['file']}`, GDS layer {row['gds_layer']}/{row['datatype']}"
        yield layer, _machine(package), f"expose mask {mask}: {where}", f"polygons {row['polygon_tone']}", ""
        if row["target_depth_nm"]:
            does = "etch" if row["drawn"].startswith("loses") else "deposit or expose"
            depth = f"{float(row['target_depth_nm']):.10g} nm"
            yield layer, "", f"{does} through mask {mask}", depth, _mask_tolerance(row)
    for optical_layer in range(len(exported.layers)):
        yield from _height_steps(package, optical_layer)


def _mask_tolerance(row: dict[str, Any]) -> str:
    if not row["tolerance_nm"]:
        return _tolerance(None)
    return f"± {float(row['tolerance_nm']):.4g} nm ({row['tolerance_source']})"


def _shrinkage(package: Package) -> str:
    sigma = package.profile.material.shrink_xy.sigma if package.profile else None
    return "" if sigma is None else f"± {sigma.value * 100:.3g} % ({sigma.mark})"


def _machine(package: Package) -> str:
    machine = package.profile.machine if package.profile else None
    return " ".join(filter(None, (machine.vendor, machine.model, machine.objective))) if machine else ""


def _tolerance(sigma_nm: float | None) -> str:
    return "not known" if sigma_nm is None else f"± {sigma_nm:.3g} nm"


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
