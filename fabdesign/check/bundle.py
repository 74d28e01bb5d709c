"""Walking the chain of a hand-off package from its ZIP down to the design."""

from __future__ import annotations

import os

from fabdesign.check.bundle_files import OpenBundle, open_bundle
from fabdesign.check.bundle_links import (
    checks_findings,
    geometry_names,
    levels_findings,
    read_design,
    read_geometry,
)
from fabdesign.check.bundle_lists import list_findings, read_manifest, read_sums
from fabdesign.check.finding import Finding, passes, warning, worst_first
from fabdesign.check.verification import Verification
from fabdesign.formats.written import hash_file

_REPACKED = "The ZIP was packed by another program; its files are proved all the same, its own SHA-256 is another."


def verify_bundle(path: str | os.PathLike[str]) -> Verification:
    """Prove that a package is whole and belongs together.

    The chain: the ZIP is safe; SHA256SUMS has the hash of every file; the manifest has them too; the design has
    the content hash that the manifest names; the files that can be read back name that design and show its
    levels; checks.json and levels.csv say the same. A changed byte is named with its file and its link.

    Args:
        path: the ZIP, or the folder that it was unpacked into.

    Raises:
        FileFormatError: the ZIP is damaged or unsafe, or the folder holds links.
    """
    with open_bundle(path) as bundle:
        return _walk(bundle)


def _walk(bundle: OpenBundle) -> Verification:
    findings = [warning("bundle.repacked", _REPACKED)] if bundle.plain is False else []
    proved = [] if bundle.plain is None else ["the ZIP is safe, and every file has its size and sum"]
    listed = _lists(bundle, findings, proved)
    named = ""
    if listed is not None:
        manifest, named = listed, str(listed["design"]["content"])
        design, found = read_design(bundle, manifest)
        findings += found
        if design is not None:
            named = design.content_hash
            if passes(found):
                proved.append("the design has its hashes, and is the one that the manifest names")
            result, found = read_geometry(bundle, geometry_names(manifest), design)
            findings += found
            if result is not None and passes(found):
                proved.append(f"{len(result.layers)} files name this design and show its levels in every pixel")
            found = [*checks_findings(bundle, manifest, result, design), *levels_findings(bundle, design)]
            findings += found
            if passes(found):
                proved.append("checks.json and levels.csv agree with the files and the design")
    return Verification(str(bundle.path), "bundle", named, tuple(proved), worst_first(findings))


def _lists(bundle: OpenBundle, findings: list[Finding], proved: list[str]) -> dict[str, object] | None: ...
