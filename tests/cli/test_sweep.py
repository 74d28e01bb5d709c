"""``fabdesign sweep``: what it lists, and what it says when it is stopped."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.runner import Run
from tests.training.test_sweep import write


def test_the_list_tells_how_each_training_stands(folder: Path, run: Run) -> None:
    write(folder)
    answer = run("sweep", "sweep.toml", "--list")
    assert answer.code == 0
    assert answer.out.splitlines()[:2] == [
        "to do  digits/free/000-levels/seed-0",
        "to do  digits/ours/002-levels/seed-0",
    ]
    assert not (folder / "sweeps").exists()


@pytest.fixture
def heard() -> Iterator[None]:
    """Hear SIGINT even where the shell that started the tests in its background has turned it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_stopped_says_how_to_go_on(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    def stopped(*_: object, **__: object) -> list[object]:
        os.kill(os.getpid(), how)
        time.sleep(5)
        return []

    monkeypatch.setattr("fabdesign.training.sweep.run_sweep", stopped)
    before = signal.getsignal(signal.SIGTERM)
    write(folder)
    answer = run("sweep", "sweep.toml")
    assert answer.code == 130
    assert "Error: the sweep was asked to stop; 0 of 10 trainings are done.\nHint: The same" in answer.err
    assert signal.getsignal(signal.SIGTERM) is before
    assert not list((folder / "sweeps" / "small").iterdir())


def test_a_mistake_in_the_file_is_told(folder: Path, run: Run) -> None:
    path = write(folder)
    path.write_text(path.read_text().replace("seeds = [0, 1]", "seeds = []"))
    answer = run("sweep", "sweep.toml")
    assert answer.code == 2
    assert "seeds" in answer.err
