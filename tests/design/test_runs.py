"""Run folders: numbered, never taken twice, found by LATEST and by hash."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fabdesign.design import Design, Optical, Physical, save_design
from fabdesign.design.runs import (
    DESIGN_NAME,
    create_run,
    find_design,
    latest_design,
    latest_run,
    list_runs,
    mark_latest,
)
from fabdesign.errors import ConfigError, FileFormatError


def a_design(level: int) -> Design:
    return Design(
        levels=np.full((1, 2, 2), level, dtype=np.uint8),
        height_of_level_um=np.array([[0.0, 0.5, 1.0]]),
        physical=Physical(
            wavelength_um=0.785,
            pitch_um=1.5,
            medium=Optical(name="air", index=1.0),
            material=Optical(name="ip-dip", index=1.5),
            process="ideal",
        ),
    )


def test_runs_count_on_from_the_highest_number(tmp_path: Path) -> None:
    (tmp_path / "0041-old").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "0099-file").write_text("no run")
    assert create_run(tmp_path, "digits").name == "0042-digits"
    assert create_run(tmp_path, "lens").name == "0043-lens"
    assert [run.name for run in list_runs(tmp_path)] == ["0041-old", "0042-digits", "0043-lens"]


def test_numbers_go_on_past_four_digits(tmp_path: Path) -> None:
    (tmp_path / "9999-x").mkdir()
    assert create_run(tmp_path, "x").name == "10000-x"
    assert list_runs(tmp_path)[-1].name == "10000-x"


def test_runs_made_at_the_same_time_get_folders_of_their_own(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create_run(tmp_path / "runs", "x"), range(24)))
    assert len(set(made)) == 24


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(FileFormatError, match="cannot be written"):
        create_run(tmp_path / "runs", "x")


def test_latest_names_the_newest_finished_run(tmp_path: Path) -> None:
    first, second = create_run(tmp_path, "a"), create_run(tmp_path, "b")
    mark_latest(second)
    mark_latest(first)
    assert latest_run(tmp_path) == first
    assert (tmp_path / "LATEST").read_text() == "0001-a\n"


def test_without_runs_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="found none") as caught:
        latest_run(tmp_path)
    assert "fabdesign train" in str(caught.value.hint)


def test_a_latest_that_names_a_lost_folder_or_leads_elsewhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "LATEST").write_text("0007-gone\n")
    with pytest.raises(ConfigError, match="0007-gone, which is not there"):
        latest_run(tmp_path)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/LATEST").write_text("..\n")
    with pytest.raises(ConfigError, match="must name a run folder"):
        latest_run(tmp_path / "runs")


def test_a_latest_run_without_design_names_how_to_go_on(tmp_path: Path) -> None:
    mark_latest(create_run(tmp_path, "a"))
    with pytest.raises(ConfigError, match="must have finished") as caught:
        latest_design(tmp_path)
    assert "--resume" in str(caught.value.hint)


def test_a_design_is_found_by_its_hash_and_the_newest_of_equals_wins(tmp_path: Path) -> None:
    for level in (0, 1, 0):
        save_design(a_design(level), create_run(tmp_path, "x") / DESIGN_NAME)
    (create_run(tmp_path, "broken") / DESIGN_NAME).write_bytes(b"rubbish")
    assert find_design(tmp_path, a_design(0).content_hash[:32]) == tmp_path / "0003-x" / DESIGN_NAME
    assert find_design(tmp_path, a_design(1).content_hash) == tmp_path / "0002-x" / DESIGN_NAME
    assert find_design(tmp_path, "0" * 32) is None
    assert find_design(tmp_path, "") is None
    assert find_design(tmp_path / "nowhere", a_design(0).content_hash) is None
