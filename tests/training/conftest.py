"""What the tests of trainings share.

Pictures take most of the time of a tiny run: only the run that a whole module shares draws them.
"""

from pathlib import Path

import pytest

from tests.training.runs import write_digits


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures out of the runs that a single test makes."""
    monkeypatch.setattr("fabdesign.training.run.write_pictures", lambda *_: [])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty digits to train on and twenty to test, in a file."""
    return write_digits(tmp_path_factory.mktemp("data") / "digits.npz")


@pytest.fixture
def same_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no commit of the working tree during the test look like a difference."""
    monkeypatch.setattr("fabdesign.training.session.source_commit", lambda: None)
