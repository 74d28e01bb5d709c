"""Rules on masks, planes, fields, slices, effort and sampling, on layers where the answer is known."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fabdesign.check import Finding, Severity, rules, run_rules
from fabdesign.check.survey import survey_design
from fabdesign.check.write_time import design_write_time
from fabdesign.design import Design
from fabdesign.process import Profile, load_profile
from tests.check.devices import make_design, make_physical


def mark(value: float) -> dict[str, Any]:
    return {"value": value, "source": "measured: here"}


def profile_of(kind: str = "2pp", **tables: dict[str, Any]) -> Profile:
    marked = {
        name: {key: mark(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
               for key, value in table.items()}
        for name, table in tables.items()
    }  # fmt: skip
    return Profile.model_validate({"profile": {"name": "mine", "kind": kind}, **marked})


def design_of(levels: list[list[int]] | np.ndarray, step_um: float = 0.2, count: int = 4) -> Design:
    array = np.array(levels, np.uint8)[None]
    heights = np.round(np.arange(count) * step_um, 6)[None]
    physical = make_physical(1).model_copy(update={"pitch_um": 1.0})
    return Design(levels=array, height_of_level_um=heights, physical=physical)


def found(design: Design, profile: Profile, rule: str) -> list[Finding]:
    return list(rules()[rule].check(design, profile))


BAR = [[0, 0, 0, 0, 0], [0, 3, 3, 1, 0], [0, 3, 3, 1, 0], [0, 0, 0, 0, 0]]


def test_a_narrow_step_is_narrow_only_in_the_plane_that_it_is_in() -> None:
    profile = profile_of(lateral={"min_feature_um": 2.0})
    assert found(design_of(BAR), profile, "print.feature") == []
    tall = [[0, 0, 0, 0, 0], [0, 3, 1, 1, 0], [0, 3, 1, 1, 0], [0, 0, 0, 0, 0]]
    [finding] = found(design_of(tall), profile, "print.feature")
    assert finding.message.startswith("The plane of level 3 has 2 features below 2 um")
    assert finding.value == 1.0
    assert {(place.y_um, place.x_um) for place in finding.places} == {(-0.5, -1.0), (0.5, -1.0)}


def test_masks_are_judged_by_their_own_runs() -> None:
    """Etched levels 3, 3, 1, 0 are codes 0, 0, 2, 3: mask 1 draws one pixel, mask 2 draws two."""
    profile = profile_of("binary-etch", lateral={"min_feature_um": 2.0}, mask={"depth_step_nm": 1.0})
    [finding] = found(design_of([[3, 3, 1, 0]] * 2), profile, "print.feature")
    assert finding.message.startswith("Mask M1 has 2 features below 2 um")
    assert finding.places[0].pixel == (0, 3)
    added = profile_of("ideal", lateral={"min_feature_um": 2.0}, mask={"depth_step_nm": 1.0})
    assert found(design_of([[3, 3, 2, 0]] * 2), added, "print.feature") == []


def test_gaps_are_judged_apart_from_features() -> None:
    profile = profile_of(lateral={"min_space_um": 3.0, "min_feature_um": 2.0})
    gap = design_of([[3, 3, 0, 0, 3, 3]] * 2)
    assert found(gap, profile, "print.feature") == []
    findings = found(gap, profile, "print.space")
    assert {finding.value for finding in findings} == {2.0}
    assert findings[0].places[0].x_um == 0.0
    assert findings[0].places[0].pixel is None  # between two pixels


def test_three_levels_have_no_binary_masks() -> None:
    profile = profile_of("binary-etch", mask={"depth_step_nm": 1.0})
    three = design_of([[0, 1, 2]], count=3)
    [finding] = found(three, profile, "print.coding")
    assert "power of two" in finding.message
    assert found(three, profile, "print.corner") == []


def test_corner_touches_matter_most_to_electron_beams() -> None:
    diagonal = design_of([[3, 0], [0, 3]])
    plain = profile_of("binary-etch", mask={"depth_step_nm": 1.0})
    assert {finding.severity for finding in found(diagonal, plain, "print.corner")} == {Severity.NOTE}
    [first, _] = found(diagonal, load_profile("ebeam-fused-silica"), "print.corner")
    assert first.severity is Severity.WARNING
    assert (first.places[0].x_um, first.places[0].y_um) == (0.0, 0.0)
    assert "gdstk#41" in (first.limit_source or "")
    assert found(diagonal, profile_of(), "print.corner") == []


def test_lost_levels_are_errors_with_the_setting_that_keeps_them() -> None:
    """119 nm levels in slices of 200 nm; 119 nm slices print them all."""
    design = design_of([[0, 1, 2, 3]], step_um=0.119)
    [finding] = found(design, profile_of(axial={"slice_um": 0.2}), "print.slice")
    assert finding.severity is Severity.ERROR
    assert finding.value == pytest.approx(119.0)
    assert "slice distance 119 nm" in (finding.hint or "")
    assert found(design, profile_of(axial={"slice_um": 0.119}), "print.slice") == []


def test_square_fields_cut_pixels_and_round_ones_do_not() -> None:
    wide = design_of(np.zeros((4, 9), np.uint8))
    [finding] = found(wide, profile_of(field={"size_um": 3.5, "shape": "square"}), "print.seam")
    assert finding.limit == 3.0
    assert finding.places[0].x_um == pytest.approx(-4.5 + 3.5)
    assert found(wide, profile_of(field={"size_um": 3.5, "shape": "circle"}), "print.seam") == []
    assert found(wide, profile_of(field={"size_um": 9.5, "shape": "square"}), "print.seam") == []


def test_the_time_of_a_printer_is_its_lines_over_their_speed() -> None:
    """4 pixels of 1 µm² with 5 µm of base and 0, 1, 2, 3 slices of 0.2 µm: 106 µm² of slices, hatch 0.1."""
    profile = profile_of(
        axial={"slice_um": 0.2, "hatch_um": 0.1}, write={"speed_mm_s": 0.01, "t_setup_s": 5.0}
    )
    [estimate] = design_write_time(design_of([[0, 1, 2, 3]]), profile)
    assert estimate.scan_s == pytest.approx(106 / 0.1 / 10)
    assert estimate.total_s == pytest.approx(111.0)
    assert estimate.unknown == ()
    limits = {"max_write_h": 0.02}
    slow = profile.model_copy(update={"limits": profile_of(limits=limits).limits})
    [finding] = found(design_of([[0, 1, 2, 3]]), slow, "print.time")
    assert finding.value == pytest.approx(111 / 3600)


def test_the_time_of_a_beam_is_charge_over_current() -> None:
    """Codes 0…3 draw 4 µm² in both masks: 4e-8 cm² at 100 µC/cm² and 1 nA take 4 ms."""
    profile = profile_of(
        "ebeam", mask={"depth_step_nm": 1.0}, write={"dose_uc_cm2": 100.0, "current_na": 1.0}
    )
    [estimate] = design_write_time(design_of([[0, 1, 2, 3]]), profile)
    assert estimate.scan_s == pytest.approx(4e-3)


def test_the_time_of_a_scanner_is_its_area_for_each_exposure() -> None:
    scanner = {"rate_mm2_min": 1e-6}
    eight = profile_of("grayscale-laser", dose={"bits": 8, "exposures": 8}, write=scanner)
    assert design_write_time(design_of([[0, 1, 2, 3]]), eight)[0].scan_s == pytest.approx(8 * 4 * 60)
    masks = profile_of("binary-etch", mask={"depth_step_nm": 1.0}, write=scanner)
    assert design_write_time(design_of([[0, 1, 2, 3]]), masks)[0].scan_s == pytest.approx(2 * 4 * 60)
    unknown = design_write_time(design_of([[0, 1]]), load_profile("dwl66-binary"))[0].unknown
    assert "write.rate_mm2_min" in unknown


def test_triangles_and_bytes_are_counted_without_a_mesh() -> None:
    """A flat plate with one pixel raised has 16 corners and so 28 triangles, 1484 bytes."""
    design = design_of([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    machine = {"machine": {"accepts": ["stl"]}, "layers": {"base_um": 5.0}}
    assert found(design, profile_of(limits={"max_triangles": 28}, **machine), "print.size") == []
    [finding] = found(design, profile_of(limits={"max_triangles": 27}, **machine), "print.size")
    assert finding.value == 28
    [finding] = found(design, profile_of(limits={"max_file_mb": 0.001}, **machine), "print.size")
    assert finding.value == pytest.approx(0.001484)


def test_scores_on_points_are_told() -> None:
    design = replace(make_design(0, pixels=(8, 8)), settings={"samples_per_pixel": 1})
    assert [f.value for f in found(design, profile_of(), "optics.sampling")] == [1.0]
    coarse = replace(design, settings={"samples_per_pixel": 2, "sampling": {"estimated_error": 0.1}})
    assert [f.value for f in found(coarse, profile_of(), "optics.sampling")] == [0.1]
    fine = replace(design, settings={"samples_per_pixel": 2, "sampling": {"estimated_error": 1e-9}})
    assert found(fine, profile_of(), "optics.sampling") == []


def test_the_survey_measures_without_limits() -> None:
    survey = survey_design(design_of(BAR), profile_of(axial={"slice_um": 0.2, "hatch_um": 0.1}))
    [layer] = survey["layers"]
    assert [plane["name"] for plane in layer["drawn"]] == ["the plane of level 1", "the plane of level 3"]
    assert [plane["feature_um"] for plane in layer["drawn"]] == [2.0, 2.0]
    assert layer["tallest_step_nm"] == pytest.approx(600.0)
    assert layer["isolated_pixels"] == 0
    assert layer["fields"] == 1


@pytest.mark.parametrize("name", ["mine", "ebeam-fused-silica"])
def test_every_rule_on_a_million_pixels_within_seconds(name: str) -> None:
    """Random levels and limits that every pixel breaks: the worst that rules can meet."""
    lateral = {"min_feature_um": 1.5, "min_space_um": 1.5, "voxel_fwhm_um": 0.8}
    if name == "mine":
        profile = profile_of(lateral=lateral, axial={"slice_um": 0.1, "neighbour_step_max_nm": 200.0})
    else:
        strict = profile_of(lateral=lateral).lateral
        profile = load_profile(name).model_copy(update={"lateral": strict})
    levels = np.random.default_rng(1).integers(0, 8, (1000, 1000))
    design = design_of(levels, count=8)
    start = time.process_time()
    findings = run_rules(design, profile)
    assert time.process_time() - start < 5  # 0.6 s where nothing else runs
    assert {"print.feature", "print.space", "print.isolated"} <= {finding.id for finding in findings}
    assert all(len(finding.places) <= 20 for finding in findings)
