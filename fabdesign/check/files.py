"""Checking exported files: read back, compared with their design, simulated from their own heights."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.chain import DesignLike, Origin, chain_findings, find_origin, layers_of, missing_layers
from fabdesign.check.compare import LEAST_TOLERANCE_UM, compare
from fabdesign.check.compensation import (
    CompensationRecord,
    compensation_findings,
    find_record,
    undo,
    written_design,
)
from fabdesign.check.finding import Finding, Severity, note
from fabdesign.check.optical_model import optical_model, optical_model_findings
from fabdesign.check.readers import LayerFile, LayerReading, layers_by_format, open_files
from fabdesign.check.result import CheckResult, LayerResult
from fabdesign.check.rules import run_rules
from fabdesign.design import Design
from fabdesign.errors import FileFormatError

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
        paths: files of one design, of any formats; tables and records beside them may be among them.
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
        FileFormatError: a file is unreadable, or of no format that can be read back.
    """
    files = open_files([Path(path) for path in paths])
    origin = find_origin(files, design, runs_dir)
    results: list[LayerResult] = []
    findings: list[Finding] = []
    for group in layers_by_format(files, origin.design).values():
        for result, found in _check_format(group, origin.design):
            if progress is not None:
                progress("read back", len(results), len(files))
            results.extend(result)
            findings.extend(found)
    if profile is not None:
        findings.extend(run_rules(origin.design, profile))
    checked = _result(origin, findings, results)
    if not resimulate or not origin.design.physical.has_task:
        return checked
    settings = {"data": data, "samples_per_pixel": samples_per_pixel, "finer": finer, "progress": progress}
    return _with_scores(checked, origin.design, settings)


def _check_format(
    files: Sequence[LayerFile], design: Design
) -> Iterator[tuple[list[LayerResult], list[Finding]]]:
    """The layers of one format, one by one, with what is wrong; first, what is wrong with the set."""
    layers, findings = layers_of(files, design)
    findings.extend(missing_layers(layers, design))
    yield [], findings
    told: set[str] = set()
    for file, layer in zip(files, layers, strict=True):
        read, record = _read(file, design, layer)
        comparison = compare(read, design, layer)
        tag = file.tag.compensation if file.tag is not None else None
        undone = [
            finding
            for finding in compensation_findings(record, tag, comparison.scale, str(file.paths[0]))
            if finding.message not in told
        ]
        told.update(finding.message for finding in undone if finding.severity is Severity.NOTE)
        own = [finding.at(layer=layer) for finding in (*read.findings, *undone)]
        yield (
            [LayerResult(read, comparison)],
            [*chain_findings(file, design, layer), *own, *comparison.findings],
        )


def _read(file: LayerFile, design: Design, layer: int) -> tuple[LayerReading, CompensationRecord | None]:
    """A layer in the lengths of the design, and the record of the compensation that was undone for that."""
    record = find_record(file.paths[0])
    if record is None:
        with _telling_of_a_lost_record(file):
            return file.read(design, layer), None
    return undo(file.read(written_design(design, record), layer), record, layer), record


@contextlib.contextmanager
def _telling_of_a_lost_record(file: LayerFile) -> Iterator[None]:
    """Where lengths make no sense and the file names a compensation, say that its record is missing."""
    try:
        yield
    except FileFormatError as unreadable:
        tag = file.tag
        if tag is None or tag.compensation is None:
            raise
        raise FileFormatError(
            f"{file.paths[0]} names compensation {tag.compensation}, whose record is not beside it, so the "
            "lengths in it cannot be told.",
            hint="Put the …-compensation.json of its export beside it.",
        ) from unreadable


def _result(origin: Origin, findings: Sequence[Finding], layers: Sequence[LayerResult]) -> CheckResult:
    model = optical_model(origin.design)
    return CheckResult(
        design_hash=origin.design.content_hash,
        design_file=None if origin.path is None else str(origin.path),
        design_found=origin.found,
        findings=(*findings, *optical_model_findings(model)),
        layers=tuple(layers),
        model=model.to_dict(),
    )


def _with_scores(result: CheckResult, design: Design, settings: dict[str, Any]) -> CheckResult:
    """Simulate the device of each format; those with the same heights as one before stand beside it."""
    from fabdesign.check.optical import rescore  # noqa: PLC0415  (brings torch)

    findings: list[Finding] = []
    devices: list[tuple[NDArray[np.float64], dict[str, Any]]] = []
    for name in result.formats:
        layers = [layer for layer in result.layers if layer.read.format == name]
        reason = next((why for layer in layers if (why := _why_not(layer, design))), None)
        if reason is not None:
            findings.append(note("optics.not-simulated", f"Nothing was simulated: {reason}."))
            continue
        heights_um = _device(design, layers)
        same = next((scores for other, scores in devices if _same(other, heights_um)), None)
        if same is not None:
            same["formats"].append(name)
            continue
        scores, found = rescore(design, heights_um, **settings)
        devices.append((heights_um, {**scores, "formats": [name]}))
        findings.extend(found)
    first, *others = [scores for _, scores in devices] or [{}]
    scores = {**first, "others": others} if others else first
    return replace(result, scores=scores, findings=(*result.findings, *findings))


def _same(first_um: NDArray[np.float64], second_um: NDArray[np.float64]) -> bool:
    return bool(np.abs(first_um - second_um).max() <= LEAST_TOLERANCE_UM)


def _why_not(layer: LayerResult, design: Design) -> str | None:
    comparison, read = layer.comparison, layer.read
    path = read.paths[0]
    if read.thickness_um.shape not in (design.pixels, design.pixels[::-1]):
        return f"{path} has another number of pixels"
    if read.thickness_um.shape != design.pixels:
        return f"the pixels in {path} are turned"
    if not comparison.scale.lateral:
        return f"the pixels in {path} do not have the design's size"
    if read.upside_down:
        return f"{path} is upside down"
    if np.isnan(comparison.height_um).any():
        return f"{path} has holes"
    return None


def _device(design: Design, layers: Sequence[LayerResult]) -> NDArray[np.float64]:
    """Heights of every layer: from its file where there is one, else from the design."""
    heights: NDArray[Any] = design.height_um()
    for layer in layers:
        heights[layer.comparison.layer] = layer.comparison.height_um
    return heights
