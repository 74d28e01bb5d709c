"""What a check of chip masks found, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fabdesign.check.finding import Finding, passes, worst_first


@dataclass(frozen=True)
class ChipResult:
    """One chip, read back from its masks.

    Args:
        file: the mask file.
        format: ``"gds"`` or ``"oasis"``.
        layer: which chip of the design it is.
        identical: whether every shape of its masks is as designed; None where that could not be told.
        facts: lanes, couplers, heaters and the like; ``matrix_error`` where the circuit was simulated.
    """

    file: str
    format: str
    layer: int
    identical: bool | None
    facts: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The numbers as plain JSON values."""
        return {
            "file": self.file,
            "format": self.format,
            "layer": self.layer,
            "identical": self.identical,
            **self.facts,
        }


@dataclass(frozen=True)
class ChipCheck:
    """Everything that a check of chip masks found.

    Args:
        design_hash: content hash of the design.
        design_file: where the design was found.
        design_found: how it was found.
        process: name of the process whose rules and numbers were used.
        findings: worst first.
        chips: one for each file.
    """

    design_hash: str
    design_file: str
    design_found: str
    process: str
    findings: tuple[Finding, ...]
    chips: tuple[ChipResult, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", worst_first(self.findings))

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return passes(self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "ok": self.ok,
            "design": {"hash": self.design_hash, "file": self.design_file, "found": self.design_found},
            "process": self.process,
            "findings": [finding.to_dict() for finding in self.findings],
            "layers": [chip.to_dict() for chip in self.chips],
        }
