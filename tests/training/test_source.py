"""Which commit a design names."""

import subprocess
from pathlib import Path

from fabdesign.training.source import source_commit


def git(folder: Path, *words: str) -> str:
    setting = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *setting, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_it_names_the_commit_and_says_whether_files_differ(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("a = 1\n")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-q", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "untracked.txt").write_text("notes")
    assert source_commit(tmp_path) == commit
    (tmp_path / "a.py").write_text("a = 2\n")
    assert source_commit(tmp_path) == f"{commit}-dirty"


def test_an_installed_package_has_none(tmp_path: Path) -> None:
    assert source_commit(tmp_path) is None


def test_a_checkout_without_a_commit_has_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert source_commit(tmp_path) is None
