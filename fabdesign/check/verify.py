"""Walking the chain of hashes for any file that fabdesign writes."""

from __future__ import annotations

import os
from pathlib import Path

from fabdesign.check.bundle import verify_bundle
from fabdesign.check.bundle_files import is_bundle
from fabdesign.check.chain import DesignLike
from fabdesign.check.circuit import check_chips, is_chip_file
from fabdesign.check.files import check_files
from fabdesign.check.meshes import verify_mesh_file
from fabdesign.check.verification import Verification
from fabdesign.design import Design, load_design
from fabdesign.errors import FileFormatError
from fabdesign.formats.container import is_container


def verify_path(
    path: str | os.PathLike[str], design: DesignLike | None = None, runs_dir: str | os.PathLike[str] = "runs"
) -> Verification:
    """Prove that a file is what it was when fabdesign wrote it.

    A design carries hashes of all its parts. An exported file, or the masks of a mesh, carry the hash of
    their design, which is found, proved and compared with the file; a calibration that of its mesh design. A
    package has a chain of its own; see `verify_bundle`.

    Args:
        path: a design, a calibration, an exported file, the masks of a mesh, or a package: its ZIP, or the
            folder that it was unpacked into.
        design: the design that an exported file or a calibration belongs to, if known.
        runs_dir: folder of numbered runs.

    Raises:
        FileFormatError: the file is unreadable or altered.
        ConfigError: the design of an exported file is not found.
    """
    file = Path(path)
    if is_bundle(file):
        return verify_bundle(file)
    if file.is_dir():
        raise FileFormatError(f"{file} is a folder; a file was expected.", hint="Name a file in it.")
    if is_container(file):
        return _verify_container(file, design)
    if is_chip_file(file):
        return _verify_chip(file, design)
    return _verify_export(file, design, runs_dir)


def _verify_container(file: Path, design: DesignLike | None) -> Verification:
    named = None if design is None or isinstance(design, Design) else Path(design)
    return verify_mesh_file(file, named) or _verify_design(file)


def _verify_design(file: Path) -> Verification:
    design = load_design(file)
    proved = ["physical record, levels and heights have the content hash", "scores have their hash"]
    if design.phase is not None:
        proved.append("free phases have their hash")
    proved.append("settings and provenance have their hash")
    return Verification(str(file), "design", design.content_hash, tuple(proved))


def _verify_chip(file: Path, design: DesignLike | None) -> Verification:
    named = None if design is None or isinstance(design, Design) else Path(design)
    result = check_chips([file], named, simulate=False, rules=False)
    findings = tuple(finding for finding in result.findings if finding.id != "layer.missing")
    proved = [f"{result.design_file} has its hashes"]
    if not any(finding.id.startswith("chain.") for finding in findings):
        proved.append("the notes name this design, its chip and the process")
    if result.chips and result.chips[0].identical:
        proved.append(f"all shapes of its masks are those of chip {result.chips[0].layer}")
    if result.chips and not any(finding.id.endswith("netlist") for finding in findings):
        proved.append("the netlist beside it has the phases of the design")
    return Verification(str(file), "chip", result.design_hash, tuple(proved), findings)


def _verify_export(file: Path, design: DesignLike | None, runs_dir: str | os.PathLike[str]) -> Verification:
    result = check_files([file], design, resimulate=False, runs_dir=runs_dir)
    findings = tuple(f for f in result.findings if f.id != "layer.missing" and not f.id.startswith("model."))
    where = result.design_file or "the design"
    layers = sorted(layer.comparison.layer for layer in result.layers)
    named = f"layer{'s' if len(layers) > 1 else ''} {', '.join(map(str, layers))}"
    proved = [f"{where} has its hashes"]
    if not any(finding.id.startswith("chain.") for finding in findings):
        proved.append(f"the header names this design and {named}")
    if result.levels_identical:
        proved.append(f"all levels are those of {named}")
    return Verification(str(file), result.layers[0].read.format, result.design_hash, tuple(proved), findings)
