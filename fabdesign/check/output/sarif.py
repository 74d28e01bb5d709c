"""Findings as SARIF 2.1.0 (OASIS standard, 2020), which code hosts and editors show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from fabdesign.check.catalogue import finding_titles
from fabdesign.check.finding import Finding, Place
from fabdesign.check.result import CheckResult

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def sarif_text(result: CheckResult) -> str:
    """The findings of a check as the text of a SARIF log."""
    return json.dumps(sarif_log(result), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def sarif_log(result: CheckResult) -> dict[str, Any]:
    """The findings of a check as a SARIF log: one run, one rule for each id, one result for each finding.

    A place becomes a location: the file it is in, and "layer 2, pixel (3, 4)" with x_um and y_um beside it.

    Args:
        result: what a check found.
    """
    ids = sorted({finding.id for finding in result.findings})
    run = {
        "tool": {"driver": {"name": "fabdesign", "version": version("fabdesign"), "rules": _rules(ids)}},
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(finding, ids.index(finding.id), result) for finding in result.findings],
        "properties": {"design": result.design_hash},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(ids: list[str]) -> list[dict[str, Any]]:
    titles = finding_titles()
    return [{"id": each, "shortDescription": {"text": titles.get(each, each)}} for each in ids]


def _result(finding: Finding, rule: int, result: CheckResult) -> dict[str, Any]:
    text = f"{finding.message} {finding.hint}" if finding.hint else finding.message
    record: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": text},
        "properties": dict(_numbers(finding)),
    }
    file = finding.file or result.design_file
    locations = [_location(place, finding, file) for place in finding.places or (None,)]
    locations = [location for location in locations if location]
    return {**record, "locations": locations} if locations else record


def _numbers(finding: Finding) -> Iterator[tuple[str, Any]]:
    yield "count", finding.count
    for name in ("value", "limit", "unit", "limit_source"):
        if getattr(finding, name) is not None:
            yield name, getattr(finding, name)


def _location(place: Place | None, finding: Finding, file: str | None) -> dict[str, Any]:
    layer = finding.layer if place is None or place.layer is None else place.layer
    words = [] if layer is None else [f"layer {layer}"]
    record: dict[str, Any] = {}
    if file is not None:
        record["physicalLocation"] = {"artifactLocation": {"uri": quote(file.replace("\\", "/"))}}
    if place is not None:
        words += [f"pixel ({place.pixel[0]}, {place.pixel[1]})"] if place.pixel else []
        words += [] if place.pixel else [f"x = {place.x_um:g} um, y = {place.y_um:g} um"]
        record["properties"] = {"x_um": place.x_um, "y_um": place.y_um}
    if words:
        record["logicalLocations"] = [{"fullyQualifiedName": ", ".join(words), "kind": "layer"}]
    return record
