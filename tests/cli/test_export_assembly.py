"""Stacks from the command line: one file, read back, and what is said where layers stay apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fabdesign_cli.assembly import KINDS

from fabdesign.design import Design, save_design
from tests.cli.runner import Run
from tests.relief.assembly.makers import even_record


@pytest.fixture
def stacked(folder: Path) -> Path:
    """A design of two layers without a task, and the folder it lies in."""
    levels = np.random.default_rng(3).integers(0, 8, (2, 6, 6), dtype=np.uint8)
    heights = np.tile(np.round(np.arange(8) * 0.2, 6), (2, 1))
    save_design(Design(levels, heights, even_record(2)), folder / "design.safetensors")
    return folder


def test_kinds_are_those_of_the_library():
    from fabdesign.relief.assembly import ASSEMBLIES

    assert KINDS == ASSEMBLIES


def test_a_stack_is_written_and_read_back(stacked: Path, run: Run) -> None:
    answer = run("export", "design.safetensors", "--stl", "--assembly", "stack", "--out", "out")
    assert answer.code == 0, answer.err
    assert "2 of 2 files have the design's levels" in answer.out
    assert "put a stop" in answer.err
    assert [path.name for path in (stacked / "out").glob("*.stl")] == ["design-stack.stl"]
    verified = run("verify", "out/design-stack.stl", "--design", "design.safetensors")
    assert verified.code == 0
    assert "all levels are those of layers 0, 1" in verified.out


def test_layers_stay_the_default_and_a_stack_is_recommended(stacked: Path, run: Run) -> None:
    answer = run("export", "design.safetensors", "--stl", "--out", "out")
    assert answer.code == 0, answer.err
    assert "print --assembly stack" in answer.err
    assert len(list((stacked / "out").glob("*-layer0?.stl"))) == 2


def test_the_report_is_json(stacked: Path, run: Run) -> None:
    answer = run("export", "design.safetensors", "--stl", "--assembly", "stack", "--json", "--out", "out")
    report = json.loads(answer.out)["report"]
    assert report["assembly"] == "stack"
    assert report["geometry"]["modulation_plane_um"] == [30.0, 60.0]
    assert len(list(stacked.glob("out/*"))) == 1


def test_plates_that_do_not_fit_say_why(stacked: Path, run: Run) -> None:
    answer = run("export", "design.safetensors", "--stl", "--assembly", "plates", "--out", "out")
    assert answer.code == 2
    assert "light goes through none" in answer.err
    assert not (stacked / "out").exists()
