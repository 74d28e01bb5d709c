"""What the sections say, held against an independent look at the same things."""

from __future__ import annotations

import base64
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabdesign.check import check_design
from fabdesign.process import load_profile
from fabdesign.report import Report, Subject, make_report, parse_results
from fabdesign.report.sections.cuts import REACH, _at_findings, _at_steps
from fabdesign.report.sections.relief import HOLE
from tests.check.tolerance import benches
from tests.report.reading import Page, read_page
from tests.report.subjects import plain_subject, tolerances, wide_spot


@pytest.fixture(scope="module")
def page(report: Report) -> Page:
    return read_page(report.html)


def test_identity(subject: Subject, page: Page) -> None:
    assert subject.design.content_hash in page.text
    assert "fabdesign 1.2.3" in page.text
    assert "relief height / pitch 0.80, pitch / wavelength 1.88" in page.text
    assert "the first 12 examples of images, 2 samples per pixel, seed 0, layers as stack" in page.text


def test_stages(page: Page) -> None:
    assert [row["stage"] for row in page.table("Score after each stage")] == ["printable", "sliced"]


def test_sensitivity_is_worst_first_with_both_signs(subject: Subject, page: Page) -> None:
    rows = page.table("Score with one error, the worst first")
    changes = [float(row["change"].lstrip("✗")) for row in rows]
    assert changes == sorted(changes)
    assert {row["error"] for row in rows} == {"height-gain", "layer-shift"}
    nominal = subject.results.nominal["accuracy"]
    for row, change in zip(rows, changes, strict=True):
        worse = min(float(row["at − size"]), float(row["at + size"])) - nominal
        assert change == pytest.approx(worse, abs=1.1e-4)


def test_margins_below_one_are_marked(page: Page) -> None:
    for row in page.table("Allowed errors, the smallest margin first"):
        limits = [float(row[sign].lstrip("> ")) for sign in "−+"]
        margin = min(limits) / float(row["process holds"])
        assert float(row["margin"].lstrip("✗")) == pytest.approx(margin, rel=0.06)
        assert row["margin"].startswith("✗") == (margin < 1)


@pytest.mark.usefixtures("no_pictures")
def test_yield_of_the_copies(tmp_path: Path) -> None:
    """Yield, interval, median, worst copy and convergence, computed again from the single copies."""
    design, profile = benches.classifier(), wide_spot(tmp_path)
    record, copies = tolerances(design, profile, benches.images(tmp_path))
    subject = Subject(
        "copies", "1", design, check_design(design, profile), profile, results=parse_results(record)
    )
    page = read_page(make_report(subject).html)
    scores = np.array([copy["scores"]["accuracy"] for copy in copies])
    share, n, z = float(np.mean(scores >= record["monte_carlo"]["spec"])), len(scores), 1.959964
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    row = page.table("Yield and quantiles")[0]
    assert row["yield"] == f"{share:.1%}"
    assert row["95 % interval (Wilson)"] == f"{max(middle - half, 0):.1%} to {min(middle + half, 1):.1%}"
    assert row["P50"] == f"{100 * np.median(scores):.2f} %"
    worst = page.table("Worst copies")[0]
    assert worst["score"] == f"{100 * scores.min():.2f} %"
    assert worst["compute it again with"] == f"fabdesign tolerance --replay {scores.argmin()}"
    assert [row["first"] for row in page.table("Convergence")] == ["6", "12", "24"]
    steps = [f"{np.mean(scores[:k] >= record['monte_carlo']['spec']):.1%}" for k in (6, 12, 24)]
    assert [row["yield"] for row in page.table("Convergence")] == steps


def test_findings_are_listed_and_drawn(subject: Subject, page: Page) -> None:
    rows = page.table("Findings, the worst first")
    assert {row["rule"] for row in rows} == {"print.isolated"}
    levels = subject.design.levels.astype(int)
    padded = np.pad(levels, ((0, 0), (1, 1), (1, 1)), constant_values=-9)
    around = [np.roll(padded, shift, axis)[:, 1:-1, 1:-1] for shift in (1, -1) for axis in (1, 2)]
    off = [near == -9 for near in around]
    higher = np.all([(levels > near) | gone for near, gone in zip(around, off, strict=True)], axis=0)
    lower = np.all([(levels < near) | gone for near, gone in zip(around, off, strict=True)], axis=0)
    counts = (higher | lower).sum(axis=(1, 2))
    assert [row["places"] for row in rows] == [str(count) for count in counts]
    assert all("measured: SEM, lot 7" in row["limit from"] for row in rows)
    maps = [image["alt"] for image in page.images if image["alt"].startswith("Map of the levels")]
    assert maps == [
        f"Map of the levels of layer {layer}, print.isolated ({count})" for layer, count in enumerate(counts)
    ]


