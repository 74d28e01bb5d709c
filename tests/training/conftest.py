"""Pictures take most of the time of a tiny run: only the run that a whole module shares draws them."""

import pytest


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures out of the runs that a single test makes."""
    monkeypatch.setattr("fabdesign.training.run.write_pictures", lambda *_: [])
