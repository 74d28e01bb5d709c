"""Formats beside STL: written from the command line, and honest about what is not proved."""

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
def test_masks_are_written_and_said_not_to_be_proved(wafer: Path, run: Run, flag: str, suffix: str) -> None:
    answer = run("export", wafer.name, flag, "--out", "masks")
    assert answer.code == 0, answer.err
    assert len(list((wafer.parent / "masks").glob(f"*.{suffix}"))) == 1
    assert "not read back" in answer.err
    assert "verified" not in answer.out


def test_json_says_that_nothing_was_checked(wafer: Path, run: Run) -> None:
    answer = run("export", wafer.name, "--gds", "--out", "masks", "--json")
    assert json.loads(answer.out)["check"] is None


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
