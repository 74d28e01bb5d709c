"""A project is found, read, overridden, dumped and read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabdesign.config import LoadedProject, builtin_text, load_project, project_from_text, resolved_toml
from fabdesign.errors import ConfigError


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def digits(*overrides: str) -> LoadedProject:
    return project_from_text(builtin_text("digits"), "built-in digits", overrides=overrides)


def test_an_empty_folder_gives_the_built_in_project(empty_folder: Path) -> None:
    loaded = load_project()
    assert loaded.source == "built-in digits"
    assert loaded.project.optics.wavelength_um == 0.785
    assert loaded.text == builtin_text("digits")


def test_the_project_of_the_folder_comes_before_the_built_in_one(empty_folder: Path) -> None:
    (empty_folder / "fabdesign.toml").write_text(builtin_text("digits").replace('"digits"', '"mine"'))
    assert load_project().project.name == "mine"
    assert load_project(empty_folder).project.name == "mine"
    assert load_project().source == "fabdesign.toml"


def test_a_named_file_that_is_missing_is_an_error_even_with_a_built_in(empty_folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml; found none"):
        load_project("nowhere.toml")


def test_values_are_micrometres_radians_and_seconds() -> None:
    project = digits(
        "optics.wavelength=532nm", "task.depth=180 deg", "train.checkpoint_every=2 min", "optics.gap=0.2 mm"
    ).project
    assert project.optics.wavelength_um == 0.532
    assert project.task.depth_rad == pytest.approx(3.141592653589793, rel=1e-15)
    assert project.train.checkpoint_every_s == 120.0
    assert project.optics.gap_um == 200.0


def test_one_number_stands_for_both_directions() -> None:
    project = digits("optics.pixels=[50, 60]", 'task.detector_size=["8 um", "7 um"]').project
    assert project.optics.pixels == (50, 60)
    assert project.task.object_pixels == (28, 28)
    assert project.task.detector_size_um == (8.0, 7.0)


def test_overrides_are_toml_values_and_texts() -> None:
    loaded = digits(
        "train.epochs=3", "process.profile=ideal", "quantise.options.beta=7.5", "optics.source=plane"
    )
    assert loaded.project.train.epochs == 3
    assert loaded.project.process.profile == "ideal"
    assert loaded.project.quantise.options == {"beta": 7.5}
    assert loaded.overrides[0] == "train.epochs=3"


def test_option_values_keep_their_kind() -> None:
    options = digits("quantise.options={a = true, b = 1, c = 1.0, d = 'x'}").project.quantise.options
    assert [type(value) for value in options.values()] == [bool, int, float, str]


def test_a_gaussian_source_has_a_waist() -> None:
    source = digits("optics.source.kind=gaussian", "optics.source.waist=30 um").project.optics.source
    assert (source.kind, source.waist_um) == ("gaussian", 30.0)


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("optics.source={kind='gaussian', waist='30.1 um'}", "process.material=ip-dip", "train.threads=2"),
        (
            "optics.wavelength=632.8 nm",
            "optics.pitch=316.4 nm",
            "optics.gap=3.373 um",
            "process.base=0 um",
            "task.detector_size=1 um",
            "task.detector_pitch=2 um",
            "optics.kernel_tolerance=1e-7",
        ),
        ("quantise={method='psq', options={steps=3, hard=true, name='a b'}}",),
    ],
)
def test_a_resolved_project_loads_to_the_same_project(overrides: tuple[str, ...]) -> None:
    project = digits(*overrides).project
    assert project_from_text(resolved_toml(project), "resolved.toml").project == project


def test_paths_in_a_file_start_at_its_folder_and_on_the_command_line_where_one_stands(
    empty_folder: Path,
) -> None:
    folder = empty_folder / "project"
    folder.mkdir()
    text = builtin_text("digits").replace('"mnist-small"', '"data/mnist"')
    (folder / "fabdesign.toml").write_text(text)
    loaded = load_project(folder, ["process.profile=./mine.toml"])
    assert loaded.project.task.dataset == str(folder / "data/mnist")
    assert loaded.project.process.profile == str(empty_folder / "mine.toml")
    assert load_project(folder).project.process.profile == "2pp-63x-ip-dip"


def test_a_project_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        digits().project.optics.layers = 7
