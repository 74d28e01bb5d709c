"""What verifying a file has proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fabdesign.check.finding import Finding, passes


@dataclass(frozen=True)
class Verification:
    """What verifying a file found.

    Args:
        path: the file.
        kind: ``"design"``, ``"mesh"``, ``"unitary"``, ``"calibration"``, ``"chip"`` (masks of a mesh),
            ``"bundle"``, or a format such as ``"stl"``.
        design_hash: content hash of the design at the root of the chain.
        proved: what was proved, in words, in order.
        findings: what is wrong; an error means that the chain is broken.
    """

    path: str
    kind: str
    design_hash: str
    proved: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the chain holds."""
        return passes(self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "ok": self.ok,
            "file": self.path,
            "kind": self.kind,
            "design": self.design_hash,
            "proved": list(self.proved),
            "findings": [finding.to_dict() for finding in self.findings],
        }
