"""What training loses and saves when its first steps see one sample for each square pixel.

    python -m benchmarks.coarse [--jobs 2] [--work runs/coarse] [--report docs/benchmarks]

An interrupted run goes on at the next call. Every score is that of hard levels at two samples a pixel.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from textwrap import fill
from typing import Any

from fabdesign.config import Sweep, load_sweep
from fabdesign.training.sweep import cells_of, run_sweep, summarise

SWEEP = Path(__file__).parent / "sweep.toml"
WIDTH = 110
Records = Sequence[Mapping[str, Any]]


def main() -> None:
    """Train what is missing, and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each")
    parser.add_argument("--work", type=Path, default=Path("runs/coarse"), help="where the trainings lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the page goes")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    loaded = load_sweep(SWEEP)
    records = run_sweep(
        cells_of(loaded),
        arguments.work,
        jobs=arguments.jobs,
        listen=lambda event: print(f"{event.done}/{event.total}", file=sys.stderr),
    )
    failed = [record for record in records if record["status"] != "done"]
    if failed:
        sys.exit(f"{len(failed)} trainings failed: {failed[0].get('reason')}")
    arguments.report.mkdir(parents=True, exist_ok=True)
    (arguments.report / "coarse.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    (arguments.report / "coarse.md").write_text(page(loaded.sweep, records), encoding="utf-8")


def page(sweep: Sweep, records: Records) -> str:
    """Return the page as Markdown."""
    tasks, methods = [task.label for task in sweep.task], [method.label for method in sweep.method]
    head = " | ".join(["| steps", *(f"accuracy, {task} gaps | light | time" for task in tasks)]) + " |"
    rows = [" | ".join([f"| {method}", *(_cell(records, task, method, methods[0]) for task in tasks)]) + " |"
            for method in methods]  # fmt: skip
    environment = records[0]["environment"]
    intro = (
        "The built-in project with half of its epochs: five layers of 48×48 pixels of 1.5 µm, 8 levels, gaps "
        "of 80 µm (short) and 160 µm (long). All steps on two points a side of a pixel (fine), the first "
        "share of them on one sample that stands for the square (squares), or all of them on one that stands "
        "for a point (points). Accuracy on the 1,000 test digits, hard levels, two samples a pixel, mean ± "
        f"standard deviation over seeds {', '.join(map(str, sweep.seeds))}, and the difference to the first "
        "row at equal seeds; light on the detectors; CPU time of training and scoring against the first row."
    )
    circumstances = (
        f"{time.strftime('%Y-%m-%d')}, torch {environment['torch']}, Python {environment['python']}, one "
        "thread a training. Repeat it with `python -m benchmarks.coarse`. What a sample that stands for a "
        "square is, and why points will not do: [square pixels](../explanation/pixels.md)."
    )
    table = "\n".join([head, "|---|" + "---|---|---|" * len(tasks), *rows])
    return "\n\n".join(["# Coarse steps", fill(intro, WIDTH), table, fill(circumstances, WIDTH)]) + "\n"


def _cell(records: Records, task: str, method: str, reference: str) -> str:
    summary = summarise(records, reference)
    here = (task, method, records[0]["levels"])
    score, difference = summary.scores[here], summary.differences.get(here)
    apart = f" ({difference.mean * 100:+.1f} ± {difference.deviation * 100:.1f})" if difference else ""
    light = fmean(record["scores"]["detector_efficiency"] for record in _of(records, task, method))
    seconds = [fmean(r["cpu_seconds"] for r in _of(records, task, which)) for which in (method, reference)]
    return (
        f"{score.mean:.1%} ± {score.deviation * 100:.1f}{apart} | {light:.2%} | {seconds[0] / seconds[1]:.2f}"
    )


def _of(records: Records, task: str, method: str) -> list[Mapping[str, Any]]:
    return [record for record in records if (record["task"], record["method"]) == (task, method)]


if __name__ == "__main__":
    main()
