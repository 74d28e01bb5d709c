"""Drive the workers in turn and collect their figures."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.train_step.reference import reference, relative_error
from benchmarks.train_step.setting import Setting

ERROR_DISTANCES_UM = (50.0, 300.0, 750.0)


@dataclass
class Result:
    """What one contender did at one size."""

    name: str
    label: str
    version: str
    padding: str
    samples: int
    batch: int
    dtype: str = ""
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    errors: dict[str, float] = field(default_factory=dict)

    @property
    def wall_ms(self) -> float:
        """Median wall-clock time of a step."""
        return 1000 * statistics.median(self.wall_s)

    @property
    def cpu_ms(self) -> float:
        """Median CPU time of a step, all threads together."""
        return 1000 * statistics.median(self.cpu_s)


class Worker:
    """A contender's process; None of its Python objects live here."""

    def __init__(self, name: str, setting: Setting, threads: int) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-m", "benchmarks.train_step.worker", name]
        self.process = subprocess.Popen(
            [*command, str(setting.samples), str(setting.batch), str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.about = self._answer()

    def ask(self, command: str) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            assert self.process.stderr is not None
            message = self.process.stderr.read().strip().splitlines()
            raise RuntimeError(message[-1] if message else "the worker ended without a word")
        return json.loads(line)


def measure(
    names: list[str], setting: Setting, rounds: int, threads: int
) -> tuple[list[Result], dict[str, str]]:
    """All contenders at one size, one step each in turn; and why the missing ones are missing."""
    workers, missing = _start(names, setting, threads)
    results = {
        name: Result(name, **worker.about, samples=setting.samples, batch=setting.batch)
        for name, worker in workers.items()
    }
    for worker in workers.values():
        for _ in range(2):
            worker.ask("step")
    order = list(workers)
    for number in range(rounds):
        for name in order[number % len(order) :] + order[: number % len(order)]:
            answer = workers[name].ask("step")
            results[name].wall_s.append(answer["wall_s"])
            results[name].cpu_s.append(answer["cpu_s"])
            results[name].losses.append(answer["loss"])
    for name, worker in workers.items():
        answer = worker.ask("peak")
        results[name].peak_mb, results[name].dtype = answer["peak_mb"], answer["dtype"]
    _errors(workers, results, setting)
    for worker in workers.values():
        worker.close()
    return list(results.values()), missing


def _start(names: list[str], setting: Setting, threads: int) -> tuple[dict[str, Worker], dict[str, str]]:
    workers, missing = {}, {}
    for name in names:
        try:
            workers[name] = Worker(name, setting, threads)
        except RuntimeError as error:
            missing[name] = str(error)
    return workers, missing


def _errors(workers: dict[str, Worker], results: dict[str, Result], setting: Setting) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for distance_um in ERROR_DISTANCES_UM:
            expected = reference(setting.probe(), distance_um)
            for name, worker in workers.items():
                path = Path(folder) / f"{name}.npy"
                worker.ask(f"probe {distance_um} {path}")
                results[name].errors[f"{distance_um:g}"] = relative_error(np.load(path), expected)
