"""An empty folder, and the command line run in it within this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from fabdesign_cli.main import exit_code

from tests.cli.runner import Answer, Run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process and in an empty folder."""

    def answer(*arguments: str) -> Answer:
        capsys.readouterr()
        code = exit_code(arguments)
        streams = capsys.readouterr()
        return Answer(int(code), streams.out, streams.err)

    return answer
