"""``check`` with findings for other tools and with a proposal; ``export`` with compensation."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabdesign.design import load_design, save_design
from fabdesign.tasks import load_dataset
from tests.check.devices import make_design
from tests.cli.runner import Run


@pytest.fixture
def design(folder: Path) -> Path:
    made = make_design(0, layers=2, pixels=(32, 32), levels=4)
    heights = np.tile(np.round(np.arange(4) * 0.2, 6), (2, 1))
    path = folder / "design.safetensors"
    save_design(replace(made, height_of_level_um=heights), path)
    return path


@pytest.fixture
def rough(tmp_path: Path) -> Path:
    """A process whose spot is as wide as a pixel."""
    path = tmp_path / "rough.toml"
    number = '{ value = 1.0, source = "measured" }'
    path.write_text(
        f'[profile]\nname = "rough"\nkind = "2pp"\n[lateral]\nvoxel_fwhm_um = {number}\n'
        '[axial]\nslice_um = { value = 0.1, source = "measured" }\n'
        '[material]\nshrink_z.mean = { value = 0.04, source = "measured" }\n'
        'shrink_xy.mean = { value = 0.0625, source = "measured" }\n',
        encoding="utf-8",
    )
    return path


@pytest.fixture
def images(tmp_path: Path) -> Path:
    dataset = load_dataset("mnist-small")
    path = tmp_path / "few.npz"
    parts = {
        f"{part}_{what}": getattr(getattr(dataset, part), what)[:30]
        for part in ("train", "test")
        for what in ("images", "labels")
    }
    parts["train_labels"] = np.arange(30, dtype=np.uint8) % 10
    np.savez(path, **parts)
    return path


@pytest.mark.parametrize("form", ["sarif", "lyrdb"])
def test_findings_for_other_tools(run: Run, design: Path, rough: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"found.{form}"
    run("check", str(design), "--process", str(rough), "--format", form, "--out", str(out))
    text = out.read_text(encoding="utf-8")
    assert "print.isolated" in text
    alone = run("check", str(design), "--format", form)
    assert alone.code == 2


def test_a_proposal_is_written_beside_and_its_cost_told(
    run: Run, design: Path, rough: Path, images: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cleaned.safetensors"
    before = design.read_bytes()
    result = run(
        "check", str(design), "--process", str(rough), "--fix", str(out), "--data", str(images), "--json"
    )
    assert result.out, result.err
    told = json.loads(result.out)["proposal"]
    parent, child = load_design(design), load_design(out)
    assert design.read_bytes() == before
    assert told["design"] == child.content_hash
    assert child.provenance["parents"] == [parent.content_hash]
    assert told["changed"] == np.count_nonzero(child.levels != parent.levels) > 0
    assert told["findings"]["print.isolated"][1] < told["findings"]["print.isolated"][0]
    assert 0 <= told["scores"]["after"]["accuracy"] <= 1
    again = run("check", str(design), "--process", str(rough), "--fix", str(out))
    assert again.code == 2
    assert "exists already" in again.err


def test_export_makes_good_for_shrinkage_and_reads_it_back(run: Run, design: Path, rough: Path) -> None:
    result = run(
        "export", str(design), "--stl", "--process", str(rough), "--compensate", "shrinkage,bias=100nm",
        "--out", "out", "--no-resim", "--json",
    )  # fmt: skip
    report = json.loads(result.out)
    assert result.code == 0
    assert report["check"]["levels_identical"]
    assert report["report"]["compensation"]["applied"]["shrink_z"]["mean"] == 0.04
    assert report["report"]["pitch_um"] == pytest.approx(1.6)
    wrong = run("export", str(design), "--stl", "--compensate", "shrink", "--out", "b")
    assert wrong.code == 2
    assert "shrinkage, bias, curve" in wrong.err
