"""``fabdesign init`` writes a project that is the built-in one, with comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabdesign.config import builtin_text, load_project, project_from_text, write_starter
from fabdesign.errors import ConfigError


def test_the_starter_is_the_built_in_project_under_its_own_name(tmp_path: Path) -> None:
    written = write_starter(tmp_path / "lens")
    expected = project_from_text(builtin_text("digits"), "built-in", overrides=["name=lens"]).project
    assert load_project(written).project == expected
    assert sum("#" in line for line in written.read_text().splitlines()) > 20


def test_an_existing_project_is_never_overwritten(tmp_path: Path) -> None:
    written = write_starter(tmp_path / "lens")
    written.write_text("precious")
    with pytest.raises(ConfigError, match="exists already"):
        write_starter(tmp_path / "lens")
    assert written.read_text() == "precious"


def test_a_name_that_no_run_folder_could_carry_is_refused_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name must be up to 64 letters"):
        write_starter(tmp_path / "my lens")
    assert list(tmp_path.iterdir()) == []
