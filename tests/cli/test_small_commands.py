"""schema, init, completion, doctor, and the commands that look at files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fabdesign.config import load_project
from tests.cli.runner import Run, child_environment

IMPORT = ("--wavelength", "785nm", "--pitch", "1.5um", "--process", "2pp-63x-ip-dip")


def test_schema_is_one_json_object(run: Run) -> None:
    answer = run("schema")
    assert answer.err == ""
    assert json.loads(answer.out)["title"] == "fabdesign.toml"


def test_init_writes_a_project_that_loads_and_says_what_is_next(run: Run, folder: Path) -> None:
    answer = run("init", "lens")
    assert answer.out == "lens/fabdesign.toml\n"
    assert "cd lens && fabdesign train" in answer.err
    assert load_project(folder / "lens").project.name == "lens"


def test_doctor_finds_this_installation_in_order(run: Run) -> None:
    answer = run("doctor", "--json")
    record = json.loads(answer.out)
    assert {finding["name"] for finding in record["findings"]} >= {
        "python",
        "packages",
        "disk",
        "writing",
        "optics",
    }
    assert all(finding["ok"] for finding in record["findings"] if finding["name"] != "packages")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str, run: Run) -> None:
    assert "_FABDESIGN_COMPLETE" in run("completion", shell).out


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_and_options(run: Run, folder: Path) -> None:
    (folder / "completion.sh").write_text(run("completion", "bash").out)
    program = folder / "fabdesign"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fabdesign_cli "$@"\n')
    program.chmod(0o755)
    script = (
        "source ./completion.sh\n"
        "complete_it() {\n"
        "  COMPREPLY=(); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _fabdesign_completion ./fabdesign\n"
        "}\n"
        "COMP_WORDS=(./fabdesign ex); complete_it; echo ${COMPREPLY[@]}\n"
        "COMP_WORDS=(./fabdesign export --no); complete_it; echo ${COMPREPLY[@]}"
    )
    answer = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=child_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["export", "--no-resim"]


def test_info_and_verify_tell_of_a_design_and_of_an_stl(run: Run, folder: Path) -> None:
    np.save("phase.npy", np.arange(30.0).reshape(5, 6))
    imported = json.loads(run("import", "phase.npy", *IMPORT, "--json").out)
    assert imported["pixels"] == [5, 6]
    assert imported["score"] is None
    design = json.loads(run("info", "design.safetensors", "--json").out)
    assert design["content_hash"] == imported["content_hash"]
    assert design["provenance"]["imported"][0]["name"] == "phase.npy"
    exported = json.loads(run("export", "design.safetensors", "--stl", "--json").out)
    assert exported["check"]["levels_identical"] is True
    (file,) = exported["files"]
    stl = json.loads(run("info", file, "--json").out)
    assert imported["content_hash"].startswith(stl["design_hash_prefix"])
    assert (stl["pixels"], stl["layer"], stl["layers"]) == ([5, 6], 0, 1)
    shutil.copy("design.safetensors", Path(file).parent)
    verified = json.loads(run("verify", file, "--json").out)
    assert verified["design"] == imported["content_hash"]


def test_an_existing_export_is_not_overwritten_unasked(run: Run, folder: Path) -> None:
    np.save("phase.npy", np.arange(30.0).reshape(5, 6))
    run("import", "phase.npy", *IMPORT)
    first = json.loads(run("export", "design.safetensors", "--stl", "--json").out)["files"][0]
    before = Path(first).read_bytes()
    assert run("export", "design.safetensors", "--stl").code == 2
    assert Path(first).read_bytes() == before
    assert run("export", "design.safetensors", "--stl", "--overwrite").code in (0, 1)
    assert Path(first).read_bytes() == before


def test_a_changed_file_makes_check_answer_1(run: Run, folder: Path) -> None:
    np.save("phase.npy", np.arange(30.0).reshape(5, 6))
    run("import", "phase.npy", *IMPORT)
    file = Path(json.loads(run("export", "design.safetensors", "--stl", "--json").out)["files"][0])
    data = bytearray(file.read_bytes())
    corners = np.frombuffer(
        data, dtype=np.dtype([("n", "<f4", 3), ("v", "<f4", (3, 3)), ("a", "<u2")]), offset=84
    )
    corners["v"][:, :, 2] *= 1.25
    file.write_bytes(data)
    answer = run("check", str(file), "--design", "design.safetensors", "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["ok"] is False
