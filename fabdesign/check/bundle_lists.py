"""The first links of a package's chain: SHA256SUMS, then the manifest, each held against every file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fabdesign.check.bundle_files import OpenBundle
from fabdesign.check.finding import Finding, error
from fabdesign.export.bundle.content import MANIFEST, MANIFEST_FORMAT, SUMS
from fabdesign.formats.written import Written

_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_LARGEST_LIST = 1 << 24


def read_sums(bundle: OpenBundle) -> tuple[dict[str, str], list[Finding]]:
    """SHA-256 by name as SHA256SUMS lists them, and what is wrong with the list itself."""
    text, findings = _text(bundle, SUMS, "bundle.sums")
    sums: dict[str, str] = {}
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in sums:
            findings.append(error("bundle.sums", f"Line {number} of {SUMS} is damaged.", file=SUMS))
        else:
            sums[match[2]] = match[1]
    return sums, findings


def read_manifest(bundle: OpenBundle) -> tuple[dict[str, Any], list[Finding]]:
    """The manifest, and what is wrong with it; empty where it cannot be read."""
    text, findings = _text(bundle, MANIFEST, "bundle.manifest")
    if findings:
        return {}, findings
    try:
        record = json.loads(text)
        fit = record["format"] == MANIFEST_FORMAT and _is_manifest(record)
    except (ValueError, KeyError, TypeError, RecursionError):
        fit = False
    if not fit:
        message = f"{MANIFEST} is damaged, or of another version than {MANIFEST_FORMAT}."
        return {}, [error("bundle.manifest", message, file=MANIFEST)]
    return record, []


def list_findings(
    files: Mapping[str, Written], sums: Mapping[str, str], listed: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    """Where files, SHA256SUMS and manifest contradict each other, and which of the three stands alone.

    Args:
        files: size and hash of the files that are there.
        sums: hashes by SHA256SUMS.
        listed: entries of the manifest by path; empty where it cannot be read.
    """
    for name in sorted({*files, *sums, *listed} - {SUMS}):
        if name not in files:
            yield error("bundle.missing", f"{name} is listed, but not there.", file=name)
        elif name not in sums:
            yield error("bundle.stray", f"{name} is there, but {SUMS} does not list it.", file=name)
        elif name == MANIFEST or not listed:
            yield from _two(name, files[name], sums[name])
        else:
            yield from _three(name, files[name], sums[name], listed.get(name))


def _two(name: str, found: Written, summed: str) -> Iterator[Finding]:
    if found.sha256 != summed:
        yield error("bundle.altered", _altered(name, found, f"{SUMS} has {summed[:16]}…"), file=name)


def _three(name: str, found: Written, summed: str, entry: Mapping[str, Any] | None) -> Iterator[Finding]:
    if entry is None:
        yield error("bundle.manifest", f"{MANIFEST} does not list {name}.", file=MANIFEST)
        return
    by_sums, by_manifest = found.sha256 == summed, found.sha256 == entry["sha256"]
    if not by_sums and by_manifest:
        message = f"The line of {SUMS} for {name} was changed; the file and {MANIFEST} agree with each other."
        yield error("bundle.sums", message, file=SUMS)
    elif by_sums and not by_manifest:
        message = f"The hash of {name} in {MANIFEST} was changed; the file and {SUMS} agree with each other."
        yield error("bundle.manifest", message, file=MANIFEST)
    elif not by_sums:
        yield error("bundle.altered", _altered(name, found, f"{SUMS} has {summed[:16]}…"), file=name)
    elif found.bytes != entry["bytes"]:
        message = f"{name} has {found.bytes} bytes; {MANIFEST} says {entry['bytes']}."
        yield error("bundle.manifest", message, file=MANIFEST)


def _altered(name: str, found: Written, other: str) -> str:
    return f"{name} was changed: its SHA-256 is {found.sha256[:16]}…, {other}."


def _is_manifest(record: Mapping[str, Any]) -> bool:
    strings = [
        record["design"]["content"],
        *(entry[key] for entry in record["files"] for key in ("path", "sha256")),
    ]
    names = [entry["path"] for entry in record["files"]]
    sizes = [entry["bytes"] for entry in record["files"]]
    return (
        all(isinstance(text, str) for text in strings)
        and all(isinstance(size, int) for size in sizes)
        and len(set(names)) == len(names)
    )


def _text(bundle: OpenBundle, name: str, rule: str) -> tuple[str, list[Finding]]:
    if name not in bundle.names:
        return "", [error("bundle.missing", f"The package has no {name}.", file=name)]
    file = bundle.file(name)
    if file.stat().st_size > _LARGEST_LIST:
        return "", [error(rule, f"{name} is larger than any list of files.", file=name)]
    try:
        return file.read_text(encoding="utf-8"), []
    except UnicodeDecodeError:
        return "", [error(rule, f"{name} is damaged: it is no UTF-8 text.", file=name)]
