"""Commands that need no torch start without it, and still do their work where it cannot be imported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.cli.runner import Answer, Run, run_child

IMPORT = ("--wavelength", "785nm", "--pitch", "1.5um", "--process", "2pp-63x-ip-dip")
STL = "exports/design/design-layer00.stl"


@pytest.fixture
def exported(run: Run, folder: Path) -> Path:
    """A folder with a design and its STL."""
    np.save("phase.npy", np.random.default_rng(1).uniform(0, 6.28, (6, 5)))
    assert run("import", "phase.npy", *IMPORT).code == 0
    assert run("export", "design.safetensors", "--stl", "--no-resim").code == 0
    return folder


def run_without_torch(*arguments: str, cwd: Path) -> Answer:
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from fabdesign_cli.main import exit_code\n"
        "sys.exit(exit_code(sys.argv[1:]))"
    )
    return run_child("-c", script, *arguments, cwd=cwd)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("export", "--help"),
        ("info", "design.safetensors"),
        ("info", STL),
        ("verify", "design.safetensors"),
        ("verify", STL),
        ("check", STL, "--geometry"),
        ("check", "design.safetensors"),
        ("export", "design.safetensors", "--stl", "--no-resim", "--overwrite"),
        ("import", "phase.npy", *IMPORT, "--overwrite"),
        ("schema",),
        ("init", "lens"),
        ("materials",),
        ("processes",),
        ("completion", "zsh"),
    ],
)
def test_works_where_torch_cannot_be_imported(arguments: tuple[str, ...], exported: Path) -> None:
    answer = run_without_torch(*arguments, cwd=exported)
    assert answer.code == 0, answer.err
    assert answer.out


def test_evaluate_does_need_torch(exported: Path) -> None:
    assert run_without_torch("evaluate", "design.safetensors", cwd=exported).code == 70
