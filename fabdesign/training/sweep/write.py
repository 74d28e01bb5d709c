"""The result files of a sweep: JSON and CSV of every cell, tables in Markdown, figures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fabdesign.config import Sweep
from fabdesign.design.metrics import METRICS
from fabdesign.formats.atomic import write_bytes_atomic, write_text_atomic
from fabdesign.plot import render
from fabdesign.training.sweep.figures import sweep_figures
from fabdesign.training.sweep.markdown import tables
from fabdesign.training.sweep.table import Summary, summarise

_COLUMNS = ("task", "method", "levels", "seed", "status", "metric")


def write_results(
    sweep: Sweep, results: Sequence[Mapping[str, Any]], folder: Path, *, figures: bool = True
) -> Summary:
    """Write ``results.json``, ``results.csv``, ``results.md`` and the figures; return the summary.

    Args:
        sweep: what was compared.
        results: records of its cells.
        folder: of the sweep.
        figures: whether figures are drawn.

    Raises:
        FileFormatError: a file cannot be written.
    """
    reference = next((method.label for method in sweep.method if method.reference), None)
    summary = summarise(results, reference)
    write_text_atomic(folder / "results.json", json.dumps(list(results), indent=1, ensure_ascii=False) + "\n")
    write_text_atomic(folder / "results.csv", csv_text(results))
    write_text_atomic(folder / "results.md", tables(sweep, summary))
    if figures:
        for name, figure in sweep_figures(sweep, summary, results, folder):
            write_bytes_atomic(folder / name, render(figure))
    return summary


def csv_text(results: Sequence[Mapping[str, Any]]) -> str:
    """Return one row for each cell: what it is, how it ended, its scores and the seconds it took."""
    metrics = [name for name in METRICS if any(name in result.get("scores", {}) for result in results)]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*_COLUMNS, *metrics, "cpu_seconds", "content", "reason"])
    for result in results:
        scores = result.get("scores", {})
        writer.writerow(
            [
                *(result.get(name, "") for name in _COLUMNS),
                *(scores.get(name, "") for name in metrics),
                *(result.get(name, "") for name in ("cpu_seconds", "content", "reason")),
            ]
        )
    return stream.getvalue()
