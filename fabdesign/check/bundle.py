"""Walking the chain of a hand-off package from its ZIP down to the design."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fabdesign.check.bundle_files import OpenBundle, open_bundle
from fabdesign.check.bundle_links import (
    checks_findings,
    levels_findings,
    read_design,
    read_geometry,
    readable_files,
)
from fabdesign.check.bundle_lists import list_findings, read_manifest, read_sums
from fabdesign.check.circuit.package import chip_links, is_chip_package
from fabdesign.check.finding import Finding, passes, warning, worst_first
from fabdesign.check.verification import Verification
from fabdesign.errors import FileFormatError
from fabdesign.formats.written import hash_file

_REPACKED = (
    "The ZIP was packed by another program; its files are proved all the same, its own SHA-256 is another."
)


def verify_bundle(path: str | os.PathLike[str]) -> Verification:
    """Prove that a package is whole and belongs together.

    The chain: the ZIP is safe; SHA256SUMS has the hash of every file; the manifest has it too; the design
    has the content hash that the manifest names; the files that can be read back name that design and show
    its levels; checks.json and levels.csv say the same. A changed byte is named with its file and link.

    Args:
        path: the ZIP, or the folder that it was unpacked into.

    Raises:
        FileFormatError: the ZIP is damaged or unsafe, or the folder holds links.
    """
    with open_bundle(path) as bundle:
        return _walk(bundle)


def open_geometry(bundle: OpenBundle) -> list[Path]:
    """The files of an open package that can be read back.

    Raises:
        FileFormatError: its manifest is damaged, or it holds no such file.
    """
    manifest, found = read_manifest(bundle)
    if found:
        raise FileFormatError(f"{bundle.path} cannot be read: {found[0].message}")
    files = readable_files(bundle, manifest)
    if not files:
        raise FileFormatError(f"{bundle.path} holds no file that can be read back.")
    return [bundle.file(name) for name in files]


def _walk(bundle: OpenBundle) -> Verification:
    chain = _Chain()
    if bundle.plain is not None:
        repacked = [] if bundle.plain else [warning("bundle.repacked", _REPACKED)]
        chain.link("the ZIP is safe, and every file in it has its size and sum", repacked)
    sums, found = read_sums(bundle)
    manifest, more = read_manifest(bundle)
    listed = {entry["path"]: entry for entry in manifest.get("files", ())}
    files = {name: hash_file(bundle.file(name)) for name in bundle.names}
    differences = list_findings(files, sums, listed)
    chain.link("every file has its hash in SHA256SUMS and in the manifest", [*found, *more, *differences])
    named = _walk_design(bundle, manifest, chain) if manifest else ""
    return Verification(str(bundle.path), "bundle", named, tuple(chain.proved), worst_first(chain.findings))


def _walk_design(bundle: OpenBundle, manifest: Mapping[str, Any], chain: _Chain) -> str:
    """The links from the design on; returns its content hash, or that of the manifest where it is damaged."""
    if is_chip_package(manifest):
        for sentence, found in chip_links(bundle, manifest):
            chain.link(sentence, found)
        return str(manifest["design"]["content"])
    design, found = read_design(bundle, manifest)
    chain.link("the design has its own hashes, and is the one that the manifest names", found)
    if design is None:
        return str(manifest["design"]["content"])
    result, found = read_geometry(bundle, manifest, design)
    count = len(result.layers) if result else 0
    chain.link(
        f"{count} layers in files name this design and show its levels in every pixel" if count else "", found
    )
    told = [*checks_findings(bundle, manifest, result, design), *levels_findings(bundle, design)]
    chain.link("checks.json and levels.csv agree with the files and the design", told)
    return design.content_hash


class _Chain:
    """The links walked so far: what each proves, and what is wrong with it."""

    def __init__(self) -> None:
        self.proved: list[str] = []
        self.findings: list[Finding] = []

    def link(self, sentence: str, findings: Iterable[Finding]) -> None:
        """Add a link, which proves its sentence where it has no error."""
        found = list(findings)
        self.findings += found
        if sentence and passes(found):
            self.proved.append(sentence)
