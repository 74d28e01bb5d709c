"""The figures as a page and as JSON."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.train_step.measure import ERROR_DISTANCES_UM, Result

INTRODUCTION = """# The training step

One step of training (forward, backward, Adam) of {layers} phase layers with {gaps} propagations over
{distance:g} µm, λ = {wavelength:g} µm, samples of {spacing:g} µm, ten detectors, cross-entropy. Each
contender runs in a process of its own; they make one step each in turn, {rounds} rounds after two to
warm up. Medians over the rounds; peak memory is that of the process above its level after imports and
data. The error is that of one propagation of a random-phase field, relative L2, against a textbook
angular spectrum in float64 on a grid of about 4096 samples a side (numpy only; its own error grows with
the distance, to 0.04 % at N = 64 and 750 µm).

Measured {date} on {cpu}, {cores} cores, {threads} threads, {system}, Python {python}.
To repeat it: `python -m benchmarks.train_step` (`benchmarks/train_step/README.md`).
"""


def write(results: list[Result], missing: dict[str, str], about: dict[str, Any], folder: Path) -> list[Path]:
    """Write train_step.md and train_step.json and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / "train_step.md", folder / "train_step.json"
    page.write_text(as_markdown(results, missing, about), encoding="utf-8")
    record = {
        "about": about,
        "missing": missing,
        "results": [
            asdict(result) | {"wall_ms": result.wall_ms, "cpu_ms": result.cpu_ms} for result in results
        ],
    }
    data.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return [page, data]


def machine() -> dict[str, Any]:
    """Where and when this runs."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def as_markdown(results: list[Result], missing: dict[str, str], about: dict[str, Any]) -> str:
    """The page."""
    parts = [INTRODUCTION.format(**about)]
    for samples, batch in sorted({(result.samples, result.batch) for result in results}):
        group = [result for result in results if result.samples == samples]
        parts.append(f"## N = {samples}, batch {batch}\n\n{_table(group)}\n")
    if missing:
        lines = [f"- {name}: {reason}" for name, reason in sorted(missing.items())]
        parts.append("## Not measured\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _table(group: list[Result]) -> str:
    ours = next(result for result in group if result.name == "ours")
    errors = [f"error {distance_um:g} µm" for distance_um in ERROR_DISTANCES_UM]
    header = ["", "version", "padding", "dtype", "wall ms", "× ours", "CPU ms", "peak MB", "× ours", *errors]
    rows = [
        [
            result.label,
            result.version,
            result.padding,
            result.dtype,
            f"{result.wall_ms:.0f}",
            f"{result.wall_ms / ours.wall_ms:.2f}",
            f"{result.cpu_ms:.0f}",
            f"{result.peak_mb:.0f}",
            f"{result.peak_mb / ours.peak_mb:.2f}",
            *(_percent(error) for error in result.errors.values()),
        ]
        for result in sorted(group, key=lambda result: result.wall_ms)
    ]
    return "\n".join(_line(cells) for cells in [header, ["---"] * len(header), *rows])


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _percent(error: float) -> str:
    return f"{100 * error:.2g} %" if error < 1 else f"{100 * error:.0f} %"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown CPU"
    )
