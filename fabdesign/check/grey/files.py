"""Checking grey files: each read back once and compared with its layer of the design."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.chain import missing_layers
from fabdesign.check.finding import Finding, error, passes, worst_first
from fabdesign.check.grey.compare import GreyComparison, compare_grey
from fabdesign.check.grey.read import GreyRead, is_grey_file, read_grey
from fabdesign.design import Design
from fabdesign.errors import ConfigError


@dataclass(frozen=True, eq=False)
class GreyResult:
    """One grey file, read back and compared."""

    read: GreyRead
    comparison: GreyComparison

    def to_dict(self) -> dict[str, Any]:
        """The numbers as plain JSON values."""
        record, comparison = self.read.record, self.comparison
        return {
            "file": str(self.read.path),
            "kind": record.kind,
            "layer": comparison.layer,
            "identical": comparison.identical,
            "pixels": list(self.read.values.shape),
            "pitch_um": record.pitch_um,
            "base_um": record.base_um,
            "values": [int(self.read.values.min()), int(self.read.values.max())],
            "changed_pixels": comparison.changed,
            "rms_deviation_nm": comparison.rms_deviation_um * 1e3,
            "largest_deviation_nm": comparison.largest_deviation_um * 1e3,
            "orientation": None if comparison.match is None else comparison.match.orientation,
            "shows_layer": None if comparison.match is None else comparison.match.layer,
        }


@dataclass(frozen=True, eq=False)
class GreyCheck:
    """Everything that a check of grey files found.

    Args:
        layers: one for each image, drawing or set of planes.
        findings: worst first.
    """

    layers: tuple[GreyResult, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return passes(self.findings)

    @property
    def levels_identical(self) -> bool:
        """Whether every file shows exactly its layer of the design."""
        return bool(self.layers) and all(layer.comparison.identical for layer in self.layers)


def check_grey_files(paths: Iterable[str | os.PathLike[str]], design: Design) -> GreyCheck:
    """Read grey files back and say whether they are the design.

    Args:
        paths: images, drawings, planes and their records in any order; records and tables beside them are
            used or passed over, and the planes of one set are read as one.
        design: what they should show.

    Raises:
        ConfigError: there is no grey file among them, or there are more than the design has layers.
        FileFormatError: a file or its record is missing, damaged, or of another kind.
    """
    reads: dict[Path, GreyRead] = {}
    sets: set[str] = set()
    for path in map(Path, paths):
        if is_grey_file(path) and _set_of(path) not in sets:
            sets.add(_set_of(path))
            read = read_grey(path)
            reads[read.path] = read
    if not 1 <= len(reads) <= design.layers:
        raise ConfigError(f"The design has {design.layers} layers; got {len(reads)} grey files.")
    layers, findings = _layers_of(list(reads.values()), design)
    results = []
    for read, layer in zip(reads.values(), layers, strict=True):
        results.append(GreyResult(read, compare_grey(read, design, layer)))
        findings += [finding.at(layer=layer) for finding in read.findings]
        findings += results[-1].comparison.findings
    findings += missing_layers(layers, design)
    return GreyCheck(tuple(results), worst_first(findings))


def device_heights_um(results: Iterable[GreyResult], design: Design) -> NDArray[np.float64] | None:
    """Heights of every layer for a simulation, [layer, y, x]: from its file, or the design's own without one.

    None where a file's pixels are turned, of another size, or have no height.

    Args:
        results: files of the design.
        design: what they were compared with.
    """
    heights: NDArray[np.float64] = design.height_um()
    for result in results:
        seen = result.comparison.height_um
        if seen.shape != design.pixels or not np.isfinite(seen).all():
            return None
        heights[result.comparison.layer] = seen
    return heights


def _set_of(path: Path) -> str:
    """One name for all files of a set of planes; any other file is a set by itself."""
    return re.sub(r"-bit\d+\.(bmp|png)\Z", r"-\1-planes.json", str(path))


def _layers_of(reads: list[GreyRead], design: Design) -> tuple[list[int], list[Finding]]:
    """Which layer each file is compared with: its record's, else the next free one."""
    claimed = [read.record.layer if read.record.layer < design.layers else None for read in reads]
    free = [layer for layer in range(design.layers) if layer not in claimed]
    layers: list[int] = []
    findings = []
    for read, layer in zip(reads, claimed, strict=True):
        if layer is not None and layer not in layers:
            layers.append(layer)
            continue
        layers.append(free.pop(0))
        if layer is not None:
            message = f"Layer {layer} is there twice; this file is taken for layer {layers[-1]}."
            findings.append(error("layer.repeated", message, file=str(read.path), layer=layer))
    return layers, findings
