"""The links of a mesh's package: the design, the masks made from it, and what was found in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fabdesign.check.bundle_files import OpenBundle
from fabdesign.check.circuit.check import check_chips
from fabdesign.check.circuit.files import is_chip_file
from fabdesign.check.circuit.result import ChipCheck
from fabdesign.check.finding import Finding, error
from fabdesign.chip.sources import CHIP_KINDS, load_chip_design
from fabdesign.errors import FabdesignError, FileFormatError
from fabdesign.export.bundle.content import CHECKS, DESIGN, MANIFEST, PROCESS, with_names
from fabdesign.process import load_profile

_LARGEST_RECORD = 1 << 26
_COMPARED = ("layer", "couplers", "heaters", "identical")
Link = tuple[str, list[Finding]]
"""What a link proves, and what is wrong with it."""


def is_chip_package(manifest: Mapping[str, Any]) -> bool:
    """Whether a package is that of a mesh, by its manifest."""
    return manifest["design"].get("kind") in CHIP_KINDS


def check_chip_package(bundle: OpenBundle, *, simulate: bool = True, rules: bool = True) -> ChipCheck:
    """Check the masks of an open package with its own design and process.

    Args:
        bundle: the package.
        simulate: compose the matrix from the shapes.
        rules: run the design rules.

    Raises:
        FileFormatError: it holds no mask of a mesh, or a file is damaged.
    """
    masks = [path for name in bundle.names if is_chip_file(path := bundle.file(name))]
    if not masks:
        raise FileFormatError(f"{bundle.path} holds no mask of a mesh.")
    profile = load_profile(bundle.file(PROCESS))
    return check_chips(masks, bundle.file(DESIGN), profile=profile, simulate=simulate, rules=rules)


def chip_links(bundle: OpenBundle, manifest: Mapping[str, Any]) -> Iterator[Link]:
    """The links from the design on."""
    named = str(manifest["design"]["content"])
    try:
        design = load_chip_design(bundle.file(DESIGN))
    except FabdesignError as damaged:
        yield "", [error("bundle.design", _plain(damaged.message, bundle), file=DESIGN)]
        return
    found: list[Finding] = []
    if named != design.content_hash:
        message = f"{MANIFEST} names the design {named[:16]}…; {DESIGN} holds {design.content_hash[:16]}…."
        found.append(error("bundle.design", message, file=MANIFEST))
    yield "the design has its own hashes, and is the one that the manifest names", found
    try:
        result = check_chip_package(bundle, simulate=False, rules=False)
    except FabdesignError as damaged:
        yield "", [error("bundle.geometry", _plain(damaged.message, bundle))]
        return
    findings = [finding.renamed(bundle.renames) for finding in result.findings]
    yield f"{len(result.chips)} masks name this design and have its shapes", findings
    yield "checks.json agrees with the masks", list(_checks(bundle, result))


def _checks(bundle: OpenBundle, result: ChipCheck) -> Iterator[Finding]:
    """Whether checks.json says of the masks what is found in them now."""
    file = bundle.file(CHECKS)
    try:
        if file.stat().st_size > _LARGEST_RECORD:
            raise ValueError("too large")
        record = json.loads(file.read_bytes())
        told = {str(entry["file"]): entry for entry in record["layers"]}
        fine = record["ok"] is True and record["design"]["hash"] == result.design_hash
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        yield error("bundle.checks", f"{CHECKS} is damaged.", file=CHECKS)
        return
    if not fine:
        yield error(
            "bundle.checks", f"{CHECKS} is about another design, or a check that failed.", file=CHECKS
        )
    for chip in result.to_dict()["layers"]:
        name = _plain(chip["file"], bundle)
        entry = told.get(name, {})
        for key in _COMPARED:
            if entry.get(key) != chip[key]:
                message = f"{CHECKS} says of {name}: {key} {entry.get(key)}; it has {chip[key]}."
                yield error("bundle.checks", message, file=CHECKS)


def _plain(text: str, bundle: OpenBundle) -> str:
    return str(with_names(text, bundle.renames))
