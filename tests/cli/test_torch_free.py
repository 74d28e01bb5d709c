"""Commands that need no torch do their work where it cannot be imported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.cli.runner import run_child

IMPORT = ["--wavelength", "785nm", "--pitch", "1.5um", "--process", "2pp-63x-ip-dip"]
STL = "exports/lens/lens-layer00.stl"
WITHOUT_TORCH = [
    ["--help"],
    ["train", "--help"],
    ["export", "--help"],
    ["import", "phase.npy", *IMPORT, "--out", "lens.safetensors"],
    ["export", "lens.safetensors", "--stl", "--no-resim"],
    ["check", "lens.safetensors"],
    ["check", STL, "--geometry", "--design", "lens.safetensors"],
    ["info", "lens.safetensors"],
    ["info", STL],
    ["verify", "lens.safetensors"],
    ["verify", STL, "--design", "lens.safetensors"],
    ["report", "lens.safetensors", "--geometry"],
    ["schema"],
    ["init", "project"],
    ["materials"],
    ["processes"],
    ["completion", "zsh"],
]
SCRIPT = """
import contextlib, io, json, sys
sys.modules["torch"] = None
from fabdesign_cli.main import exit_code
answers = []
for arguments in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = exit_code(arguments)
    answers.append([int(code), bool(out.getvalue())])
print(json.dumps(answers))
"""


def test_commands_without_optics_work_where_torch_cannot_be_imported(folder: Path) -> None:
    np.save("phase.npy", np.random.default_rng(1).uniform(0, 6.28, (6, 5)))
    answer = run_child(
        "-c", SCRIPT, json.dumps([*WITHOUT_TORCH, ["evaluate", "lens.safetensors"]]), cwd=folder
    )
    *free, evaluate = json.loads(answer.out)
    failed = [command for command, said in zip(WITHOUT_TORCH, free, strict=True) if said != [0, True]]
    assert failed == [], answer.err
    assert evaluate == [70, False], "torch was there after all"
