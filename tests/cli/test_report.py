"""``fabdesign report``: a design, its files, a package, a run, a mesh; what was kept; what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from fabdesign.chip import design_mesh, save_mesh
from fabdesign.design import save_design
from tests.check.tolerance import benches
from tests.cli.runner import Run
from tests.report.reading import Page, read_page

FEW = ("--limit", "4", "--samples", "2")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A design and its data, made once."""
    folder = tmp_path_factory.mktemp("made")
    save_design(benches.classifier(), folder / "lens.safetensors")
    benches.images(folder)
    return folder


@pytest.fixture
def lens(made: Path, folder: Path) -> Path:
    for file in made.iterdir():
        shutil.copy(file, folder)
    return folder / "lens.safetensors"


def page_of(path: str) -> Page:
    return read_page(Path(path).read_text(encoding="utf-8"))


def test_files_with_tolerances_that_are_kept(run: Run, lens: Path) -> None:
    run("export", str(lens), "--stl", "--no-resim")
    files = [str(path) for path in sorted(Path("exports/lens").glob("*.stl"))]
    asked = ("report", *files, "--design", "lens.safetensors", "--data", "images.npz")
    first = run(*asked, *FEW, "--part", "attribution", "--part", "monte-carlo")
    assert first.code == 0, first.err
    page = page_of("reports/lens.html")
    assert "Files verified by the thin model" in page.text
    stages = [row["stage"] for row in page.table("Score after each stage")]
    assert stages == ["printable", "sliced", "read back"]
    assert [row["file"] for row in page.table("Files")] == [
        "lens.safetensors", "lens-layer00.stl", "lens-layer01.stl",
    ]  # fmt: skip
    again = run(*asked, "--json")
    assert "Taking the tolerances from tolerance/lens/tolerance.json" in again.err
    told = json.loads(again.out)
    assert told["numbers"]["tolerance"]["monte_carlo"]["samples"] == 2
    assert told["numbers"]["tolerance"]["examples"] == 4
    assert told["bytes"] == Path("reports/lens.html").stat().st_size
    assert page_of("reports/lens.html").data == page.data


def test_a_page_does_not_depend_on_the_folder(run: Run, lens: Path, tmp_path: Path) -> None:
    assert run("report", "lens.safetensors", "--geometry", "-o", "near.html").code == 0
    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.copy(lens, other)
    assert run("report", str(other / "lens.safetensors"), "--geometry", "-o", "far.html").code == 0
    assert Path("near.html").read_bytes() == Path("far.html").read_bytes()


def test_package_and_run(run: Run, lens: Path) -> None:
    run("export", str(lens), "--stl", "--bundle", "--no-resim")
    answer = run("report", "exports/lens/lens-bundle.zip", "--geometry")
    assert answer.code == 0, answer.err
    page = page_of("reports/lens.html")
    assert "The ZIP is safe, and every file in it has its size and sum." in page.text
    assert [row["file"] for row in page.table("Files")][1:] == [
        "stl/lens-layer00.stl", "stl/lens-layer01.stl", "lens-bundle.zip",
    ]  # fmt: skip
    runs = Path("runs/0001-lens")
    runs.mkdir(parents=True)
    shutil.copy(lens, runs / "design.safetensors")
    Path("runs/LATEST").write_text("0001-lens\n", encoding="utf-8")
    latest = run("report", "--geometry")
    assert latest.code == 0, latest.err
    assert "Using the latest run: runs/0001-lens/design.safetensors" in latest.err
    assert "No exports in exports/0001-lens" in latest.err
    assert Path("reports/0001-lens.html").is_file()


def test_a_failed_check_is_answered_and_written(run: Run, lens: Path) -> None:
    run("export", str(lens), "--stl", "--no-resim")
    file = Path("exports/lens/lens-layer00.stl")
    shutil.copy(file, "exports/lens/lens-layer01.stl")
    answer = run("report", str(file), "exports/lens/lens-layer01.stl", "--design", str(lens), "--geometry")
    assert answer.code == 1
    assert "Check failed: see the findings" in page_of("reports/lens.html").text


def test_a_network_of_meshes(run: Run, folder: Path) -> None:
    rng = np.random.default_rng(0)
    design = design_mesh([rng.normal(0, 0.3, (4, 6)), rng.normal(0, 0.3, (3, 4))], active_share=0.5)
    save_mesh(design, folder / "net.safetensors")
    assert run("report", "net.safetensors").code == 0
    page = page_of("reports/net.html")
    assert design.content_hash in page.text
    rows = page.table("Layers of the network")
    assert [row["outputs × inputs"] for row in rows] == ["4 × 6", "3 × 4"]
    for row, weight in zip(rows, design.weights(), strict=True):
        assert float(row["largest gain"]) == pytest.approx(np.linalg.norm(weight, 2), rel=1e-3)
    phases = [float(row["phase (rad)"]) for row in page.table("Phases as designed")]
    np.testing.assert_allclose(phases, design.phase_rad, atol=1e-6)


def test_what_cannot_be_done_is_said(run: Run, lens: Path) -> None:
    clash = run("report", str(lens), "--no-tolerance", "--samples", "3")
    assert (clash.code, "--no-tolerance" in clash.err) == (2, True)
    Path("other.json").write_text("{}", encoding="utf-8")
    assert run("report", str(lens), "--tolerance", "other.json", "--data", "images.npz").code == 3
    Path("mine.html").write_text("mine", encoding="utf-8")
    refused = run("report", str(lens), "--geometry", "-o", "mine.html")
    assert (refused.code, "is no report" in refused.err) == (2, True)
    assert Path("mine.html").read_text(encoding="utf-8") == "mine"
    assert run("report", "nothing.stl").code == 3
    assert not Path("reports").exists()
