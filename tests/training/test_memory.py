"""The memory that a training states before it starts, and what happens if there is not enough."""

import json
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from benchmarks.large.case import project
from fabdesign.errors import ConfigError
from fabdesign.training import Preparing, train
from fabdesign.training.memory import Memory, available_bytes, check_memory
from fabdesign.training.result import finer_examples
from fabdesign.training.session import Session
from tests.training.runs import tiny, write_digits


class ToldError(Exception):
    """The estimate is known."""


def estimate(loaded, *, finer: bool = False) -> int:
    told: list[int] = []

    def listen(event: object) -> None:
        if isinstance(event, Preparing):
            told.append(event.needed_bytes)
            raise ToldError

    started = patch("fabdesign.training.memory._resident_bytes", return_value=400_000_000)
    with started, pytest.raises(ToldError):
        Session.of(loaded.project, listen=listen, finer=finer)
    return told[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
@pytest.mark.parametrize("case", [(220, 2, 3), (400, 1, 5)])
def test_the_estimate_is_near_what_is_held(tmp_path: Path, case: tuple[int, int, int]) -> None:
    command = [sys.executable, "-m", "benchmarks.large.case", *map(str, case), "0", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["estimated"] == pytest.approx(found["measured"], rel=0.25)


def test_the_estimate_grows_with_what_is_computed() -> None:
    base = estimate(project(200, 2, 5))
    assert estimate(project(400, 2, 5)) > 1.5 * base
    assert estimate(project(200, 2, 5), finer=True) > base
    assert estimate(project(200, 2, 10)) > base


def test_five_layers_of_a_million_pixels_fit_in_8_gib() -> None:
    for samples in (1, 2):
        assert estimate(project(1000, samples, 5), finer=True) < 8 * 2**30


def test_what_does_not_fit_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    data = write_digits(tmp_path / "digits.npz")
    with pytest.raises(ConfigError, match=r"train\.memory_gb allows") as caught:
        train(tiny(data, "train.memory_gb=0.001"), tmp_path / "runs")
    assert "most of it for" in caught.value.message
    assert "train.memory_gb" in str(caught.value.hint)
    assert not (tmp_path / "runs").exists()


def test_the_machine_is_asked_and_each_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fabdesign.training.memory.available_bytes", lambda: 5 * 10**9)
    memory = Memory(10**9, {"training steps": 2 * 10**9, "building the kernels": 10**8})
    assert memory.peak == 3 * 10**9
    check_memory(memory, None)
    check_memory(memory, None, processes=2)
    with pytest.raises(ConfigError, match="3 processes need about 6 GB more memory, most of it for training"):
        check_memory(memory, None, processes=3)
    check_memory(memory, 1000.0, processes=3)
    monkeypatch.setattr("fabdesign.training.memory.available_bytes", lambda: None)
    check_memory(memory, None, processes=1000)


def test_a_container_may_leave_less_than_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "/proc/meminfo": "MemTotal: 9 kB\nMemAvailable:    4000 kB\n",
        "/sys/fs/cgroup/memory.max": "3000000\n",
        "/sys/fs/cgroup/memory.current": "1000000\n",
    }

    def read(path: Path, **_: str) -> str:
        if str(path) not in files:
            raise FileNotFoundError(path)
        return files[str(path)]

    monkeypatch.setattr(Path, "read_text", read)
    assert available_bytes() == 2_000_000
    files["/sys/fs/cgroup/memory.max"] = "max\n"
    assert available_bytes() == 4_096_000
    files.clear()
    assert available_bytes() is None


def test_large_layers_are_scored_on_fewer_examples_of_the_finer_grid() -> None:
    counts = [finer_examples(project(pixels, 2, 5).project, 4) for pixels in (48, 250, 500, 1000, 4000)]
    assert counts == [1000, 1000, 250, 62, 8]
