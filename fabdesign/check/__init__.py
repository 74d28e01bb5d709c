"""Does the file hold what was designed? Reading back, comparing, simulating, and a process's rules."""

from fabdesign.check.bundle import open_geometry, verify_bundle
from fabdesign.check.bundle_files import is_bundle, open_bundle
from fabdesign.check.catalogue import finding_titles
from fabdesign.check.circuit import ChipCheck, check_chips
from fabdesign.check.compare import LayerComparison, compare
from fabdesign.check.designs import check_design
from fabdesign.check.files import check_files
from fabdesign.check.finding import Finding, Place, Severity, passes
from fabdesign.check.header import HeaderTag, parse_header
from fabdesign.check.optical_model import OpticalModel, optical_model
from fabdesign.check.readback import ReadBack, read_back_stl
from fabdesign.check.result import CheckResult, LayerResult
from fabdesign.check.rules import Rule, rules, run_rules
from fabdesign.check.verification import Verification
from fabdesign.check.verify import verify_path

__all__ = [
    "CheckResult",
    "ChipCheck",
    "Finding",
    "HeaderTag",
    "LayerComparison",
    "LayerResult",
    "OpticalModel",
    "Place",
    "ReadBack",
    "Rule",
    "Severity",
    "Verification",
    "check_chips",
    "check_design",
    "check_files",
    "compare",
    "finding_titles",
    "is_bundle",
    "open_bundle",
    "open_geometry",
    "optical_model",
    "parse_header",
    "passes",
    "read_back_stl",
    "rules",
    "run_rules",
    "verify_bundle",
    "verify_path",
]
