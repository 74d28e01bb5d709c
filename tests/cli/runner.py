"""Command lines run as a child that starts from nothing, and what they answer."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fabdesign_cli

import fabdesign

_ROOTS = [str(Path(package.__file__).parent.parent) for package in (fabdesign, fabdesign_cli)]


@dataclass(frozen=True)
class Answer:
    """What a command line answered."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


def child_environment() -> dict[str, str]:
    """The environment of a child that finds the packages wherever they lie."""
    paths = [*_ROOTS, os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "OMP_NUM_THREADS": "1"}


def run_child(*command: str, cwd: Path, **environment: str) -> Answer:
    """Run Python in a child process."""
    result = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env={**child_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Answer(result.returncode, result.stdout, result.stderr)


def cpu_seconds_of_child(*command: str, cwd: Path) -> float:
    """CPU time, user and system, of one child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run_child(*command, cwd=cwd).code == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
