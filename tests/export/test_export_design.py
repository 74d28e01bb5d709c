"""The border of an export: names, options, and nothing half-written."""

from __future__ import annotations

import errno

import numpy as np
import pytest

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.export import export_design, exporters
from fabdesign.formats.stl import StlWriter
from tests.export.devices import make_design

DESIGN = make_design(np.arange(12).reshape(2, 2, 3) % 8)


def test_every_exporter_is_found_by_its_own_name():
    assert "stl" in exporters()
    assert all(exporter.name == name and exporter.summary for name, exporter in exporters().items())


def test_unknown_format_is_refused_with_a_guess(tmp_path):
    with pytest.raises(ConfigError, match="'slt'") as caught:
        export_design(DESIGN, tmp_path, "slt")
    assert caught.value.hint == "Did you mean 'stl'?"


@pytest.mark.parametrize(
    ("options", "message"),
    [({"mehs": "pixels"}, "Unknown export option 'mehs'"), ({"mesh": "fine"}, "'mesh' must be one of")],
)
def test_wrong_options_are_refused_before_writing(tmp_path, options, message):
    with pytest.raises(ConfigError, match=message):
        export_design(DESIGN, tmp_path / "out", "stl", options=options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stem", ["", "../up", "a/b", ".hidden", "a b"])
def test_stems_that_are_no_file_names_are_refused(tmp_path, stem):
    with pytest.raises(ConfigError, match="File names"):
        export_design(DESIGN, tmp_path, "stl", stem=stem)


def test_existing_files_are_kept_unless_told(tmp_path):
    mine = tmp_path / "design-layer01.stl"
    mine.write_bytes(b"mine")
    with pytest.raises(ConfigError, match="exists already"):
        export_design(DESIGN, tmp_path, "stl")
    assert mine.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [mine]
    export_design(DESIGN, tmp_path, "stl", overwrite=True)
    assert len(mine.read_bytes()) > 84


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    calls = []

    def full(self, vertices, normals):
        calls.append(len(vertices))
        if len(calls) > 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(StlWriter, "write", full)
    monkeypatch.setattr(StlWriter, "finish", lambda self: None)
    with pytest.raises(FileFormatError, match="disk is full"):
        export_design(DESIGN, tmp_path, "stl")
    assert len(calls) == 4
    assert not list(tmp_path.iterdir())


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    with pytest.raises(FileFormatError, match="cannot be written"):
        export_design(DESIGN, blocked / "out", "stl")


def test_the_design_is_not_altered(tmp_path):
    before = DESIGN.levels.copy(), DESIGN.content_hash
    export_design(DESIGN, tmp_path, "stl")
    np.testing.assert_array_equal(DESIGN.levels, before[0])
    assert make_design(DESIGN.levels).content_hash == before[1]
