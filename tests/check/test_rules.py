"""Each rule finds what it is for, says where its limit comes from, and is silent where it has none."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fabdesign.check import Finding, Severity, check_design, rules, run_rules
from fabdesign.check.optical_model import OpticalModel, optical_model_findings
from fabdesign.design import Design, Optical
from fabdesign.process import Profile, load_profile
from tests.check.devices import make_design, make_physical

PRINTABLE_UM = np.arange(8) * 0.2


def with_numbers(**tables: dict[str, float]) -> Profile:
    """A two-photon profile with these limits and no others."""
    marked = {
        table: {key: {"value": value, "source": "measured: last week"} for key, value in numbers.items()}
        for table, numbers in tables.items()
    }
    record: dict[str, Any] = {"profile": {"name": "mine", "kind": "2pp"}, **marked}
    return Profile.model_validate(record)


def printable(**changes: Any) -> Design:
    design = make_design(0, pixels=(8, 8))
    fields = {"height_of_level_um": np.tile(PRINTABLE_UM, (3, 1)), **changes}
    return replace(design, **fields)


def found(design: Design, profile: Profile, rule: str) -> list[Finding]:
    return list(rules()[rule].check(design, profile))


def test_a_sound_design_passes_every_rule() -> None:
    result = check_design(printable(), load_profile("2pp-63x-ip-dip"))
    assert result.findings == ()
    assert result.ok
    assert result.model["verified"] is True
    assert result.model["height_over_pitch"] == pytest.approx(1.4 / 1.5)
    assert result.to_dict()["levels_identical"] is None


@pytest.mark.parametrize(
    ("rule", "tables", "severity", "value"),
    [
        ("print.pitch", {"lateral": {"pixel_min_um": 1.6}}, "error", 1.5),
        ("print.feature", {"lateral": {"min_feature_um": 2.0}}, "error", 1.5),
        ("print.space", {"lateral": {"min_space_um": 2.0}}, "error", 1.5),
        ("print.isolated", {"lateral": {"voxel_fwhm_um": 1.0}}, "warning", 1.5),
        ("print.neighbour", {"axial": {"neighbour_step_max_nm": 1000.0}}, "error", 1400.0),
        ("print.slice", {"axial": {"slice_um": 0.5}}, "error", 200.0),
        ("print.seam", {"field": {"size_um": 4.0}}, "warning", 4.0),
        ("print.seam", {"field": {"size_um": 1.0}}, "error", 1.5),
        ("print.extent", {"limits": {"max_extent_mm": 0.005}}, "error", 0.006),
        ("print.pitch", {"lateral": {"voxel_fwhm_um": 2.0}}, "error", 1.5),
        ("print.voxel", {"lateral": {"voxel_fwhm_um": 1.2}}, "warning", 1.25),
        ("print.hatch", {"axial": {"hatch_um": 0.4}}, "warning", 3.75),
        ("print.grid", {"lateral": {"grid_nm": 7.0}}, "error", 1500.0),
        ("print.aspect", {"axial": {"aspect_max": 0.5}}, "error", 1.4 / 1.5),
        ("print.height", {"axial": {"height_max_um": 1.0}}, "error", 1.4),
        ("print.step", {"axial": {"level_step_max_nm": 150.0}}, "error", 200.0),
        ("print.levels", {"axial": {"slice_um": 0.3}}, "error", 100.0),
        ("print.field", {"field": {"size_um": 10.0}}, "note", 4.0),
    ],
)
def test_a_rule_finds_its_case(rule: str, tables: dict[str, Any], severity: str, value: float) -> None:
    findings = found(printable(), with_numbers(**tables), rule)
    assert {finding.id for finding in findings} == {rule}
    assert findings[0].severity is Severity(severity)
    assert findings[0].value == pytest.approx(value)
    assert "measured: last week" in (findings[0].limit_source or "")
    assert findings[0].hint


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule != "print.levels"])
def test_a_rule_without_a_limit_is_silent(rule: str) -> None:
    assert found(printable(), with_numbers(), rule) == []


def test_a_process_without_its_number_gives_no_levels() -> None:
    [finding, *_] = found(printable(), with_numbers(), "print.levels")
    assert "axial.slice_um" in finding.message


def test_limits_that_just_hold() -> None:
    tight = with_numbers(
        lateral={"pixel_min_um": 1.5, "voxel_fwhm_um": 0.75, "grid_nm": 100.0},
        axial={"hatch_um": 0.1, "aspect_max": 1.4 / 1.5, "height_max_um": 1.4, "slice_um": 0.2},
        field={"size_um": 12.0},
    )
    assert run_rules(printable(), tight) == []


def test_only_heights_in_use_count() -> None:
    levels = np.zeros((3, 8, 8), np.uint8)
    table = np.tile(np.array([0.0, 0.1234]), (3, 1))
    assert (
        found(
            printable(levels=levels, height_of_level_um=table),
            with_numbers(axial={"slice_um": 0.1}),
            "print.levels",
        )
        == []
    )


def test_heights_that_cannot_be_made_are_told_in_phase_too() -> None:
    findings = found(make_design(0, pixels=(8, 8)), load_profile("2pp-63x-ip-dip"), "print.levels")
    assert [finding.layer for finding in findings] == [0, 1, 2]
    assert findings[0].value == pytest.approx(40)  # 0.36 um between 0.3 and 0.4
    assert "(0.174 rad)" in findings[0].message  # 2π · 0.04 · 0.5429 / 0.785
    assert "assumed" in (findings[0].limit_source or "")


def test_the_ideal_process_promises_nothing() -> None:
    [finding] = found(printable(), load_profile("ideal"), "print.levels")
    assert finding.severity is Severity.WARNING
    assert "no machine" in finding.message


def test_a_relief_in_a_gap_too_small() -> None:
    physical = make_physical()
    thin = tuple(
        slab.model_copy(update={"thickness_um": 1.3}) for slab in physical.spaces[1] if slab.what == "gap"
    )
    spaces = (physical.spaces[0], (*thin, physical.spaces[1][1]), *physical.spaces[2:])
    design = printable(physical=physical.model_copy(update={"spaces": spaces}))
    [finding] = found(design, with_numbers(), "print.gap")
    assert (finding.layer, finding.value, finding.limit) == (0, pytest.approx(1.4), pytest.approx(1.3))


def test_sub_wavelength_neurons_are_unprintable_and_unverified() -> None:
    """632.8 nm light on 316.4 nm neurons: three reasons, each with its number."""
    physical = make_physical(pitch_um=0.3164).model_copy(
        update={"wavelength_um": 0.6328, "material": Optical(name="ip-dip", index=1.5494)}
    )
    turn_um = 0.6328 / 0.5494
    heights = np.round(np.arange(16) / 16 * turn_um, 6)
    design = Design(
        levels=np.random.default_rng(0).integers(0, 16, (3, 8, 8), dtype=np.uint8),
        height_of_level_um=np.tile(heights, (3, 1)),
        physical=physical,
    )
    result = check_design(design, load_profile("2pp-63x-ip-dip"))
    assert not result.ok
    reasons = {finding.id for finding in result.findings}
    assert {"print.pitch", "print.levels", "print.hatch", "model.thin-invalid"} <= reasons
    assert result.model["verified"] is False
    assert result.model["height_over_pitch"] == pytest.approx(heights[15] / 0.3164)
    assert result.model["pitch_over_wavelength"] == pytest.approx(0.5)
    assert "not verified" in next(f.message for f in result.findings if f.id == "model.thin-invalid")


def test_findings_are_plain_json_worst_first() -> None:
    profile = with_numbers(
        lateral={"voxel_fwhm_um": 1.2, "grid_nm": 7.0}, field={"size_um": 10.0}, axial={"slice_um": 0.2}
    )
    result = check_design(printable(), profile)
    severities = [finding["severity"] for finding in result.to_dict()["findings"]]
    assert severities == ["error", *["warning"] * 5, "note"]
    assert result.count(Severity.NOTE) == 1


def test_each_rule_is_registered_once_with_a_title() -> None:
    folder = Path(__file__).parents[2] / "fabdesign" / "check" / "rules" / "of"
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    assert text.count("    Rule(") + text.count("(Rule(") == len(rules())
    assert all(rule.title and rule.id == key for key, rule in rules().items())


@pytest.mark.parametrize(
    ("model", "pitch_um", "finding"),
    [
        ("thin", 1.5, None),
        ("thin", 1.2, "model.thin-invalid"),
        ("thick", 1.2, None),
        ("thick", 0.8, "model.thick-invalid"),
    ],
)
def test_each_optical_model_is_believed_where_it_holds(model, pitch_um, finding):
    seen = OpticalModel(model, height_um=1.4, pitch_um=pitch_um, wavelength_um=0.785)
    assert [found.id for found in optical_model_findings(seen)] == ([] if finding is None else [finding])
    assert seen.to_dict()["verified"] is (finding is None)
