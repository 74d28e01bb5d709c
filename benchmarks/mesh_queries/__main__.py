"""Queries per second of SZO-SCD on 64-24-24-10, and of plain forward passes.

    OMP_NUM_THREADS=1 python -m benchmarks.mesh_queries [--batches 4] [--out docs/benchmarks]

Every contender gets the same queries, in turn, batch by batch; outputs are compared. CPU time is counted, so
that other work on the machine matters little.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.mesh_queries.contenders import Contender, contenders
from fabdesign.chip import MeshDesign, design_mesh, limit_singular_values

SIZES = (64, 24, 24, 10)
BATCH = 32
QUERIES = 60
STEP_RAD = 0.02

Floats = NDArray[np.float64]


@dataclass
class Figures:
    """CPU seconds per query in each batch, and how far outputs differ from ours."""

    query_s: list[float] = field(default_factory=list)
    forward_s: list[float] = field(default_factory=list)
    difference: float = 0.0


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    results = {
        f"{mesh}, α = {share:g}": measure(some_design(mesh, share), arguments.batches)
        for mesh in ("reck", "clements")
        for share in (0.15, 1.0)
    }
    about = {
        "date": datetime.now(UTC).date().isoformat(),
        "batches": arguments.batches,
        "cores": os.cpu_count(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }
    text = page(results, about)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "mesh_queries.md").write_text(text, encoding="utf-8")
    record = {
        "about": about,
        "results": {
            setting: {name: vars(figures) for name, figures in group.items()}
            for setting, group in results.items()
        },
    }
    (arguments.out / "mesh_queries.json").write_text(
        json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    print(text)


def some_design(mesh: str, share: float) -> MeshDesign:
    """A network with random matrices."""
    random = np.random.default_rng(0)
    weights = [limit_singular_values(0.3 * random.normal(size=(m, n)), 3.0) for n, m in pairwise(SIZES)]
    return design_mesh(weights, mesh=mesh, active_share=share)  # type: ignore[arg-type]


def measure(design: MeshDesign, batches: int) -> dict[str, Figures]:
    """All contenders on the same queries, one batch each in turn."""
    machines = contenders(design, seed=1)
    figures = {name: Figures() for name in machines}
    random = np.random.default_rng(2)
    phases = design.phase_rad[design.active].copy()
    for number in range(batches + 1):
        inputs = random.random((BATCH, SIZES[0]))
        queries = list(walk(phases, random))
        answers: dict[str, list[Floats]] = {}
        for name, machine in machines.items():
            query_s, answers[name] = timed_queries(machine, queries, inputs)
            forward_s = timed_forward(machine, random.random((BATCH, SIZES[0])))
            if number:  # the first batch warms up
                figures[name].query_s.append(query_s)
                figures[name].forward_s.append(forward_s)
        ours = answers["what changed"]
        for name, theirs in answers.items():
            gap = max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True))
            figures[name].difference = max(figures[name].difference, gap)
    return figures


def walk(phases: Floats, random: np.random.Generator) -> list[Floats]:
    """As many phases as a batch of SZO-SCD asks for, if half of the steps up fail; moves `phases`."""
    queries = [phases.copy()]
    for entry in np.sort(random.choice(len(phases), QUERIES * 2 // 3, replace=False)):
        steps = [STEP_RAD] if random.random() < 0.5 else [STEP_RAD, -2 * STEP_RAD]
        for step in steps:
            phases[entry] = np.mod(phases[entry] + step, 2 * np.pi)
            queries.append(phases.copy())
    return queries


def timed_queries(machine: Contender, queries: list[Floats], inputs: Floats) -> tuple[float, list[Floats]]:
    """CPU seconds per query, and the answers."""
    began = time.process_time()
    answers = []
    for phases in queries:
        machine.set_phases(phases)
        answers.append(machine.measure(inputs))
    return (time.process_time() - began) / len(queries), answers


def timed_forward(machine: Contender, inputs: Floats) -> float:
    """CPU seconds of a pass with new inputs and unchanged phases."""
    machine.measure(inputs)
    began = time.process_time()
    for shift in range(3):
        machine.measure(inputs + shift)
    return (time.process_time() - began) / 3


def page(results: dict[str, dict[str, Figures]], about: dict[str, object]) -> str:
    """The page as Markdown."""
    lines = [
        "# Queries of a mesh",
        "",
        f"A chip of {' - '.join(map(str, SIZES))} with the paper's errors, batches of {BATCH}. A query "
        "sets phases and",
        "measures a batch; SZO-SCD changes one phase between queries. A forward pass has new inputs and old "
        "phases. CPU time on",
        "one thread, medians over batches that the contenders take in turn; all outputs are compared.",
        "",
    ]
    for setting, group in results.items():
        ours = group["what changed"]
        lines += [
            f"## {setting}",
            "",
            "| recomputed | queries per CPU second | time, × ours | forward passes per CPU second | "
            "largest difference |",
            "|---|--:|--:|--:|--:|",
        ]
        for name, figures in group.items():
            query_s = median(figures.query_s)
            lines.append(
                f"| {name} | {1 / query_s:,.0f} | {query_s / median(ours.query_s):.1f} | "
                f"{1 / median(figures.forward_s):,.0f} | {figures.difference:.0e} |"
            )
        lines.append("")
    return "\n".join(
        [
            *lines,
            "The two that rebuild follow torchonn and L2ight, which build each matrix from all its phases",
            "at every pass: device by device in numpy on a CPU, column by column in their CUDA kernels. They",
            "are written anew here; torchonn is no dependency (it brings mmengine and CUDA extensions).",
            "",
            f"{about['date']}, {about['batches']} batches, numpy {about['numpy']}, torch {about['torch']}. "
            "Repeat it with `OMP_NUM_THREADS=1 python -m benchmarks.mesh_queries`.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