def test_rules_tell_what_was_not_looked_for(page: Page) -> None:
    results = {row["rule"]: row["result"] for row in page.table("Rules of the process")}
    assert results["print.height"] == "!not checked: no limit known"
    assert results["print.isolated"].endswith("found")
    assert results["print.gap"] == "✓none found"
    assert results["print.corner"] == "!not checked: no limit known"


def test_levels_fill_each_layer(subject: Subject, page: Page) -> None:
    rows = page.table("Levels, and the share of the area at each")
    for layer, levels in enumerate(subject.design.levels):
        for level, row in enumerate(rows):
            assert row[f"layer {layer}"] == f"{np.mean(levels == level):.1%}"
    assert [float(row["height (nm)"]) for row in rows] == [0, 400, 800, 1200]
    assert [float(row["phase (rad)"]) for row in rows] == pytest.approx(
        [0, math.pi / 2, math.pi, 3 * math.pi / 2], abs=1e-4
    )


def test_view_holds_the_heights_that_the_files_have(subject: Subject, page: Page) -> None:
    assert subject.read_from == "stl"
    scene = page.data["scene"]
    for layer, view in enumerate(scene["views"]):
        whole = np.frombuffer(base64.b64decode(view["data"]), "<u2").reshape(view["ny"], view["nx"])
        heights = whole / (HOLE - 1) * scene["tallest_um"]
        np.testing.assert_allclose(heights, subject.design.height_um()[layer], atol=2e-5)


@pytest.mark.usefixtures("no_pictures")
def test_holes_in_a_file_are_holes_on_the_page(subject: Subject) -> None:
    layer = subject.checked.layers[0]
    height_um = layer.comparison.height_um.copy()
    height_um[3, 5] = np.nan
    holed = replace(layer, comparison=replace(layer.comparison, height_um=height_um))
    checked = replace(subject.checked, layers=(holed, *subject.checked.layers[1:]))
    page = read_page(make_report(replace(subject, checked=checked)).html)
    view = page.data["scene"]["views"][0]
    whole = np.frombuffer(base64.b64decode(view["data"]), "<u2").reshape(view["ny"], view["nx"])
    assert np.argwhere(whole == HOLE).tolist() == [[3, 5]]
    assert "The files have the same heights" not in page.text


def test_cuts_pass_through_the_tallest_step_and_the_worst_finding(subject: Subject) -> None:
    heights = subject.design.height_um()
    for cut in _at_steps(heights):
        line = cut.of(heights)
        at = cut.middle - cut.first
        steps = [np.abs(np.diff(heights[cut.layer], axis=axis)).max() for axis in (0, 1)]
        assert abs(line[at + 1] - line[at]) == pytest.approx(max(steps))
        assert len(line) <= 2 * REACH + 1
    finding = subject.checked.findings[0]
    cut = next(iter(_at_findings(subject)))
    assert (cut.layer, (cut.line, cut.middle)) == (finding.layer, finding.places[0].pixel)


def test_process_numbers_come_with_their_sources_assumed_first(page: Page) -> None:
    rows = page.table("Numbers of the process, the assumed ones first")
    assert [row["mark"] for row in rows] == ["!assumed", "!assumed", "vendor", "measured"]
    assert (rows[3]["number"], rows[3]["value"], rows[3]["source"]) == (
        "lateral.voxel_fwhm_um",
        "1",
        "SEM, lot 7",
    )
    assert "2 of the 4 numbers of the process wide are only assumed" in page.text
    marks = [row["mark"] for row in page.table("Sizes of the errors")]
    assert marks == ["!assumed", "vendor"]


def test_chain_names_every_file(subject: Subject, page: Page) -> None:
    assert page.table("Files")[0]["SHA-256"] == "cd" * 32
    rows = page.table("Layers as their files show them")
    assert [row["layer"] for row in rows] == ["0", "1"]
    assert {row["levels"] for row in rows} == {"✓identical"}
    assert {row["names the design"] for row in rows} == {"✓yes"}
    assert all(sentence[1:] in page.text for sentence in subject.verification.proved)


