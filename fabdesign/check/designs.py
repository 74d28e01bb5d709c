"""Checking a design against a process, without any file of it."""

from __future__ import annotations

from fabdesign.check.optical_model import optical_model, optical_model_findings
from fabdesign.check.result import CheckResult
from fabdesign.check.rules import run_rules
from fabdesign.design import Design
from fabdesign.process import Profile


def check_design(design: Design, profile: Profile) -> CheckResult:
    """Hold a design against every rule of a process; `ok` says whether it can be printed.

    Args:
        design: the design.
        profile: the process that will print it.
    """
    model = optical_model(design)
    return CheckResult(
        design_hash=design.content_hash,
        findings=(*run_rules(design, profile), *optical_model_findings(model)),
        model=model.to_dict(),
    )
