"""Bad input: a clear message on stderr, the right exit code, nothing on stdout and nothing written."""

# ruff: noqa: E501  (one case of the tables per line)

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from fabdesign.config import builtin_text
from tests.cli.runner import Run


def write_config(folder: Path, old: str = "", new: str = "") -> None:
    text = builtin_text("digits")
    assert old in text
    (folder / "fabdesign.toml").write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pitch =", "pich =", 'unknown key optics.pich; did you mean "pitch"?'),
        ("layers = 5", 'layers = "3"', 'optics.layers must be a whole number; got "3".'),
        ('pitch = "1.5 um"', 'pitch = "-1.5 um"', 'optics.pitch must be greater than 0; got "-1.5 um".'),
        ('wavelength = "785 nm"', "wavelength = 785", "optics.wavelength must be a length with its unit"),
        (
            'wavelength = "785 nm"',
            'wavelength = "1.65 um"',
            "ip-dip has a known index from 400 nm to 1.6 um; got 1.65 um",
        ),
        ('"2pp-63x-ip-dip"', '"2pp-63x-ipdip"', "2pp-63x-ip-dip"),
        ('"2pp-63x-ip-dip"', '"2pp-25x-ip-s"', "has no index of its material"),
        ('medium = "air"', 'medium = "aire"', "air"),
        ("levels = 8", "levels = 200", "makes 15 different levels"),
        ('method = "transmission"', 'method = "transmision"', "transmission"),
        ('"mnist-small"', '"./nowhere.npz"', "nowhere.npz"),
        ('name = "digits"', 'name = "digits', "must be valid TOML"),
    ],
)
def test_a_wrong_project_answers_2_and_starts_no_run(
    old: str, new: str, said: str, run: Run, folder: Path
) -> None:
    write_config(folder, old, new)
    answer = run("train")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert sorted(path.name for path in folder.iterdir()) == ["fabdesign.toml"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["train", "nowhere.toml"], 2, "there must be a project file at nowhere.toml; found none"),
        (["train", "-o", "optics.pich=1um"], 2, '-o optics.pich=1um: unknown key optics.pich; did you mean "pitch"?'),
        (["train", "-o", "nonsense"], 2, "-o must be key=value; got 'nonsense'"),
        (["train", "--device", "tpu"], 2, "train.device must be cpu"),
        (["train", "--name", "../up"], 2, "name must be up to 64 letters"),
        (["train", "--data", "nowhere.npz"], 2, "nowhere.npz"),
        (["train", "--resume", "nowhere"], 2, "--resume must name a run folder"),
        (["export", "--stl"], 2, "there must be a finished run in runs; found none"),
        (["check"], 2, "there must be a finished run in runs; found none"),
        (["evaluate"], 2, "there must be a finished run in runs; found none"),
        (["evaluate", "nowhere.safetensors"], 3, "nowhere.safetensors does not exist"),
        (["export", "nowhere.safetensors", "--stl"], 3, "nowhere.safetensors does not exist"),
        (["info", "nowhere.safetensors"], 3, "nowhere.safetensors does not exist"),
        (["info", "nowhere.stl"], 3, "nowhere.stl"),
        (["verify", "nowhere.safetensors"], 3, "nowhere.safetensors"),
        (["check", "nowhere.stl"], 3, "nowhere.stl"),
        (["import", "nowhere.npy", "--wavelength", "785 nm", "--pitch", "1 um", "--process", "ideal", "--index", "1.5"],
         3, "nowhere.npy does not exist"),
        (["import", "nowhere.npy", "--wavelength", "785 nm", "--pitch", "1 um", "--process", "idel"],
         2, "ideal"),
        (["import", "nowhere.npy", "--wavelength", "785 nm", "--pitch", "0 um", "--process", "ideal"],
         2, "must be greater than 0"),
        (["import", "nowhere.npy", "--wavelength", "785", "--pitch", "1 um", "--process", "ideal"],
         2, "must be a length with its unit"),
    ],
)  # fmt: skip
def test_a_wrong_argument_answers_with_its_code_and_writes_nothing(
    arguments: list[str], code: int, said: str, run: Run, folder: Path
) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"not a design", b"\x10\x00\x00\x00\x00\x00\x00\x00{}", os.urandom(300)]
)
@pytest.mark.parametrize("command", ["info", "verify", "evaluate", "check"])
def test_a_file_of_another_kind_answers_3(command: str, content: bytes, run: Run, folder: Path) -> None:
    (folder / "x.safetensors").write_bytes(content)
    answer = run(command, "x.safetensors")
    assert (answer.code, answer.out) == (3, "")
    assert "x.safetensors" in answer.err


@pytest.mark.parametrize(
    "array", [np.full((3, 3), np.nan), np.zeros(3), np.zeros((3, 3), int), np.zeros((0, 3))]
)
def test_arrays_that_are_no_phase_map_answer_2(array: np.ndarray, run: Run, folder: Path) -> None:
    np.save("x.npy", array)
    answer = run("import", "x.npy", "--wavelength", "785nm", "--pitch", "1um", "--process", "2pp-63x-ip-dip")
    assert (answer.code, answer.out) == (2, "")
    assert "x.npy" in answer.err
    assert [path.name for path in folder.iterdir()] == ["x.npy"]


def test_an_import_never_overwrites_unasked(run: Run, folder: Path) -> None:
    np.save("x.npy", np.zeros((3, 3)))
    (folder / "design.safetensors").write_text("precious")
    answer = run("import", "x.npy", "--wavelength", "785nm", "--pitch", "1um", "--process", "2pp-63x-ip-dip")
    assert answer.code == 2
    assert "exists already" in answer.err
    assert (folder / "design.safetensors").read_text() == "precious"


def test_a_folder_that_cannot_be_made_answers_3(run: Run, folder: Path) -> None:
    (folder / "file").write_text("")
    np.save("x.npy", np.zeros((3, 3)))
    arguments = ["import", "x.npy", "--wavelength", "785nm", "--pitch", "1um", "--process", "2pp-63x-ip-dip"]
    answer = run(*arguments, "--out", "file/design.safetensors")
    assert (answer.code, answer.out) == (3, "")
    assert "cannot be written" in answer.err
    assert run("init", "file/inner").code == 3


def test_init_refuses_to_overwrite(run: Run, folder: Path) -> None:
    assert run("init", "lens").code == 0
    (folder / "lens/fabdesign.toml").write_text("precious")
    answer = run("init", "lens")
    assert answer.code == 2
    assert "exists already" in answer.err
    assert (folder / "lens/fabdesign.toml").read_text() == "precious"