@pytest.mark.usefixtures("no_pictures")
def test_a_model_that_does_not_hold_verifies_nothing(subject: Subject) -> None:
    tall = replace(subject.design, height_of_level_um=subject.design.height_of_level_um * 2)
    checked = replace(subject.checked, model={**subject.checked.model, "verified": False})
    page = read_page(make_report(replace(subject, design=tall, checked=checked)).html)
    assert "verified" not in page.text
    assert "does not hold here: no optical number on this page is proved" in page.text
    assert "Files have the design's heights" in page.text


@pytest.mark.usefixtures("no_pictures")
def test_a_failed_check_is_said_first(subject: Subject) -> None:
    worse = tuple(replace(one, severity=type(one.severity)("error")) for one in subject.checked.findings)
    page = read_page(make_report(replace(subject, checked=replace(subject.checked, findings=worse))).html)
    assert "Check failed: see the findings" in page.text
    assert "verified" not in page.text


@pytest.mark.usefixtures("no_pictures")
def test_a_design_alone_says_what_is_missing() -> None:
    page = read_page(make_report(plain_subject()).html)
    assert "No exported file was read: this page is about the design alone." in page.text
    assert "copies" not in page.ids
    nameless = make_report(replace(plain_subject(), profile=None))
    assert "The process is not known" in read_page(nameless.html).text
    assert nameless.numbers["process"] is None


@pytest.mark.usefixtures("no_pictures")
def test_levels_of_unlike_layers_and_of_masks() -> None:
    """Layers with heights of their own, and a process with masks."""
    small = plain_subject()
    heights = small.design.height_of_level_um * np.array([[1.0], [0.5]])
    profile = load_profile("binary-optics-fused-silica")
    subject = replace(small, design=replace(small.design, height_of_level_um=heights), profile=profile)
    page = read_page(make_report(subject).html)
    rows = page.table("Levels, and the share of the area at each")
    assert [(row["layer"], row["level"]) for row in rows[3:5]] == [("0", "3"), ("1", "0")]
    assert float(rows[7]["height (nm)"]) == pytest.approx(600)
    results = {row["rule"]: row["result"] for row in page.table("Rules of the process")}
    assert results["print.coding"].endswith("found")
    assert results["print.slice"] == "!not checked: no limit known"


def test_every_place_is_kept_for_the_maps(subject: Subject) -> None:
    """All lone pixels of a layer, where the first of them are listed as places."""
    for finding in subject.checked.findings:
        assert finding.everywhere.shape == (finding.count, 2)
        listed = [(place.x_um, place.y_um) for place in finding.places]
        np.testing.assert_allclose(finding.everywhere[: len(listed)], listed)
        assert "everywhere" not in finding.to_dict()


def test_heights_to_measure(page: Page) -> None:
    """Standard deviations are those of the process: a gain of 2 % of the height."""
    rows = page.table("Heights to measure")
    assert [(row["layer"], row["level"]) for row in rows] == [("all", "1"), ("all", "2"), ("all", "3")]
    assert [float(row["height (nm)"]) for row in rows] == [400, 800, 1200]
    assert [float(row["± 1 σ (nm)"]) for row in rows] == [8, 16, 24]
    phases = [float(row["1 σ as phase (rad)"]) for row in rows]
    assert phases == pytest.approx([2 * math.pi * sigma / 1600 for sigma in (8, 16, 24)], abs=5e-4)
    assert "Set the slicer to slice distance" in page.text


def test_bench_adds_up(subject: Subject, page: Page) -> None:
    rows = page.table("The way of the light, from the input plane to the detectors")
    ends = np.cumsum([slab.thickness_um for slabs in subject.design.physical.spaces for slab in slabs])
    assert [float(row["ends at z (µm)"]) for row in rows] == pytest.approx(ends)
    assert any("detectors at 85 µm" in image["alt"] for image in page.images)
    assert len(page.table("Detectors")) == 4


def test_answers_are_drawn(page: Page) -> None:
    alts = [image["alt"] for image in page.images]
    assert any(alt.startswith("How often each class was taken for each other") for alt in alts)
    assert any(alt.startswith("The first examples of 4 classes") for alt in alts)
