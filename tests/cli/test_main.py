"""The group of commands: help, exit codes, and one clear message for every kind of error."""

from __future__ import annotations

import errno
import importlib.util
import subprocess
import sys
from pathlib import Path

import click
import pytest
from fabdesign_cli import catalogue
from fabdesign_cli.catalogue import COMMANDS, load_command

from fabdesign.errors import ConfigError, FabdesignError, FileFormatError, NumericsError, TrainingInterrupted
from tests.cli.runner import Run, child_environment, cpu_seconds_of_child, run_child

HELP_BUDGET_S = 0.3


def test_help_lists_every_command_on_stdout(run: Run) -> None:
    answer = run("--help")
    assert answer.code == 0
    assert answer.err == ""
    assert all(f"  {name} " in answer.out for name in COMMANDS)


def test_help_answers_within_its_budget_of_cpu_time(folder: Path) -> None:
    best = min(cpu_seconds_of_child("-m", "fabdesign_cli", "--help", cwd=folder) for _ in range(5))
    assert best < HELP_BUDGET_S


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_has_help(name: str, run: Run) -> None:
    assert isinstance(load_command(name), click.Command)
    answer = run(name, "--help")
    assert answer.code == 0
    assert "Usage: fabdesign" in answer.out


def test_the_table_has_every_command_file() -> None:
    spec = importlib.util.find_spec("fabdesign_cli.commands")
    assert spec is not None
    assert spec.origin is not None
    files = {path.stem.rstrip("_") for path in Path(spec.origin).parent.glob("[a-z]*.py")}
    assert files == set(COMMANDS)


def test_version(run: Run) -> None:
    answer = run("--version")
    assert answer.code == 0
    assert answer.out.startswith("fabdesign ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trian"], 'No such command "trian"; did you mean "train"?'),
        (["frobnicate"], 'No such command "frobnicate".'),
        (["--frob"], "No such option"),
        (["train", "--frob"], "No such option"),
        (["info"], "Missing argument"),
        (["completion", "tcsh"], "is not one of"),
        (["train", "--resume", "x", "y.toml"], "no other setting applies"),
        (["export"], "Say which format to write"),
    ],
)
def test_wrong_usage_answers_2_and_says_what_to_try(arguments: list[str], said: str, run: Run) -> None:
    answer = run(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert said in answer.err
    assert "--help'" in answer.err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigError("wrong", hint="mend it"), 2, "Error: wrong\nHint: mend it\n"),
        (FileFormatError("damaged"), 3, "Error: damaged\n"),
        (NumericsError("diverged"), 4, "Error: diverged\n"),
        (TrainingInterrupted("stopped"), 130, "Error: stopped\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (click.Abort(), 130, "Interrupted.\n"),
        (OSError(errno.ENOSPC, "No space left on device", "x.bin"), 3, "No space left on device (x.bin)"),
        (ZeroDivisionError("by zero"), 70, "This is a bug of ours"),
        (AssertionError("must hold"), 70, "AssertionError: must hold"),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: BaseException, code: int, said: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _replace_command(monkeypatch, error)
    answer = run("schema")
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), FabdesignError("wrong")])
def test_debug_shows_the_traceback(error: Exception, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _replace_command(monkeypatch, error)
    assert "Traceback" in run("--debug", "schema").err
    monkeypatch.setenv("FABDESIGN_DEBUG", "1")
    assert "Traceback" in run("schema").err


def test_a_reader_that_goes_away_is_no_bug(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "fabdesign_cli", "schema"],
        cwd=folder,
        env=child_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        said = child.stderr.read()
    assert child.returncode == 141
    assert said == b""


def test_a_full_disk_behind_stdout_is_told(folder: Path) -> None:
    command = f"{sys.executable} -m fabdesign_cli schema > /dev/full"
    result = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=child_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 3
    assert "No space left on device" in result.stderr
    assert "Traceback" not in result.stderr


def test_help_imports_no_command_and_no_torch(folder: Path) -> None:
    script = (
        "import sys; from fabdesign_cli.main import exit_code; exit_code(['--help']);"
        "print([m for m in sys.modules if m.split('.')[0] in ('torch', 'numpy', 'pydantic', 'rich')"
        " or m.startswith('fabdesign_cli.commands')], file=sys.stderr)"
    )
    answer = run_child("-c", script, cwd=folder)
    assert answer.err.strip() == "[]"


def _replace_command(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(catalogue, "load_command", lambda name: failing)
