"""Solids are exported with the slice setting that prints them, or refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabdesign.errors import ConfigError
from fabdesign.export import export_design
from fabdesign.process import Profile, load_profile
from fabdesign.relief.slice_choice import choose_slices
from tests.check.devices import make_design


def sliced(slice_um: float) -> Profile:
    profile = load_profile("2pp-63x-ip-dip")
    assert profile.axial.slice_um is not None
    number = profile.axial.slice_um.model_copy(update={"value": slice_um})
    return profile.model_copy(update={"axial": profile.axial.model_copy(update={"slice_um": number})})


def with_step(step_um: float):
    design = make_design(0, layers=2, pixels=(6, 5), levels=4)
    return replace(design, height_of_level_um=np.tile(np.round(np.arange(4) * step_um, 6), (2, 1)))


def test_slices_that_fit_are_named_with_their_offset(tmp_path: Path) -> None:
    report = export_design(with_step(0.2), tmp_path, "stl", profile=sliced(0.1)).report["slices"]
    assert report["operator"] == [
        "Set the slicer to slice distance 100 nm, first plane 50 nm above the bottom: every level prints as "
        "designed."
    ]
    assert [layer["must_change"] for layer in report["layers"]] == [False, False]
    levels = report["layers"][0]["recommended"]["levels"]
    assert [level["printed_nm"] for level in levels] == [0, 200, 400, 600]


def test_a_better_setting_is_recommended_where_heights_would_be_off(tmp_path: Path) -> None:
    """Levels of 180 nm in slices of 100 nm print 200, 400, 500; slices of 90 nm print them all."""
    report = export_design(with_step(0.18), tmp_path, "stl", profile=sliced(0.1)).report["slices"]
    layer = report["layers"][0]
    assert layer["must_change"]
    assert layer["recommended"]["slice_nm"] == 90
    assert layer["recommended"]["exact"]
    off = [level["printed_nm"] - level["height_nm"] for level in layer["as_set"]["levels"]]
    phases = [level["phase_error_rad"] for level in layer["as_set"]["levels"]]
    assert max(map(abs, off)) == 40
    assert phases == pytest.approx([2 * np.pi * 0.5429 / 785 * error for error in off])


def test_lost_levels_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="print alike in the slices of 200 nm") as caught:
        export_design(with_step(0.119), tmp_path / "out", "stl", profile=sliced(0.2))
    assert "axial.slice_um = 0.119" in (caught.value.hint or "")
    assert not (tmp_path / "out").exists()
    result = export_design(
        with_step(0.119), tmp_path / "out", "stl", profile=sliced(0.2), allow_lost_levels=True
    )
    assert result.report["slices"]["layers"][0]["as_set"]["lost"]


def test_a_process_without_slices_says_nothing(tmp_path: Path) -> None:
    for number, profile in enumerate((None, load_profile("2gl-grayscale"))):
        assert (
            "slices"
            not in export_design(with_step(0.119), tmp_path / str(number), "stl", profile=profile).report
        )


def test_heights_without_a_common_measure_get_the_nearest_slices() -> None:
    choice = choose_slices([0, 141_421, 173_205, 314_159, 271_828], 1_000_000, 100_000)
    assert not choice.recommended.exact
    assert max(map(abs, choice.recommended.error_pm)) < max(map(abs, choice.as_set.error_pm))
    assert 20_000 <= choice.recommended.slice_pm <= 100_000


def test_jobs_tell_phase_errors(tmp_path: Path) -> None:
    report = export_design(with_step(0.18), tmp_path, "gwl", profile=sliced(0.1)).report
    level = report["layers"][0]["slices"]["levels"][1]
    assert level["phase_error_rad"] == pytest.approx(2 * np.pi * 0.5429 / 785 * 20)
