"""The sample designs: their frozen files still give the numbers that are written beside them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from fabdesign.check import check_design
from fabdesign.config import load_project
from fabdesign.design import Design, load_design
from fabdesign.design.metrics import METRICS, headline_of
from fabdesign.network import physical_record
from fabdesign.process import load_profile
from fabdesign.training import evaluate_design

SAMPLES = Path(__file__).parents[2] / "sample_designs"
FOLDERS = sorted(entry for entry in SAMPLES.iterdir() if entry.is_dir())


def expected(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))


def frozen(folder: Path) -> Design:
    return load_design(folder / "design.safetensors")


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_the_file_is_the_one_that_was_frozen(folder: Path) -> None:
    assert frozen(folder).content_hash == expected(folder)["content"]


def test_the_project_describes_the_frozen_device(folder: Path) -> None:
    project = load_project(folder / "fabdesign.toml").project
    design = frozen(folder)
    encoder = design.physical.encoder
    images = None if encoder is None else encoder.pixels
    record = physical_record(project, images, len(design.physical.detectors))
    assert record.to_json() == design.physical.to_json()
    assert design.levels.shape == (project.optics.layers, *project.optics.pixels)


def test_scores_are_derived_again(folder: Path) -> None:
    numbers = expected(folder)["scores"]
    scores = evaluate_design(frozen(folder), samples_per_pixel=numbers["samples_per_pixel"]).scores
    told = {name: number for name, number in numbers.items() if name in METRICS}
    assert headline_of(str(frozen(folder).physical.readout.kind)) in told
    for name, number in told.items():
        assert scores[name] == pytest.approx(number["value"], abs=number["tolerance"]), name
    assert scores["sample_count"] == numbers["sample_count"]


def test_the_process_says_what_it_said(folder: Path) -> None:
    numbers = expected(folder)["check"]
    result = check_design(frozen(folder), load_profile(numbers["process"]))
    assert result.ok is numbers["ok"]
    found = {finding.id for finding in result.findings if finding.severity.value in ("error", "warning")}
    assert found >= set(numbers["findings"])
    if numbers["ok"]:
        assert found == set(numbers["findings"])
