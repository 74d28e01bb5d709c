"""Projects of nanoPrintX read back: levels, the F, and every setting that would spoil the print."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from fabdesign.check import check_files
from fabdesign.check.orientation import AS_DESIGNED, best_match
from fabdesign.check.readers import open_files
from fabdesign.errors import FileFormatError
from fabdesign.export import export_design
from fabdesign.relief.compensation import Amount, Compensation
from tests.export.devices import F_SHAPE, make_design

DESIGN = make_design(F_SHAPE, step_um=0.2)
MAIN = "__main__.toml"


def export(folder: Path, design=DESIGN, **options) -> Path:
    chosen = {"profile": "2pp-25x-ip-s", **options}
    return export_design(design, folder, "nano", options=chosen, overwrite=True).paths[0]


def change(path: Path, *changes: tuple[str, str], name: str = MAIN) -> Path:
    """The project packed again with texts replaced in its tables."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    for old, new in changes:
        assert old.encode() in entries[name]
        entries[name] = entries[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
    return path


def found(path: Path, design=DESIGN) -> set[str]:
    result = check_files([path], design, resimulate=False)
    return {finding.id for finding in result.findings}


def test_every_level_comes_back_and_the_f_stands(tmp_path: Path) -> None:
    result = check_files([export(tmp_path)], DESIGN, resimulate=False)
    [layer] = result.layers
    np.testing.assert_array_equal(layer.comparison.levels, DESIGN.levels[0])
    assert result.findings == ()
    [file] = open_files([export(tmp_path)])
    seen_um = file.read(DESIGN, 0).thickness_um
    assert best_match(seen_um, DESIGN.height_um(), 0).orientation == AS_DESIGNED
    assert file.tag is not None
    assert DESIGN.content_hash.startswith(file.tag.hash_prefix)


def test_a_stack_comes_back_layer_by_layer(tmp_path: Path) -> None:
    levels = np.random.default_rng(4).integers(0, 8, (3, 7, 6))
    design = make_design(levels, step_um=0.2, pitch_um=1.5)
    result = check_files([export(tmp_path, design, assembly="stack")], design, resimulate=False)
    assert result.findings == ()
    for layer in result.layers:
        np.testing.assert_array_equal(layer.comparison.levels, levels[layer.comparison.layer])


def test_a_compensated_project_is_undone(tmp_path: Path) -> None:
    shrink = Compensation(Amount(0.02), Amount(0.05))
    options = {"profile": "2pp-25x-ip-s"}
    result = export_design(DESIGN, tmp_path, "nano", options=options, compensation=shrink)
    assert result.report["slices"]["layers"][0]["exact"]
    checked = check_files(result.paths, DESIGN, resimulate=False)
    assert {finding.id for finding in checked.findings} == {"compensation.undone"}
    assert checked.levels_identical


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("simplify_mesh = false", "simplify_mesh = true", "nano.simplify"),
        ("enhance_mesh = false", "enhance_mesh = true", "nano.enhance"),
        ("rotation = [0.0, 0.0, 0.0]", "rotation = [0.0, 180.0, 0.0]", "nano.turned"),
        ("original_triangle_count = ", "original_triangle_count = 1", "nano.count"),
        ("mesh_z_offset = 0.0", "mesh_z_offset = 0.5", "nano.lifted"),
        ("slicing_spacing = 0.1", "slicing_spacing = 0.8", "nano.slices"),
        ("slicing_offset = 0.025", "slicing_offset = 0.05", "nano.slices"),
        ('"structure_bottom"', '"scene_center"', "nano.slice-origin"),
        ("scale = [1.0, 1.0, 1.0]\nt", "scale = [1.1, 1.1, 1.0]\nt", "scale.lateral"),
        ("scale = [1.0, 1.0, 1.0]\nt", "scale = [-1.0, 1.0, 1.0]\nt", "orientation.mirrored"),
        ("fabdesign 2pp", "my own 2pp", None),
    ],
)
def test_a_setting_that_spoils_the_print_is_named(
    tmp_path: Path, old: str, new: str, finding: str | None
) -> None:
    assert (found(change(export(tmp_path), (old, new))) or {None}) >= {finding}


def test_another_mesh_in_the_place_of_the_first_is_named(tmp_path: Path) -> None:
    path = export(tmp_path)
    with zipfile.ZipFile(path) as archive:
        name = archive.namelist()[2]
    other = export(tmp_path / "b", make_design(F_SHAPE[::-1], step_um=0.2))
    with zipfile.ZipFile(other) as archive:
        mesh = archive.read(archive.namelist()[2])
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()} | {name: mesh}
    with zipfile.ZipFile(path, "w") as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
    assert found(path) >= {"nano.sum", "chain.other-design"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[presets]]", "[[presets]", "is no TOML"),
        ("[[presets]]", "a = " + "[" * 5000 + "\n[[presets]]", "is no TOML"),
        ("[[presets]]", "a = " + "9" * 5000 + "\n[[presets]]", "is no TOML"),
        ('type = "structure"', 'type = "lens"', "prints 0 structures"),
        ("slicing_spacing = 0.1", "slicing_spacing = nan", "slicing_spacing"),
        ("slicing_spacing = 0.1", 'slicing_spacing = "fine"', "slicing_spacing"),
        ("path = ", "paths = ", "path"),
        ("resources/", "elsewhere/", "holds no elsewhere"),
        ("preset = ", "presets = ", "names a preset"),
        ("resource = ", "resources = ", "names a mesh"),
        ("scale = [1.0, 1.0, 1.0]\nt", "scale = [0.0, 1.0, 1.0]\nt", "scales its mesh"),
        ("scale = [1.0, 1.0, 1.0]\nt", "scale = [1.0, 1.0]\nt", "scale"),
    ],
)
def test_damaged_tables_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        found(change(export(tmp_path), (old, new)))


def test_a_circle_of_nodes_and_a_packed_mesh_are_refused(tmp_path: Path) -> None:
    path = export(tmp_path)
    with zipfile.ZipFile(path) as archive:
        text = archive.read(MAIN).decode()
    first = text.split('type = "project"\nid = "')[1].split('"')[0]
    with pytest.raises(FileFormatError, match="circle"):
        found(change(path, ("children = []\npreset", f'children = ["{first}"]\npreset')))
    path = export(tmp_path)
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
    with pytest.raises(FileFormatError, match="compressed"):
        found(path)
    with pytest.raises(FileFormatError, match=r"no project of nanoPrintX: it holds no __main__\.toml"):
        broken = tmp_path / "broken.nano"
        with zipfile.ZipFile(broken, "w") as archive:
            archive.writestr("a", b"b")
        found(broken)
