"""Findings written for other programs: SARIF's own rules, and KLayout as the reader."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from fabdesign.check import check_design, finding_titles
from fabdesign.check.finding import Finding, Place, Severity
from fabdesign.check.output import OUTPUT_FORMATS, sarif_log, write_findings
from fabdesign.check.result import CheckResult
from fabdesign.errors import ConfigError
from fabdesign.process import load_profile
from tests.check.devices import make_design

ODD = Finding(
    "print.pitch",
    Severity.NOTE,
    "It's <odd> & 5\\6 µm.",
    file="a folder/über.stl",
    places=(Place(-1.5, 2.0, (3, 4), 1), Place(0.25, 0.5)),
    count=2,
    value=1.0,
    hint="Don't.",
)


@pytest.fixture(scope="module")
def result() -> CheckResult:
    found = check_design(make_design(0, pixels=(8, 8)), load_profile("2pp-63x-ip-dip"))
    assert {finding.id for finding in found.findings} >= {"print.levels"}
    return replace(found, findings=(*found.findings, ODD), design_file="runs/0001/design.safetensors")


def test_a_sarif_log_keeps_to_the_standard(result: CheckResult, tmp_path: Path) -> None:
    path = tmp_path / "found.sarif"
    write_findings(result, path, "sarif")
    log = json.loads(path.read_text(encoding="utf-8"))
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert {rule["shortDescription"]["text"] for rule in rules} <= set(finding_titles().values())
    assert len(run["results"]) == len(result.findings)
    for entry, finding in zip(run["results"], result.findings, strict=True):
        assert rules[entry["ruleIndex"]]["id"] == entry["ruleId"] == finding.id
        assert entry["level"] in {"error", "warning", "note"}
        assert entry["message"]["text"].startswith(finding.message)
        for location in entry["locations"]:
            assert set(location) <= {"physicalLocation", "logicalLocations", "properties"}
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert " " not in uri
            assert unquote(uri) == (finding.file or result.design_file)


def test_places_are_locations(result: CheckResult) -> None:
    entry = next(
        entry for entry in sarif_log(result)["runs"][0]["results"] if entry["ruleId"] == "print.pitch"
    )
    first, second = entry["locations"]
    assert first["logicalLocations"][0]["fullyQualifiedName"] == "layer 1, pixel (3, 4)"
    assert first["properties"] == {"x_um": -1.5, "y_um": 2.0}
    assert second["logicalLocations"][0]["fullyQualifiedName"] == "x = 0.25 um, y = 0.5 um"
    assert entry["properties"] == {"count": 2, "value": 1.0}


def test_klayout_reads_the_markers(result: CheckResult, tmp_path: Path) -> None:
    rdb = pytest.importorskip("klayout.rdb")
    pytest.importorskip("klayout.db")  # for the boxes
    path = tmp_path / "found.lyrdb"
    write_findings(result, path, "lyrdb")
    read = rdb.ReportDatabase("")
    read.load(str(path))
    assert read.original_file == result.design_file
    assert {category.name() for category in read.each_category()} == {f.id for f in result.findings}
    assert read.num_items() == sum(max(1, len(finding.places)) for finding in result.findings)
    items = {}
    for item in read.each_item():
        values = list(item.each_value())
        boxes = [value.box() for value in values if value.is_box()]
        texts = [value.string() for value in values if value.is_string()]
        category = read.category_by_id(item.category_id()).name()
        cell = read.cell_by_id(item.cell_id()).name()
        items[(category, cell)] = boxes, texts
        assert item.has_tag(read.tag_id("note" if category == "print.pitch" else "error"))
    boxes, texts = items[("print.pitch", "layer 1")]
    assert (boxes[0].center().x, boxes[0].center().y) == (-1.5, 2.0)
    assert texts[0] == ODD.message
    assert texts[-1] == "Don't."
    assert ("print.pitch", "design") in items


@pytest.mark.parametrize("form", OUTPUT_FORMATS)
def test_same_findings_same_bytes_and_no_findings_a_valid_file(form, result, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_findings(result, tmp_path / name, form)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    write_findings(CheckResult("0" * 64), tmp_path / "none", form)
    text = (tmp_path / "none").read_text(encoding="utf-8")
    if form == "sarif":
        assert json.loads(text)["runs"][0]["results"] == []
    else:
        assert len(ET.fromstring(text).find("items")) == 0


def test_an_unknown_form_is_refused(result: CheckResult, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="lyrdb, sarif"):
        write_findings(result, tmp_path / "x", "pdf")
    assert not list(tmp_path.iterdir())
