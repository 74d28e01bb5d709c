"""One contender in a process of its own, driven line by line over standard input and output."""

import argparse
import ctypes
import json
import os
import resource
import sys
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.train_step.contenders import load
from benchmarks.train_step.setting import Setting


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("samples", type=int)
    parser.add_argument("batch", type=int)
    parser.add_argument("threads", type=int)
    arguments = parser.parse_args()
    # Peers print while they are built; answers go to a copy of standard output.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    contender = _contender(arguments)
    contender.warm_up()
    _give_back()
    level = _resident_bytes("VmRSS")
    _forget_peak()
    contender.build()
    answers.write(json.dumps(_about(contender)) + "\n")
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "step":
            answer = _timed(contender)
        elif command == "peak":
            answer = {"peak_mb": (_resident_bytes("VmHWM") - level) / 1e6, "dtype": contender.dtype}
        else:
            np.save(rest[1], contender.probe(float(rest[0])))
            answer = {}
        answers.write(json.dumps(answer) + "\n")


def _contender(arguments: argparse.Namespace) -> Any:
    kind = load(arguments.name)
    if kind.package != "jax":
        import torch

        torch.set_num_threads(arguments.threads)
    return kind(Setting(arguments.samples, arguments.batch))


def _about(contender: Any) -> dict[str, str]:
    try:
        number = version(contender.package)
    except PackageNotFoundError:
        number = "source"
    return {"label": contender.label, "version": number, "padding": contender.padding}


def _timed(contender: Any) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    loss = contender.step()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "loss": loss}


def _resident_bytes(key: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key + ":"))


def _give_back() -> None:
    """Return freed memory to the system, so that the level counts only what is held."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _forget_peak() -> None:
    """Start the high-water mark afresh, so that imports and data do not count (proc(5), clear_refs)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        print("the peak of the imports could not be reset and is part of the figure", file=sys.stderr)


if __name__ == "__main__":
    main()
