"""Formats beside STL: written from the command line, read back at once, and again by `check`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.runner import Run


@pytest.fixture
def wafer(folder: Path, run: Run) -> Path:
    """A design for etched fused silica."""
    np.save(folder / "phase.npy", np.linspace(0, 6.2, 48).reshape(6, 8))
    answer = run(
        "import", "phase.npy", "--wavelength", "785 nm", "--pitch", "2 um",
        "--process", "binary-optics-fused-silica", "--out", "wafer.safetensors",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    return folder / "wafer.safetensors"


@pytest.mark.parametrize(("flag", "suffix"), [("--gds", "gds"), ("--oasis", "oas")])
def test_masks_are_written_and_read_back(wafer: Path, run: Run, flag: str, suffix: str) -> None:
    answer = run("export", wafer.name, flag, "--out", "masks")
    assert answer.code == 0, answer.err
    [file] = (wafer.parent / "masks").glob(f"*.{suffix}")
    assert "1 of 1 files have the design's levels in every pixel" in answer.out
    again = run("check", str(file), "--design", wafer.name)
    assert again.code == 0, again.err


def test_json_holds_the_check(wafer: Path, run: Run) -> None:
    answer = run("export", wafer.name, "--gds", "--out", "masks", "--json")
    check = json.loads(answer.out)["check"]
    assert check["ok"]
    assert check["levels_identical"]
    assert check["layers"][0]["format"] == "gds"
    assert check["layers"][0]["coding"] == "binary"


def test_formats_are_checked_together_and_an_altered_file_answers_1(wafer: Path, run: Run) -> None:
    for flags in (("--gds",), ("--oasis",), ("--format", "png16")):
        assert run("export", wafer.name, *flags, "--out", "out").code == 0
    files = sorted(str(path) for path in (wafer.parent / "out").iterdir())
    answer = run("check", *files, "--design", wafer.name, "--json")
    assert answer.code == 0, answer.err
    assert {layer["format"] for layer in json.loads(answer.out)["layers"]} == {"gds", "oasis", "png16"}
    [table] = (path for path in files if path.endswith("-gds-layers.csv"))
    Path(table).write_text(Path(table).read_text().replace("loses", "gains"))
    answer = run("check", *files, "--design", wafer.name)
    assert answer.code == 1
    assert "[masks.table]" in answer.out


def test_unknown_format_writes_nothing(wafer: Path, run: Run) -> None:
    answer = run("export", wafer.name, "--format", "gsd", "--out", "masks")
    assert answer.code == 2
    assert "Did you mean 'gds'" in answer.err
    assert not (wafer.parent / "masks").exists()


def test_solid_without_base_writes_nothing(wafer: Path, run: Run) -> None:
    answer = run("export", wafer.name, "--stl", "--out", "solids")
    assert answer.code == 2
    assert "--base" in answer.err
    assert not (wafer.parent / "solids").exists()


def test_formats_and_their_options_are_listed(run: Run) -> None:
    assert "oasis" in run("formats").out
    answer = run("formats", "gds")
    assert "one-per-level" in answer.out
    assert json.loads(run("formats", "gds", "--json").out)["options"][0]["name"] == "coding"
    assert run("formats", "gsd").code == 2
