"""What a check of files found, as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from fabdesign.check.compare import LayerComparison
from fabdesign.check.finding import Finding, Severity, passes, worst_first
from fabdesign.check.readers.reading import LayerReading


@dataclass(frozen=True, eq=False)
class LayerResult:
    """One layer, read back from its files and compared."""

    read: LayerReading
    comparison: LayerComparison

    def to_dict(self) -> dict[str, Any]:
        """The numbers as plain JSON values."""
        read, comparison = self.read, self.comparison
        ny, nx = read.thickness_um.shape
        x_um, y_um = read.pixel_um
        return {
            "file": str(read.paths[0]),
            "files": [str(path) for path in read.paths],
            "format": read.format,
            "layer": comparison.layer,
            "identical": comparison.identical,
            "pixels": [ny, nx],
            "pitch_um": (x_um + y_um) / 2,
            "base_um": comparison.base_um if read.has_base else None,
            **read.facts,
            "changed_pixels": comparison.changed,
            "rms_deviation_nm": _nm(comparison.rms_deviation_um),
            "largest_deviation_nm": _nm(comparison.largest_deviation_um),
            "orientation": comparison.match.orientation,
            "shows_layer": comparison.match.layer,
            "scale": [comparison.scale.x, comparison.scale.y, comparison.scale.z],
        }


def _nm(length_um: float) -> float | None:
    return length_um * 1e3 if math.isfinite(length_um) else None


@dataclass(frozen=True, eq=False)
class CheckResult:
    """Everything a check found.

    Args:
        design_hash: content hash of the design.
        design_file: where the design was found; None where it was passed in.
        design_found: how it was found.
        findings: worst first.
        layers: one for each layer of each format, in the order they were named.
        scores: what the files score, and what the design scores; empty where nothing was simulated.
        model: the optical model and where it holds.
    """

    design_hash: str
    design_file: str | None = None
    design_found: str = "given"
    findings: tuple[Finding, ...] = ()
    layers: tuple[LayerResult, ...] = ()
    scores: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", worst_first(self.findings))

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return passes(self.findings)

    @property
    def verdict(self) -> str:
        """What may be said in a word: ``verified`` only of simulated files by a model that holds."""
        if not self.ok:
            return "FAILED"
        if self.layers and not self.scores:
            return "ok (geometry only)"
        return "verified" if self.scores and self.model["verified"] else "ok"

    @property
    def levels_identical(self) -> bool:
        """Whether every file shows exactly its layer of the design."""
        return bool(self.layers) and all(layer.comparison.identical for layer in self.layers)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that were read back."""
        return tuple(dict.fromkeys(layer.read.format for layer in self.layers))

    def count(self, severity: Severity) -> int:
        """How many findings are this severe."""
        return sum(finding.severity is severity for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "ok": self.ok,
            "design": {"hash": self.design_hash, "file": self.design_file, "found": self.design_found},
            "levels_identical": self.levels_identical if self.layers else None,
            "findings": [finding.to_dict() for finding in self.findings],
            "layers": [layer.to_dict() for layer in self.layers],
            "scores": self.scores,
            "model": self.model,
        }
