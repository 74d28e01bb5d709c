"""A hand-off package from the command line: written, verified, checked, refused."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fabdesign_cli.commands import export

from fabdesign.check.finding import error
from tests.cli.runner import Run


@pytest.fixture
def plate(folder: Path, run: Run) -> Path:
    """A design for two-photon printing."""
    np.save(folder / "phase.npy", np.linspace(0, 6.2, 30).reshape(5, 6))
    answer = run(
        "import", "phase.npy", "--wavelength", "785 nm", "--pitch", "2 um",
        "--process", "2pp-63x-ip-dip", "--out", "plate.safetensors",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    return folder / "plate.safetensors"


@pytest.fixture
def package(plate: Path, run: Run) -> Path:
    """A package of the format that the process takes first."""
    answer = run("export", plate.name, "--bundle", "--no-resim", "--out", "out")
    assert answer.code == 0, answer.err
    return plate.parent / "out" / "plate-bundle.zip"


def test_several_formats_in_one_package(plate: Path, run: Run) -> None:
    answer = run(
        "export", plate.name, "--stl", "--format", "png16", "--bundle", "-o", "stl.mesh=pixels",
        "--no-resim", "--out", "out", "--json",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    data = Path(told["bundle"]).read_bytes()
    assert told["sha256"] == hashlib.sha256(data).hexdigest()
    assert told["formats"] == ["stl", "png16"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        checks = json.loads(archive.read("checks.json"))
    (solid,) = (entry for entry in manifest["files"] if entry["path"].endswith(".stl"))
    assert solid["facts"]["mesh"] == "pixels"
    assert [entry["options"] for entry in manifest["formats"]] == [{"mesh": "pixels"}, {}]
    assert checks["read_back"]["levels_identical"] is True
    assert checks["read_back"]["design"]["file"] == "design.safetensors"
    assert [path.name for path in (plate.parent / "out").iterdir()] == ["plate-bundle.zip"]


def test_process_chooses_the_format_and_it_is_said(plate: Path, run: Run) -> None:
    answer = run("export", plate.name, "--bundle", "--no-resim", "--out", "out")
    assert answer.code == 0, answer.err
    assert "writing stl; the process 2pp-63x-ip-dip takes stl, gwl" in answer.err


def test_package_is_verified_and_read_back(package: Path, run: Run) -> None:
    answer = run("verify", str(package))
    assert answer.code == 0, answer.err
    assert "1 layers in files name this design and show its levels" in answer.out
    answer = run("check", str(package), "--geometry", "--json")
    assert answer.code == 0, answer.err
    (layer,) = json.loads(answer.out)["layers"]
    assert layer["file"] == f"{package}: stl/plate-layer00.stl"
    assert layer["identical"] is True


def test_unpacked_package_is_verified_and_what_was_changed_is_named(package: Path, run: Run) -> None:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(package.parent / "unpacked")
    folder = str(package.parent / "unpacked")
    assert run("verify", folder).code == 0
    assert run("check", folder, "--geometry").code == 0
    solid = package.parent / "unpacked" / "stl" / "plate-layer00.stl"
    solid.write_bytes(solid.read_bytes()[:-1] + b"\x01")
    answer = run("verify", folder)
    assert answer.code == 1
    assert "stl/plate-layer00.stl was changed" in answer.out
    assert "[bundle.altered]" in answer.out


def test_altered_zip_is_refused_by_name(package: Path, run: Run) -> None:
    data = bytearray(package.read_bytes())
    place = data.index(b"plate-layer00.stl") + 200
    data[place] ^= 0xFF
    package.write_bytes(bytes(data))
    answer = run("verify", str(package))
    assert answer.code in (1, 3)
    assert "stl/plate-layer00.stl" in answer.err + answer.out


@pytest.mark.parametrize("command", ["verify", "check"])
def test_what_is_no_package_is_refused(folder: Path, run: Run, command: str) -> None:
    (folder / "bad.zip").write_bytes(b"PK\x03\x04 but nothing else")
    answer = run(command, "bad.zip")
    assert answer.code == 3
    assert "bad.zip" in answer.err
    assert "Traceback" not in answer.err


def test_existing_package_stays_unless_told(package: Path, plate: Path, run: Run) -> None:
    before = package.read_bytes()
    package.write_bytes(b"mine")
    answer = run("export", plate.name, "--bundle", "--no-resim", "--out", "out")
    assert answer.code == 2
    assert "exists already" in answer.err
    assert package.read_bytes() == b"mine"
    answer = run("export", plate.name, "--bundle", "--no-resim", "--out", "out", "--overwrite")
    assert answer.code == 0, answer.err
    assert package.read_bytes() == before


def test_files_that_do_not_hold_the_design_make_no_package(
    plate: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_read_back = export.read_back

    def read_back(*arguments: object, **settings: object) -> object:
        found = true_read_back(*arguments, **settings)
        return replace(found, findings=(error("levels.altered", "One pixel has another level."),))

    monkeypatch.setattr(export, "read_back", read_back)
    answer = run("export", plate.name, "--bundle", "--no-resim", "--out", "out")
    assert answer.code == 1
    assert "[levels.altered]" in answer.out
    assert "was not written" in answer.err
    assert not (plate.parent / "out").exists()


def test_refused_formats_write_nothing(plate: Path, run: Run) -> None:
    for arguments in (("--stl", "--gds"), ("--bundle", "--stl", "--format", "gsd")):
        answer = run("export", plate.name, *arguments, "--out", "out")
        assert answer.code == 2
        assert not (plate.parent / "out").exists()
