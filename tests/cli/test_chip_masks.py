"""export, check, verify and info of meshes as masks, from a matrix in a file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.chip.masks import random_unitary
from tests.cli.runner import Run


@pytest.fixture
def matrix(folder: Path) -> str:
    """A real matrix, as a spreadsheet saves it."""
    values = np.random.default_rng(2).normal(size=(2, 3))
    np.savetxt("matrix.csv", values, delimiter=",")
    return "matrix.csv"


def test_from_a_matrix_to_masks_and_back(run: Run, matrix: str) -> None:
    made = json.loads(run("mesh", "--matrix", matrix, "--alpha", "0.5", "--json").out)
    assert made["physical"]["sizes"] == [3, 2]
    assert made["physical"]["attenuator_gain"] == pytest.approx(
        np.linalg.norm(np.loadtxt(matrix, delimiter=","), 2)
    )
    answer = run("export", "mesh.safetensors", "--gds", "--json")
    assert answer.code == 0, answer.err
    assert "soi-220-heaters, which is no foundry's" in answer.err
    report = json.loads(answer.out)
    assert report["check"]["ok"]
    assert report["check"]["layers"][0]["matrix_error"] < 3e-4
    masks = report["files"][0]
    assert run("export", "mesh.safetensors", "--gds").code == 2, "an existing file is not replaced unasked"
    checked = run("check", *report["files"])
    assert checked.code == 0
    assert "1 of 1 files have exactly the shapes of the design" in checked.out
    assert "off the design's" in checked.out
    proved = json.loads(run("verify", masks, "--json").out)
    assert (proved["ok"], proved["kind"], proved["design"]) == (True, "chip", made["content_hash"])


def test_a_unitary_mesh_goes_the_same_way(run: Run, folder: Path) -> None:
    np.save("u.npy", random_unitary(2))
    assert run("mesh", "--matrix", "u.npy").code == 2, "a complex matrix is no USV* layer"
    made = json.loads(run("mesh", "--matrix", "u.npy", "--unitary", "--mesh", "clements", "--json").out)
    assert made["kind"] == "unitary"
    assert json.loads(run("info", "mesh.safetensors", "--json").out) == made
    assert json.loads(run("verify", "mesh.safetensors", "--json").out)["kind"] == "unitary"
    answer = run("export", "mesh.safetensors", "--oasis", "--out", "here", "--process", "soi-220-heaters")
    assert answer.code == 0, answer.err
    file = Path("here/mesh-layer00.oas")
    assert run("check", str(file), "--json").code == 0
    other = folder / "other"
    other.mkdir()
    np.save("v.npy", random_unitary(2, seed=1))
    run("mesh", "--matrix", "v.npy", "--unitary", "--out", "other/v.safetensors")
    wrong = run("check", str(file), "--design", "other/v.safetensors")
    assert wrong.code == 1
    assert "chain.other-design" in wrong.out


def test_a_package_is_written_checked_and_proved(run: Run, folder: Path, matrix: str) -> None:
    run("mesh", "--matrix", matrix)
    made = json.loads(run("export", "mesh.safetensors", "--gds", "--oasis", "--bundle", "--json").out)
    package = Path(made["bundle"])
    files = [layer["file"] for layer in made["check"]["layers"]]
    assert files == ["gds/mesh-layer00.gds", "oasis/mesh-layer00.oas"]
    first = package.read_bytes()
    run("export", "mesh.safetensors", "--gds", "--oasis", "--bundle", "--overwrite")
    assert package.read_bytes() == first
    assert run("check", str(package)).code == 0
    proved = json.loads(run("verify", str(package), "--json").out)
    assert proved["ok"], proved["findings"]
    assert len(proved["proved"]) == 5
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        archive.extractall("unpacked")
    assert names[0] == "README.md"
    assert {"runsheet.md", "layers.csv", "process.toml", "checks.json", "preview/layer00.png"} <= set(names)
    netlist = Path("unpacked/gds/mesh-layer00-gds-netlist.json")
    netlist.write_text(netlist.read_text().replace('"phase_rad": ', '"phase_rad": 1', 1))
    changed = json.loads(run("verify", "unpacked", "--json").out)
    assert {"bundle.altered", "chip.netlist"} <= {finding["id"] for finding in changed["findings"]}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--stl",), "stl is for diffractive layers"),
        ((), "--gds or --oasis"),
        (("--gds", "--oasis"), "several with --bundle"),
        (("--bundle", "--stl"), "stl is for diffractive layers"),
        (("--gds", "--assembly", "stack"), "--assembly is for printed or etched reliefs"),
        (("--gds", "--compensate", "bias=80nm"), "--compensate is for"),
        (("--gds", "--allow-lost-levels"), "--allow-lost-levels is for"),
        (("--gds", "--process", "ideal"), "makes no photonic chips"),
        (("--gds", "-o", "coding=binary"), "Unknown export option"),
    ],
)
def test_what_a_mesh_cannot_be_is_told(
    arguments: tuple[str, ...], expected: str, run: Run, folder: Path, matrix: str
) -> None:
    run("mesh", "--matrix", matrix)
    before = sorted(path.name for path in folder.iterdir())
    answer = run("export", "mesh.safetensors", *arguments)
    assert answer.code == 2
    assert expected in answer.err
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "code", "expected"),
    [
        ("1,x\n", 3, "is no matrix"),
        ("1,nan\n", 3, "finite numbers"),
        ("", 3, "must hold a matrix"),
    ],
)
def test_files_that_hold_no_matrix_are_refused(content: str, code: int, expected: str, run: Run) -> None:
    Path("bad.csv").write_text(content)
    answer = run("mesh", "--matrix", "bad.csv")
    assert (answer.code, expected in answer.err) == (code, True), answer.err
    assert run("mesh", "--unitary").code == 2
    assert run("mesh", "--matrix", "absent.csv").code == 3
    assert not Path("mesh.safetensors").exists()


def test_a_photonic_process_has_no_levels(run: Run) -> None:
    answer = run("processes", "soi-220-heaters", "--wavelength", "1550 nm")
    assert answer.code == 2
    assert "have no levels of height" in answer.err or "no index" in answer.err
    assert "photonic.coupler.gap_um" in run("processes", "soi-220-heaters").out
