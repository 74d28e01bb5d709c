"""The further links of a package's chain: the design, the files made from it, and what was found in them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fabdesign.check.bundle_files import OpenBundle
from fabdesign.check.files import check_files
from fabdesign.check.finding import Finding, error, note
from fabdesign.check.readers import can_read, readable_formats
from fabdesign.check.result import CheckResult
from fabdesign.design import Design, load_design
from fabdesign.errors import FabdesignError
from fabdesign.export.bundle.content import CHECKS, DESIGN, LEVELS, MANIFEST, with_names

_COMPARED = ("layer", "identical", "changed_pixels", "triangles")
_LARGEST_RECORD = 1 << 26


def read_design(bundle: OpenBundle, manifest: Mapping[str, Any]) -> tuple[Design | None, list[Finding]]:
    """The design, its own hashes proved, and whether it is the one that the manifest names."""
    try:
        design = load_design(bundle.file(DESIGN))
    except FabdesignError as damaged:
        return None, [error("bundle.design", _plain(damaged.message, bundle), file=DESIGN)]
    named = manifest["design"]["content"]
    if named != design.content_hash:
        message = f"{MANIFEST} names the design {named[:16]}…; {DESIGN} holds {design.content_hash[:16]}…."
        return design, [error("bundle.design", message, file=MANIFEST)]
    return design, []


def readable_files(bundle: OpenBundle, manifest: Mapping[str, Any]) -> list[str]:
    """The exported files that can be read back, in the order of the manifest."""
    exported = (
        entry["path"] for entry in manifest["files"] if entry.get("role") in ("geometry", "companion")
    )
    return [name for name in exported if name in bundle.names and can_read(bundle.file(name))]


def read_geometry(
    bundle: OpenBundle, manifest: Mapping[str, Any], design: Design
) -> tuple[CheckResult | None, list[Finding]]:
    """Read the geometry back and say whether each file names this design and shows its levels."""
    readable = readable_files(bundle, manifest)
    findings = list(_unread(bundle, manifest, readable))
    if not readable:
        return None, findings
    try:
        result = check_files([bundle.file(name) for name in readable], design, resimulate=False)
    except FabdesignError as damaged:
        return None, [*findings, error("bundle.geometry", _plain(damaged.message, bundle))]
    found = (finding for finding in result.findings if not finding.id.startswith("model."))
    return result, [*findings, *(finding.renamed(bundle.renames) for finding in found)]


def _unread(bundle: OpenBundle, manifest: Mapping[str, Any], readable: Sequence[str]) -> Iterator[Finding]:
    """Files of layers that cannot be read back: damaged where their format has a reader."""
    for entry in manifest["files"]:
        name = entry["path"]
        if "box_um" not in entry or name not in bundle.names or name in readable:
            continue
        if entry.get("format") in readable_formats():
            yield error(
                "bundle.geometry", f"{name} is no {entry['format']} file that can be read.", file=name
            )
        else:
            yield note("bundle.unread", f"{name} was not read back: only its hashes are proved.", file=name)


def checks_findings(
    bundle: OpenBundle, manifest: Mapping[str, Any], result: CheckResult | None, design: Design
) -> Iterator[Finding]:
    """Whether checks.json and the manifest say of the files what is found in them now."""
    try:
        record = _read_json(bundle, CHECKS)["read_back"]
        told = _by_file([] if record is None else record["layers"])
        named = None if record is None else record["design"]["hash"]
        fine = record is None or record["ok"] is True
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        yield error("bundle.checks", f"{CHECKS} is damaged.", file=CHECKS)
        return
    if not fine:
        yield error("bundle.checks", f"{CHECKS} records that a check failed.", file=CHECKS)
    if named not in (None, design.content_hash):
        yield error("bundle.checks", f"{CHECKS} is about the design {str(named)[:16]}….", file=CHECKS)
    reports = {entry["path"]: entry.get("facts") for entry in manifest["files"]}
    facts = {name: report for name, report in reports.items() if isinstance(report, dict)}
    layers = result.to_dict()["layers"] if result else []
    for name in sorted(map(str, told.keys() - {_plain(layer["file"], bundle) for layer in layers})):
        yield error("bundle.checks", f"{CHECKS} speaks of {name}, which cannot be read back.", file=CHECKS)
    for layer in layers:
        name = _plain(layer["file"], bundle)
        own = _of_layer(told.get(name, ()), layer["layer"])
        for source, entry in ((CHECKS, own), (MANIFEST, facts.get(name, {}))):
            for key in _COMPARED:
                if key in layer and key in entry and entry[key] != layer[key]:
                    message = f"{source} says of {name}: {key} {entry[key]}; it has {layer[key]}."
                    yield error("bundle.checks", message, file=source)
        if name not in told:
            yield error("bundle.checks", f"{CHECKS} does not speak of {name}.", file=CHECKS)


def _by_file(entries: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """What is told of each file: one entry for each of its layers."""
    told: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        told.setdefault(entry["file"], []).append(entry)
    return told


def _of_layer(entries: Sequence[Mapping[str, Any]], layer: int) -> Mapping[str, Any]:
    """The entry of a layer; where there is none, the first, which then contradicts it."""
    return next((entry for entry in entries if entry.get("layer") == layer), entries[0] if entries else {})


def levels_findings(bundle: OpenBundle, design: Design) -> Iterator[Finding]:
    """Whether levels.csv has the heights of the design."""
    try:
        with bundle.file(LEVELS).open(encoding="utf-8", newline="") as stream:
            rows = [
                (int(row["layer"]), int(row["level"]), float(row["height_nm"]))
                for row in csv.DictReader(stream)
            ]
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        yield error("bundle.tables", f"{LEVELS} is damaged.", file=LEVELS)
        return
    heights = design.height_of_level_um.tolist()
    wanted = [
        (layer, level, round(height_um * 1e3, 6))
        for layer, row in enumerate(heights)
        for level, height_um in enumerate(row)
    ]
    if [row[:2] for row in rows] != [row[:2] for row in wanted] or any(
        abs(row[2] - want[2]) > 1e-5 for row, want in zip(rows, wanted, strict=True)
    ):
        yield error("bundle.tables", f"{LEVELS} does not have the heights of the design.", file=LEVELS)


def _plain(text: str, bundle: OpenBundle) -> str:
    return str(with_names(text, bundle.renames))


def _read_json(bundle: OpenBundle, name: str) -> Any:
    file = bundle.file(name)
    if file.stat().st_size > _LARGEST_RECORD:
        raise ValueError("too large")
    return json.loads(file.read_bytes())
