"""Checking exported files: read back, compared with their design, simulated from their own heights."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.chain import (
    DesignLike,
    Origin,
    chain_findings,
    find_origin,
    layers_of,
    missing_layers,
    open_all,
)
from fabdesign.check.compare import LayerComparison, compare, design_base_um
from fabdesign.check.finding import Finding, note
from fabdesign.check.readback import read_back_stl
from fabdesign.check.result import CheckResult, LayerResult
from fabdesign.check.rules import run_rules
from fabdesign.check.stl_file import StlFile
from fabdesign.check.thin_model import thin_model, thin_model_findings
from fabdesign.design import Design

if TYPE_CHECKING:
    from fabdesign.check.optical import Progress
    from fabdesign.process import Profile

AnyPath = str | os.PathLike[str]


def check_files(
    paths: Iterable[AnyPath],
    design: DesignLike | None = None,
    *,
    resimulate: bool = True,
    data: str | Path | None = None,
    runs_dir: AnyPath = "runs",
    profile: Profile | None = None,
    samples_per_pixel: int = 2,
    finer: int | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Read exported files back and say whether they are the design and still do what it does.

    Args:
        paths: STL files of one design.
        design: the design or its file; without it, it is looked for beside the files and in the runs.
        resimulate: simulate the device from the files' own heights (needs torch).
        data: test data in place of the design's.
        runs_dir: folder of numbered runs.
        profile: process to hold the design against; none where None.
        samples_per_pixel: samples along each side of a pixel in the simulation.
        finer: samples per pixel of a second simulation.
        progress: told what is being done.

    Raises:
        ConfigError: the design is not found, or there are too many files.
        FileFormatError: a file is unreadable, or no binary STL.
    """
    files = open_all([Path(path) for path in paths])
    origin = find_origin(files, design, runs_dir)
    layers, findings = layers_of(files, origin.design)
    findings.extend(missing_layers(layers, origin.design))
    results = []
    for done, (file, layer) in enumerate(zip(files, layers, strict=True)):
        if progress is not None:
            progress("read back", done, len(files))
        findings.extend(chain_findings(file, origin.design, layer))
        results.append(_check_layer(file, origin.design, layer))
        findings.extend((*results[-1].read.findings, *results[-1].comparison.findings))
    if profile is not None:
        findings.extend(run_rules(origin.design, profile))
    result = _result(origin, findings, results)
    if not resimulate or not origin.design.physical.has_task:
        return result
    settings = {"data": data, "samples_per_pixel": samples_per_pixel, "finer": finer, "progress": progress}
    return _with_scores(result, origin.design, settings)


def _check_layer(file: StlFile, design: Design, layer: int) -> LayerResult:
    read = read_back_stl(file.path, design.pixels, design_base_um(design, layer))
    read = replace(read, findings=tuple(finding.at(layer=layer) for finding in read.findings))
    return LayerResult(read, compare(read, design, layer))


def _result(origin: Origin, findings: Sequence[Finding], layers: Sequence[LayerResult]) -> CheckResult:
    model = thin_model(origin.design)
    return CheckResult(
        design_hash=origin.design.content_hash,
        design_file=None if origin.path is None else str(origin.path),
        design_found=origin.found,
        findings=(*findings, *thin_model_findings(model)),
        layers=tuple(layers),
        model=model.to_dict(),
    )


def _with_scores(result: CheckResult, design: Design, settings: dict[str, Any]) -> CheckResult:
    reason = next((why for layer in result.layers if (why := _why_not(layer, design))), None)
    if reason is not None:
        skipped = note("optics.not-simulated", f"Nothing was simulated: {reason}.")
        return replace(result, findings=(*result.findings, skipped))
    from fabdesign.check.optical import rescore  # noqa: PLC0415  (brings torch)

    heights = _device(design, [layer.comparison for layer in result.layers])
    scores, found = rescore(design, heights, **settings)
    return replace(result, scores=scores, findings=(*result.findings, *found))


def _why_not(layer: LayerResult, design: Design) -> str | None:
    comparison, read = layer.comparison, layer.read
    if read.lattice.shape != design.pixels:
        return f"the pixels in {read.path} are turned"
    if not comparison.scale.lateral:
        return f"the pixels in {read.path} do not have the design's size"
    if read.upside_down:
        return f"{read.path} is upside down"
    if np.isnan(comparison.height_um).any():
        return f"{read.path} has holes"
    return None


def _device(design: Design, comparisons: Sequence[LayerComparison]) -> NDArray[np.float64]:
    """Heights of every layer: from its file where there is one, else from the design."""
    heights: NDArray[Any] = design.height_um()
    for comparison in comparisons:
        heights[comparison.layer] = comparison.height_um
    return heights
