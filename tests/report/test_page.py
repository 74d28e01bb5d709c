"""The page as HTML: whole, escaped, with nothing from outside, and the same bytes every time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from fabdesign.check import Finding, Severity
from fabdesign.errors import ConfigError
from fabdesign.report import FileFact, Report, Subject, is_report, make_report, write_report
from tests.report.reading import read_page
from tests.report.subjects import plain_subject

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(2)>\'"&</style></title>{{ 7*7 }}'
SECTIONS = [
    "glance", "identity", "relief", "findings", "layers", "cuts", "levels", "effort", "measuring", "bench",
    "function",
    "stages", "sensitivity", "allowed", "copies", "process", "chain", "record",
]  # fmt: skip


def test_all_sections_in_order_with_headings(report: Report) -> None:
    page = read_page(report.html)
    assert [name for name in page.ids if name in SECTIONS] == SECTIONS
    assert [level for level, _ in page.headings] == [1] + [2] * len(SECTIONS)
    linked = [address[1:] for address in page.addresses if address.startswith("#")]
    assert linked[1:] == SECTIONS
    assert all(image["alt"] for image in page.images)
    assert len({image["alt"] for image in page.images}) == len(page.images)


def test_nothing_comes_from_outside(report: Report) -> None:
    page = read_page(report.html)
    assert all(address.startswith(("#", "data:")) for address in page.addresses)
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/)", report.html.split("<body>")[0])
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert not any("style" in attributes for _, attributes in page.tags)


def test_policy_allows_the_page_its_own_scripts_alone(report: Report) -> None:
    policy = read_page(report.html).policy
    assert policy.startswith("default-src 'none'; img-src data:;")
    for kind in ("script", "style"):
        bodies = re.findall(rf"<{kind}>(.*?)</{kind}>", report.html, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies]
        allowed = re.search(rf"{kind}-src([^;]*)", policy)
        assert allowed is not None
        assert re.findall(r"'sha256-([^']*)'", allowed[1]) == hashes
        assert len(hashes) == {"script": 2, "style": 1}[kind]
        assert "unsafe" not in policy


@pytest.mark.usefixtures("no_pictures")
def test_texts_from_files_are_escaped(subject: Subject) -> None:
    finding = Finding(HOSTILE, Severity.WARNING, HOSTILE, 0, HOSTILE, limit_source=HOSTILE, hint=HOSTILE)
    hostile = replace(
        subject,
        title=HOSTILE,
        version=HOSTILE,
        design=replace(subject.design, provenance={"config": HOSTILE, "commit": HOSTILE, "made_by": HOSTILE}),
        checked=replace(subject.checked, findings=(finding,), design_file=HOSTILE),
        files=(FileFact(HOSTILE, 1, HOSTILE, HOSTILE),),
    )
    report = make_report(hostile)
    page = read_page(report.html)
    assert page.headings[0] == (1, HOSTILE)
    assert page.table("Findings, the worst first")[0]["rule"] == HOSTILE
    assert page.text.count("{{ 7*7 }}") >= 8
    assert not any(attributes.get("src") == "x" for _, attributes in page.tags)
    assert sum(tag == "script" for tag, _ in page.tags) == 4
    assert page.data["numbers"]["title"] == HOSTILE


def test_same_bytes_every_time_and_no_date(subject: Subject, report: Report) -> None:
    assert make_report(subject).html == report.html
    assert not re.search(r"20\d\d-\d\d-\d\d", read_page(report.html).text.split("Record of the design")[0])


def test_numbers_inside_are_those_returned(report: Report) -> None:
    inside = read_page(report.html).data["numbers"]
    assert inside == json.loads(json.dumps(report.numbers))
    assert inside["verdict"] == "verified"
    assert inside["check"]["levels_identical"] is True


def test_large_layers_stay_small() -> None:
    """1000 x 1000 pixels: views and maps are thinned out, and the page says so."""
    small = plain_subject()
    levels = (small.design.levels[:1].repeat(63, axis=1).repeat(63, axis=2))[:, :1000, :1000]
    spaces = small.design.physical.spaces
    physical = small.design.physical.model_copy(update={"spaces": (spaces[0], spaces[-1])})
    design = replace(
        small.design,
        levels=levels,
        height_of_level_um=small.design.height_of_level_um[:1],
        physical=physical,
    )
    report = make_report(replace(small, design=design))
    page = read_page(report.html)
    assert len(report.html) < 3e6
    assert "one of 6 × 6 pixels" in page.text
    assert "Every second pixel in each direction is drawn" in page.text
    views = page.data["scene"]["views"]
    assert [(view["nx"], view["ny"], view["cell_um"]) for view in views] == [(167, 167, 9.0), (96, 96, 1.5)]


def test_only_reports_are_replaced(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "new" / "page.html"
    written = write_report(report, path)
    assert written == write_report(report, path)
    assert written.sha256 == hashlib.sha256(report.html.encode()).hexdigest()
    assert is_report(path)
    other = tmp_path / "thesis.html"
    other.write_text("<p>mine</p>", encoding="utf-8")
    with pytest.raises(ConfigError, match="no report"):
        write_report(report, other)
    assert other.read_text(encoding="utf-8") == "<p>mine</p>"
