"""Every format that is written can be read back, by its content, alone and mixed with others."""

from pathlib import Path

import numpy as np
import pytest

from fabdesign.check import check_files
from fabdesign.check.readers import can_read, find_reader, readable_formats
from fabdesign.design import Design, save_design
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.export import exporters
from tests.check.devices import make_design
from tests.check.everything import export_in

FORMATS = sorted(exporters())


@pytest.fixture(scope="module")
def design() -> Design:
    return make_design(3, layers=2, pixels=(6, 9))


def test_every_exporter_has_a_reader() -> None:
    assert set(readable_formats()) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_untouched_files_hold_the_design(name: str, design: Design, tmp_path: Path) -> None:
    paths = export_in(design, name, tmp_path)
    result = check_files(paths, design, resimulate=False)
    assert result.findings == ()
    assert result.levels_identical
    assert result.formats == (name,)
    assert [layer.comparison.layer for layer in result.layers] == [0, 1]
    for layer in result.layers:
        np.testing.assert_array_equal(layer.comparison.levels, design.levels[layer.comparison.layer])
        assert layer.to_dict()["identical"]


def test_all_formats_at_once(design: Design, tmp_path: Path) -> None:
    save_design(design, tmp_path / "design.safetensors")
    paths = [path for name in FORMATS for path in export_in(design, name, tmp_path)]
    result = check_files(sorted(paths), resimulate=False)
    assert result.ok
    assert result.levels_identical
    assert set(result.formats) == set(FORMATS)
    assert len(result.layers) == 2 * len(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_no_suffix_is_needed_and_none_is_believed(name: str, design: Design, tmp_path: Path) -> None:
    first = export_in(design, name, tmp_path)[0]
    renamed = first.with_name(f"{first.name}.bin")
    reader = find_reader(first)
    assert reader is not None
    for side in first.parent.glob(f"{first.name}.*"):
        side.rename(side.with_name(side.name.replace(first.name, renamed.name, 1)))
    first.rename(renamed)
    assert find_reader(renamed) is reader or name.startswith("dose-planes")


def test_what_is_no_export_is_refused(design: Design, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("nothing")
    assert not can_read(text)
    with pytest.raises(FileFormatError, match="no format that can be read back"):
        check_files([text], design)
    tables = [path for path in export_in(design, "gds", tmp_path) if path.suffix in (".csv", ".lyp")]
    with pytest.raises(FileFormatError, match="holds no layer"):
        check_files(tables, design)
    with pytest.raises(FileFormatError, match="does not exist"):
        check_files([tmp_path / "nowhere.xyz"], design)


def test_too_many_files_of_one_format(design: Design, tmp_path: Path) -> None:
    paths = [export_in(design, "gds", tmp_path / name)[0] for name in "abc"]
    with pytest.raises(ConfigError, match="has 2 layers; got 3 files as gds"):
        check_files(paths, design)
